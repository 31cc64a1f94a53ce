"""Generated code on disk: found again by what it depends on, and by nothing less."""
import importlib.util
import itertools
import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import srcgrad
from srcgrad import disk, pipeline
from srcgrad.fingerprint import Unkeyed, fingerprint
from srcgrad.rules import d

HELPER = """\
import numpy as np
GAIN = 2.0
def act(x):
    return np.sin(x) * x
def scale(x):
    return GAIN * act(x)
"""
MODEL = """\
import numpy as np
import disk_helper
from disk_helper import act
K = 3.0
SHAPE = np.ones(2)
def inner(x):
    return act(x) * K
def loss(x, p=2):
    y = inner(x) + disk_helper.scale(x)     # a comment
    return np.sum(y ** p)
def made(g):
    def closed(x):
        return np.sum(g(x))
    return closed
sines = made(np.sin)
"""
X = np.array([0.3, -0.7])


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("SRCGRAD_CACHE", str(tmp_path / "cache"))
    if srcgrad.rules.registry.version():  # rules registered by other tests of this process
        monkeypatch.setattr(srcgrad.rules.registry, "_version", 0)
    yield tmp_path / "cache" / "v1"
    for name in ("disk_model", "disk_helper"):
        sys.modules.pop(name, None)


def load(folder, model=MODEL, helper=HELPER):
    """The modules as a new process would have them."""
    for name, text in (("disk_helper", helper), ("disk_model", model)):
        path = folder / f"{name}.py"
        path.write_text(text)
        spec = importlib.util.spec_from_file_location(name, path)
        module = sys.modules[name] = importlib.util.module_from_spec(spec)
        exec(compile(text, path, "exec"), module.__dict__)
    return module


def kept(d, *args):
    """The gradient at some arguments, and whether its code came from the disk."""
    return d(*args), d.specialised_for(args, {}).code.guards is not None


def test_a_second_load_finds_the_code(cache, tmp_path, monkeypatch):
    first, found = kept(srcgrad.grad(load(tmp_path).loss), X)
    assert not found
    module = load(tmp_path)
    monkeypatch.setattr(pipeline, "Unit", None)
    monkeypatch.setattr("srcgrad.front.lower", None)
    again = srcgrad.grad(module.loss)
    second, found = kept(again, X)
    assert found and np.array_equal(first, second)
    with pytest.raises(TypeError):  # at other types nothing is known
        again(0.5)


def test_the_text_is_the_same_and_tracebacks_show_it(cache, tmp_path):
    texts = []
    for _ in range(2):
        d = srcgrad.value_and_grad(load(tmp_path).loss)
        d(X)
        texts.append(d.source)
        with pytest.raises(ZeroDivisionError) as error:
            srcgrad.grad(load(tmp_path, MODEL + "def bad(x):\n    return x / 0\n").bad)(0.5)
        note = getattr(error.value, "__notes__", ["disk_model.py:17: return x / 0"])[-1]
        assert note.endswith("disk_model.py:17: return x / 0")
    assert texts[0] == texts[1]


