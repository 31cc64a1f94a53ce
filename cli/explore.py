"""`srcgrad explore`: a page with source and generated code side by side."""
from __future__ import annotations

import hashlib
import subprocess
import sys
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .arguments import evaluated
from .options import at_option, names_of, of_option, output_of, types_of, types_option, wrt_option
from .output import write
from .target import Failure, Target, TargetType, failures_reported, function_of, imported

if TYPE_CHECKING:
    from srcgrad.inspection import View

TITLES = {"surface": "as it is read", "normal": "one operation a line"}


@click.command()
@click.argument("target", type=TargetType(), metavar="FILE.py:FUNC")
@wrt_option
@of_option
@types_option
@at_option
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="PAGE.html", help="The page to write; - prints it.")
@click.option("--serve", is_flag=True, help="Serve the page on this machine, and make it anew when FILE.py changes.")
@click.option("--port", type=int, default=8766, show_default=True, help="Where to serve it; 0 takes a free one.")
@click.option("--version-of", default="", hidden=True)
def explore(target: Target, wrt: str | None, of: str | None, types: tuple[str, ...], at: str | None, output: Path | None,
            serve: bool, port: int, version_of: str) -> None:
    """Make a page that shows a function and its generated code side by side.

    Lines that belong together light up. The page is one file, which needs no network: stages, optimiser, modes and, with
    --types or --at, specialised code are all in it, with what is active, saved and computed again, and a drawing of the data
    flow. FILE.py is imported; the function is not run.

    \b
    Examples:
      srcgrad explore model.py:loss -o loss.html
      srcgrad explore model.py:loss --types 'w: f8[n]' --types 'x: f8[m,n]' -o loss.html
      srcgrad explore model.py:loss --serve
    """
    if serve:
        _serve(target, wrt, of, types, at, port)
        return
    if output is None:
        raise click.UsageError("give -o PAGE.html, or --serve")
    if str(output) == "-":
        click.echo(_page(target, wrt, of, types, at, version_of), nl=False)
        return
    if output.is_dir() or not output.resolve().parent.is_dir():
        raise Failure(f"can't write {output}: " + ("it is a folder" if output.is_dir() else f"no folder {output.parent}"))
    write(output, _page(target, wrt, of, types, at, version_of))


def _page(target: Target, wrt: str | None, of: str | None, types: tuple[str, ...], at: str | None, version: str) -> str:
    from srcgrad import inspection

    from .page import page
    names = names_of(wrt, "--wrt")
    with imported(target.path) as module, failures_reported():
        function = inspection.with_outputs(function_of(module, target), output_of(of))
        args = None if at is None else evaluated(at, module)
        given: Any = inspection.types_at(function, args) if args is not None else types_of(types)
        explained = inspection.explain(function, names, types=types_of(types), at=args)
        views: dict[str, View] = {stage: inspection.view(function, stage=stage) for stage in TITLES}
        titles = dict(TITLES)
        for mode in ("reverse", "forward"):
            for optimiser in ("on", "off"):
                for label in ("generic", *(["specialised"] if given else [])):
                    key = f"{mode}/{optimiser}/{label}"
                    views[key] = inspection.view(
                        function, explained.differentiated, stage="final" if optimiser == "on" else "adjoint", mode=mode,
                        types=given if label == "specialised" else None, comments=False)
                    titles[key] = f"{mode} mode, {label}" + ("" if optimiser == "on" else ", before clean-up")
    return page(target.shown, explained, views, titles, version)


# ------------------------------------------------------------------ serving
class _Pages:
    """The page for the present contents of the file, made by a process of its own, as a module can't be imported twice."""

    def __init__(self, target: Target, words: list[str]) -> None:
        self.target, self.words = target, words
        self.made: tuple[str, str] = "", ""

    def version(self) -> str:
        try:
            return hashlib.sha256(self.target.path.read_bytes()).hexdigest()[:12]
        except OSError:
            return "gone"

    def page(self) -> str:
        from .page import problem
        version = self.version()
        if self.made[0] != version:
            program = "from srcgrad_cli.main import main; main(prog_name='srcgrad')"
            command = [sys.executable, "-c", program, "explore", f"{self.target.path}:{self.target.name}", *self.words,
                       "-o", "-", "--version-of", version]
            done = subprocess.run(command, capture_output=True, text=True)
            text = done.stdout if done.returncode == 0 else problem(self.target.shown, done.stderr, version)
            self.made = version, text
        return self.made[1]


class _Handler(BaseHTTPRequestHandler):
    def __init__(self, pages: _Pages, *args: Any) -> None:
        self.pages = pages
        super().__init__(*args)

    def do_GET(self) -> None:
        if self.path not in ("/", "/version"):
            self.send_error(404)
            return
        text, kind = (self.pages.version(), "text/plain") if self.path == "/version" else (self.pages.page(), "text/html")
        data = text.encode()
        self.send_response(200)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(data)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing is printed for each request."""


def _serve(target: Target, wrt: str | None, of: str | None, types: tuple[str, ...], at: str | None, port: int) -> None:
    words = [*(["--wrt", wrt] if wrt else []), *(["--of", of] if of else []),
             *(w for t in types for w in ("--types", t)), *(["--at", at] if at else [])]
    try:
        server = ThreadingHTTPServer(("127.0.0.1", port), partial(_Handler, _Pages(target, words)))
    except OSError as error:
        raise Failure(f"can't serve at port {port}: {error.strerror}") from None
    click.echo(f"http://127.0.0.1:{server.server_address[1]}/ shows {target.shown}; Ctrl-C ends it")
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        server.server_close()
