"""`srcgrad explore`: the page, and what it does in a browser (where there is Chromium)."""
import html
import json
import re
import shutil
import subprocess
import sys
import threading
import urllib.request
from functools import partial
from http.server import ThreadingHTTPServer

import pytest

LOOP = """\
import numpy as np


def loss(w, x, n):
    y = x
    for i in range(n):
        y = np.tanh(w * y)
    return np.sum(y < 2) * np.sum(y)
"""
WORDS = ("explore", "user_loop.py:loss", "--wrt", "w", "--types", "w: f8[n]", "--types", "x: f8[n]", "--types", "n: int")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
in_browser = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium to show pages in")


@pytest.fixture
def page(srcgrad_command, folder):
    (folder / "user_loop.py").write_text(LOOP)
    result = srcgrad_command(*WORDS, "-o", "page.html")
    assert result.exit_code == 0, result.stderr
    return (folder / "page.html").read_text(encoding="utf-8")


def data_of(page):
    return json.loads(re.search(r'<script id="data" type="application/json">(.*?)</script>', page, re.DOTALL)[1])


def plain(text):
    return html.unescape(re.sub(r"<[^>]*>", "", text))


def test_one_file_without_network(page):
    assert not re.search(r"""(src|href)=["'](?!data:)""", page) and "http" not in page.replace("http-equiv", "")
    assert "$" not in re.sub(r"<script>.*?</script>", "", page, flags=re.DOTALL)


def test_every_variant(page):
    found = data_of(page)["variants"]
    assert set(found) == {"surface", "normal", *(f"{m}/{o}/{t}" for m in ("reverse", "forward") for o in ("on", "off")
                                                 for t in ("generic", "specialised"))}
    texts = {name: "\n".join(plain(line["h"]) for line in lines) for name, lines in found.items()}
    for text in texts.values():
        compile(text, "page", "exec")
    assert len(set(texts.values())) >= 8  # forward mode has little to clean up
    assert len(texts["reverse/on/generic"]) < len(texts["reverse/off/generic"])
    assert "unbroadcast" in texts["reverse/on/generic"] and "unbroadcast" not in texts["reverse/on/specialised"]


def test_lines_know_their_counterparts(page):
    lines = data_of(page)["variants"]["reverse/on/generic"]
    tanh = [plain(line["h"]).strip() for line in lines if line["o"] == "7"]
    assert any("np.tanh(" in text for text in tanh) and any("b_w" in text for text in tanh)
    assert {line["s"] for line in lines if line["o"] == "7"} == {"forward", "backward"}


def test_marks_and_facts(page):
    row = re.search(r'<div class="row"[^>]*data-line="7".*?</div>', page)[0]
    assert "mark active" in row and "mark saved" in row
    assert "mark" not in re.search(r'<div class="row"[^>]*data-line="4".*?</div>', page)[0].replace('class="marks"', "")
    assert "through" in plain(data_of(page)["facts"]["7"]) and "<svg" in page


def test_without_types_there_is_generic_code_only(srcgrad_command, folder):
    result = srcgrad_command("explore", "user_model.py:loss", "-o", "page.html")
    assert result.exit_code == 0 and not any("specialised" in name for name in data_of(
        (folder / "page.html").read_text())["variants"])


@pytest.mark.parametrize("words, message", [
    ((), "give -o PAGE.html"), (("-o", "."), "it is a folder"), (("-o", "nowhere/page.html"), "no folder nowhere"),
    (("-o", "page.html", "--wrt", "v"), "v")])
def test_mistakes(srcgrad_command, folder, words, message):
    result = srcgrad_command("explore", "user_model.py:loss", *words)
    assert result.exit_code == 2 and message in result.stderr and "Traceback" not in result.stderr


# ------------------------------------------------------------------ serving
def test_serving_makes_the_page_anew(folder):
    from srcgrad_cli import explore
    from srcgrad_cli.target import Target
    path = folder / "user_served.py"
    path.write_text("def f(x):\n    return x * 2.0\n")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(explore._Handler, explore._Pages(Target(path, "f"), [])))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        def get(name):
            return urllib.request.urlopen(f"http://127.0.0.1:{server.server_address[1]}/{name}").read().decode()
        version, first = get("version"), get("")
        assert data_of(first)["version"] == version and "2.0" in plain(first)
        path.write_text("def f(x):\n    return x * 3.5\n")
        assert get("version") != version and "3.5" in plain(get(""))
        path.write_text("def f(x):\n    yield x\n")
        refused = get("")
        assert "`yield` is not supported" in plain(refused) and get("version") in refused
        with pytest.raises(urllib.error.HTTPError):
            get("etc")
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