CHANGES = {
    "the function": (MODEL.replace("y ** p", "y ** p + y[0]"), HELPER),
    "a callee": (MODEL.replace("act(x) * K", "act(x) / K"), HELPER),
    "a callee's callee": (MODEL, HELPER.replace("np.sin(x) * x", "np.cos(x) * x")),
    "a constant": (MODEL.replace("** p", "** p * 2"), HELPER),
    "a default": (MODEL.replace("p=2", "p=3"), HELPER),
    "which function a global is": (MODEL + "act = np.tanh\n", HELPER),
    "which function a module's attribute is": (MODEL, HELPER + "scale = np.exp\n"),
    "a builtin that is hidden": (MODEL.replace("np.sum(y ** p)", "sum(y ** p)") + "def sum(x):\n    return x[1]\n", HELPER),
    "a comment": (MODEL.replace("a comment", "another"), HELPER),
    "the line": ("\n" + MODEL, HELPER),
    "the type of a global": (MODEL.replace("K = 3.0", "K = np.array([3.0, 1.0])"), HELPER),
    "the type of a global elsewhere": (MODEL, HELPER.replace("GAIN = 2.0", "GAIN = np.array(2.0)")),
    "a function that binds a global": (MODEL + "def change():\n    global K\n    K = 4.0\n", HELPER),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_changes_the_code_is_in_the_key(cache, tmp_path, change):
    load(tmp_path)
    old = fingerprint(sys.modules["disk_model"].loss).digest
    assert fingerprint(load(tmp_path).loss).digest == old
    model = load(tmp_path, *CHANGES[change])
    assert fingerprint(model.loss).digest != old


def test_values_that_say_what_a_function_does_are_in_the_key(cache, tmp_path):
    text = MODEL.replace("act(x) * K", "act(x).astype(T) * K")
    digests = {fingerprint(load(tmp_path, text + f"T = {t}\n").loss).digest
               for t in ("np.dtype('f4')", "np.dtype('f8')", "np.dtype('i4')", "np.float32", "'f4'", "'f8'", "float")}
    assert len(digests) == 7


def test_values_of_globals_are_read_live(cache, tmp_path):
    kept(srcgrad.grad(load(tmp_path).loss), X)
    model = load(tmp_path, MODEL.replace("K = 3.0", "K = 5.0"))  # a float like the one before
    got, found = kept(srcgrad.grad(model.loss), X)
    assert found
    os.environ["SRCGRAD_CACHE"] = "off"
    assert np.array_equal(got, srcgrad.grad(model.loss)(X))


def test_what_a_closure_holds_is_in_the_key(cache, tmp_path):
    for count in range(2):
        model = load(tmp_path)
        assert kept(srcgrad.grad(model.made(np.sin)), X)[1] is bool(count)
        got, found = kept(srcgrad.grad(model.made(np.exp)), X)
        assert found is bool(count) and np.allclose(got, np.exp(X))
        inner, found = kept(srcgrad.grad(model.made(model.inner)), X)
        assert found is bool(count)


def test_changes_after_a_hit_are_noticed(cache, tmp_path):
    kept(srcgrad.grad(load(tmp_path).loss), X)
    model = load(tmp_path)
    d = srcgrad.grad(model.loss)
    before, found = kept(d, X)
    assert found
    model.disk_helper.scale = lambda x: 0 * x
    model.act = model.disk_helper.act = lambda x: x
    assert np.allclose(d(X), 2 * 9 * X)
    model.K = np.array([1.0, 2.0])
    assert np.allclose(d(X), 2 * model.K ** 2 * X)
    model.inner.__code__ = (lambda x: -x).__code__
    assert np.allclose(d(X), 2 * X)


def test_what_is_asked_for_is_in_the_key(cache, tmp_path):
    model = load(tmp_path)
    f, seen = model.loss, set()
    asked = [lambda: srcgrad.grad(f)(X), lambda: srcgrad.grad(f)(np.ones((2, 3))), lambda: srcgrad.grad(f)(X.astype("f4")),
             lambda: srcgrad.grad(f)(X, 3), lambda: srcgrad.grad(f)(X, 2.5), lambda: srcgrad.value_and_grad(f)(X),
             lambda: srcgrad.grad(f, ("x", "p"))(X, 2.0), lambda: srcgrad.tangent(f)(X, d_x=X), lambda: srcgrad.vjp(f, X)]
    for ask in asked:
        ask()
        now = {p.name for p in cache.glob("*/*.json")}
        assert len(now) >= len(seen)
        seen = now
    with pipeline.options(optimise=False):
        asked[0]()
    with pipeline.options(generic=True):
        asked[0]()
    assert len({p.name for p in cache.glob("*/*.json")}) == len(seen) + 2 and len(seen) == 8  # int 3 is like int 2


@pytest.mark.parametrize("damage", ["cut", "changed", "empty", "moved", "other", "binary"])
def test_a_damaged_entry_is_written_anew(cache, tmp_path, damage):
    expected, _ = kept(srcgrad.grad(load(tmp_path).loss), X)
    (path,) = cache.glob("*/*.json")
    good = path.read_bytes()
    srcgrad.value_and_grad(load(tmp_path).loss)(X)
    other = next(p for p in cache.glob("*/*.json") if p != path).read_bytes()
    body = json.dumps({"text": "import os\nos.abort()\n"}).encode()
    path.write_bytes({"cut": good[:len(good) // 2], "changed": good.replace(b"np.sin", b"np.cos"), "empty": b"",
                      "moved": other, "other": good.split(b"\n")[0] + b"\n" + body, "binary": b"\xff\x00\xfe"}[damage])
    got, found = kept(srcgrad.grad(load(tmp_path).loss), X)
    assert not found and np.array_equal(got, expected) and path.read_bytes() == good
    assert not list(cache.glob("*/*.tmp"))


def test_an_entry_of_another_shape_is_ignored(cache, tmp_path):
    """Hashes that are right, around content that no version of srcgrad wrote."""
    kept(srcgrad.grad(load(tmp_path).loss), X)
    (path,) = cache.glob("*/*.json")
    for content in ({}, {"text": 3}, json.loads(path.read_text().partition("\n")[2]) | {"callees": [99]}):
        disk.write(path.parent.name, path.stem, content)
        assert not kept(srcgrad.grad(load(tmp_path).loss), X)[1]


def test_the_folder_is_private(cache, tmp_path):
    kept(srcgrad.grad(load(tmp_path).loss), X)
    for path in (cache, *cache.glob("*")):
        assert stat.S_IMODE(path.stat().st_mode) == 0o700
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in cache.glob("*/*.json"))
    cache.chmod(0o755)
    assert disk.folder() is None
    assert not kept(srcgrad.grad(load(tmp_path).loss), X)[1]


def test_the_oldest_go_when_there_are_many(cache, tmp_path, monkeypatch):
    monkeypatch.setattr(disk, "LIMIT", 4)
    for i in range(6):
        disk.write(f"{i}", "key", {"i": i})
        os.utime(cache / f"{i}", (i, i))
    assert [i for i in range(6) if disk.read(f"{i}", "key") == {"i": i}] == [2, 3, 4, 5]


def test_it_can_be_turned_off(cache, tmp_path, monkeypatch):
    monkeypatch.setenv("SRCGRAD_CACHE", "off")
    kept(srcgrad.grad(load(tmp_path).loss), X)
    assert not cache.exists() and not kept(srcgrad.grad(load(tmp_path).loss), X)[1]


def test_a_folder_that_cannot_be_written_is_no_error(cache, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("SRCGRAD_CACHE", str(tmp_path / "file"))
    assert not kept(srcgrad.grad(load(tmp_path).loss), X)[1]


UNKEYED = """\
import functools, numpy as np, srcgrad
class Model:
    def __init__(self): self.w = 2.0
    def f(self, x): return np.sum(self.w * x)
    def __call__(self, x): return x
m = Model()
def reads_object(x): return np.sum(m.w * x)
def reads_class(x): return np.sum(Model.f(m, x))
def inner(x): return np.sum(x * x * x)
slope = srcgrad.grad(inner)
def with_derivative(x): return np.sum(slope(x))
def with_import(x):
    import math
    return np.sum(x) * math.pi
def default(x, w=np.ones(2)): return np.sum(x * w)
twice = functools.partial(np.multiply, 2.0)
def with_partial(x): return np.sum(twice(x))
def marked(x): return np.sum(x)
marked.note = 1
"""


@pytest.mark.parametrize("name", ["reads_object", "reads_class", "with_derivative", "with_import", "default", "with_partial",
                                  "marked"])
def test_what_cannot_be_keyed_is_not_kept(cache, tmp_path, name):
    f = getattr(load(tmp_path, UNKEYED), name)
    with pytest.raises(Unkeyed):
        fingerprint(f)
    for _ in range(2):
        assert not kept(srcgrad.grad(f), X)[1]
    assert not [p for p in cache.glob("*/*") if f"{name}_grad" in p.read_text()]


def test_functions_of_functions_and_of_objects_are_not_kept(cache, tmp_path):
    model = load(tmp_path, UNKEYED + "def apply(x, g): return np.sum(g(x))\n")
    srcgrad.grad(model.apply)(X, np.sin)
    srcgrad.grad(model.Model.f, "x")(model.m, X)
    srcgrad.hessian(model.inner)(X)
    entries = [json.loads(p.read_text().partition("\n")[2]) for p in cache.glob("*/*.json")]
    assert {name for e in entries for name in e["entry"]} <= {"inner_grad"}


def test_registered_rules_turn_it_off(cache, tmp_path):
    model = load(tmp_path)
    kept(srcgrad.grad(model.loss), X)
    with srcgrad.rules.local():
        @srcgrad.register(model.act)
        def rule(z, x):
            d[z] += 7.0 * d[x]
        wrong, found = kept(srcgrad.grad(model.loss), X)
        assert not found


SCRIPT = """\
import sys
sys.path.insert(0, {folder!r})
import numpy as np, srcgrad, disk_model
if {warm}:
    from srcgrad import pipeline, front
    pipeline.Unit = front.lower = None
d = srcgrad.grad(disk_model.loss)
print(repr(d(np.array([0.3, -0.7])).tolist()), repr(srcgrad.value_and_grad(disk_model.sines)(np.array([0.3, -0.7]))))
"""


def test_another_process(tmp_path):
    (tmp_path / "disk_helper.py").write_text(HELPER)
    (tmp_path / "disk_model.py").write_text(MODEL)
    root = Path(srcgrad.__file__).parent.parent
    out = []
    for warm, seed in itertools.product((False, True), ("1",)):
        env = {**os.environ, "SRCGRAD_CACHE": str(tmp_path / "cache"), "PYTHONHASHSEED": str(int(seed) + warm)}
        found = subprocess.run([sys.executable, "-c", SCRIPT.format(folder=str(tmp_path), warm=warm)], env=env, cwd=root,
                               capture_output=True, text=True)
        assert found.returncode == 0, found.stderr
        out.append(found.stdout)
    assert out[0] == out[1]
