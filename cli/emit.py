"""`srcgrad emit`: gradients as files."""
from __future__ import annotations

import shlex
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from .options import names_of, of_option, output_of, types_of, types_option, wrt_option
from .output import compare, write
from .target import Failure, Target, TargetType, decorated, failures_reported, function_of, imported


@click.command()
@click.argument("target", type=TargetType(whole_files=True), metavar="FILE.py[:FUNC]")
@wrt_option
@click.option("--mode", type=click.Choice(["reverse", "forward"]), default="reverse", show_default=True,
              help="reverse: FUNC_grad returns the gradient; forward: FUNC_tangent returns a directional derivative.")
@click.option("--value", is_flag=True, help="Return the function's value too (FUNC_value_and_grad).")
@of_option
@types_option
@click.option("--standalone", is_flag=True,
              help="A file that needs NumPy (and SciPy) alone: what it uses of srcgrad, and of FILE.py, is written into it.")
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="OUT.py", help="Write to a file, whole or not at all.")
@click.option("--check", is_flag=True, help="Write nothing; exit 1 if OUT.py is not what would be written now.")
def emit(target: Target, wrt: str | None, mode: str, value: bool, of: str | None, types: tuple[str, ...],
         standalone: bool, output: Path | None, check: bool) -> None:
    """Write the gradient of a function as a Python module.

    FILE.py is imported, as `import FILE` would do; nothing else of it is run. FUNC may be dotted (Class.method).
    Without FUNC, every function in FILE.py that is decorated with autograd.record goes into one module, each with
    respect to all its float parameters.

    \b
    Examples:
      srcgrad emit model.py:loss --wrt w,b
      srcgrad emit model.py:loss --wrt w --types 'w: f8[n]' --types 'x: f8[m,n]' -o loss_grad.py
      srcgrad emit model.py:loss --standalone -o loss_grad.py
      srcgrad emit model.py -o gradients.py --check
    """
    _check_usage(target, {"--wrt": wrt, "--types": types, "--of": of}, output, check)
    options: dict[str, Any] = {"mode": mode, "value": value, "types": types_of(types), "standalone": standalone,
                               "of": output_of(of)}
    names = names_of(wrt, "--wrt")
    given = {"--wrt": wrt, "--mode": None if mode == "reverse" else mode, "--value": value, "--of": of, "--types": types,
             "--standalone": standalone}
    text = _generate(target, names, options, _command(target, given))
    if output is None:
        click.echo(text, nl=False)
    elif check:
        compare(output, text)
    else:
        write(output, text)


def _generate(target: Target, wrt: tuple[str, ...] | None, options: dict[str, Any], command: str) -> str:
    from srcgrad import pipeline
    with imported(target.path) as module, failures_reported():
        what: Any = function_of(module, target) if target.name else decorated(module, target.path)
        with _progress(what) as step:
            return pipeline.emit(what, wrt, **options, command=command, filename=target.filename, progress=step)


@contextmanager
def _progress(what: Any) -> Iterator[Callable[[], None] | None]:
    """A bar on stderr, where that is a terminal and there is more than one function."""
    if not isinstance(what, tuple) or len(what) < 2 or not sys.stderr.isatty():
        yield None
        return
    with click.progressbar(length=len(what), label="functions", file=sys.stderr) as bar:
        yield lambda: bar.update(1)


def _check_usage(target: Target, narrow: dict[str, Any], output: Path | None, check: bool) -> None:
    given = [name for name, value in narrow.items() if value]
    if given and not target.name:
        raise click.UsageError(f"{given[0]} needs a function: {target.path}:FUNC")
    if output is None:
        if check:
            raise click.UsageError("--check needs -o OUT.py, the file to compare with")
        return
    if output.resolve() == target.path.resolve():
        raise click.UsageError(f"{output} is the file with the function itself")
    if output.is_dir():
        raise Failure(f"{output} is a folder")
    if not check and not output.resolve().parent.is_dir():
        raise Failure(f"no folder {output.parent}")


def _command(target: Target, given: dict[str, Any]) -> str:
    """The command that makes the same text again."""
    words = ["srcgrad", "emit", target.shown]
    for name, value in given.items():
        match value:
            case None | False:
                pass
            case True:
                words.append(name)
            case tuple():
                words += [word for text in value for word in (name, text)]
            case _:
                words += [name, value]
    return shlex.join(words)