# ------------------------------------------------------------------ in a browser
DRIVER = """
<script>
window.errors = [];
window.addEventListener("error", (e) => window.errors.push(String(e.message)));
</script>
"""
ACTS = """
<script>
{ const said = {};
const lines = (s) => Array.from(document.querySelectorAll(s)).map((e) => e.dataset.line);
const row = (n) => document.querySelector('#source .row[data-line="' + n + '"]');
const press = (key) => document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
const title = () => document.getElementById("generated-title").textContent;
const text = () => document.getElementById("generated").textContent;
said.start = title();
row(7).dispatchEvent(new MouseEvent("mouseover", { bubbles: true }));
said.hover = lines("#generated .row.hot");
said.facts = document.getElementById("facts").textContent;
said.paths = document.querySelectorAll(".flow path.hot").length;
document.querySelector("h1").dispatchEvent(new MouseEvent("mouseover", { bubbles: true }));
said.left = lines("#generated .row.hot");
document.querySelector('#generated .row[data-line="8"]').click();
said.click = lines("#source .row.pin");
document.querySelector('[data-set="optimiser=off"]').click();
said.off = title();
said.kept = lines("#generated .row.pin").length;
document.querySelector('[data-set="stage=normal"]').click();
said.normal = title();
said.disabled = document.querySelector('[data-set="mode=forward"]').disabled;
press("Escape"); said.escaped = lines(".row.pin");
press("ArrowDown"); press("ArrowDown"); said.down = lines("#source .row.pin");
press("k"); said.up = lines("#source .row.pin");
press("s"); press("s"); press("s"); press("s"); press("m"); said.forward = title();
said.tangent = text().includes("loss_tangent");
press("t"); said.generic = title();
press("d"); const theme = document.documentElement.dataset.theme; press("d");
said.themes = [theme, document.documentElement.dataset.theme].sort();
said.errors = window.errors;
document.body.insertAdjacentHTML("beforeend", '<pre id="said">' + JSON.stringify(said) + "</pre>"); }
</script>
"""


def shown(folder, name, *options):
    command = [CHROMIUM, "--headless=new", "--no-sandbox", "--disable-gpu", f"--user-data-dir={folder}/profile",
               "--enable-logging=stderr", *options, f"file://{folder}/{name}"]
    return subprocess.run(command, capture_output=True, text=True, timeout=120)


def said_in(done):
    found = re.findall(r'<pre id="said">(.*?)</pre>', done.stdout, re.DOTALL)  # the first is in the script
    assert len(found) == 2, done.stdout[-2000:] + done.stderr[-2000:]
    return json.loads(html.unescape(found[1]))


@in_browser
def test_pointing_clicking_and_typing(page, folder):
    (folder / "driven.html").write_text(page.replace("<head>", "<head>" + DRIVER).replace("</body>", ACTS + "</body>"))
    done = shown(folder, "driven.html", "--dump-dom")
    said = said_in(done)
    assert said["errors"] == [] and "CONSOLE" not in done.stderr
    assert said["start"] == "reverse mode, specialised" and set(said["hover"]) == {"7"} and len(said["hover"]) >= 3
    assert "through" in said["facts"] and said["paths"] >= 2 and said["left"] == []
    assert said["click"] == ["8"] and said["kept"] >= 1
    assert said["off"] == "reverse mode, specialised, before clean-up" and said["normal"] == "one operation a line"
    assert said["disabled"] is True and said["escaped"] == [] and said["down"] == ["5"] and said["up"] == ["4"]
    assert said["forward"].startswith("forward mode, specialised") and said["tangent"] is True
    assert said["generic"].startswith("forward mode, generic") and said["themes"] == ["dark", "light"]


@in_browser
def test_it_fits_a_small_screen(page, folder):
    probe = ('<script>document.body.insertAdjacentHTML("beforeend", \'<pre id="said">\' + '
             'JSON.stringify([document.documentElement.scrollWidth, innerWidth]) + "</pre>");</script>')
    (folder / "small.html").write_text(page.replace("</body>", probe + "</body>"))
    done = shown(folder, "small.html", "--dump-dom", "--window-size=500,800")
    width, screen = said_in(done)
    assert width <= screen


def test_the_command_serves(folder):
    program = "from srcgrad_cli.main import main; main(prog_name='srcgrad')"
    server = subprocess.Popen([sys.executable, "-u", "-c", program, "explore", "user_model.py:loss", "--serve", "--port", "0"],
                              stdout=subprocess.PIPE, text=True, cwd=folder)
    try:
        line = server.stdout.readline()
        address = re.match(r"(http://127\.0\.0\.1:\d+/) shows user_model\.py:loss", line)[1]
        assert len(urllib.request.urlopen(address + "version").read()) == 12
    finally:
        server.terminate()
        server.wait(10)
        server.stdout.close()
