"""`srcgrad emit`: what it hands to the pipeline, and what it does with the text."""
import os
import sys
from pathlib import Path

import pytest

from srcgrad.errors import UnsupportedSyntax

TEXT = "def loss_grad(w, x):\n    return x\n"
RECORDED = """
import functools

class Recorded:
    def __init__(self, function):
        functools.update_wrapper(self, function)

    def __call__(self, *args):
        return self.__wrapped__(*args)

Recorded.__module__ = "srcgrad.runtime.recorded"
"""


def test_prints_the_text(srcgrad_command, folder, pipeline):
    result = srcgrad_command("emit", "user_model.py:loss")
    assert (result.exit_code, result.stdout, result.stderr) == (0, TEXT, "")
    (function, wrt, options), = pipeline.calls
    assert (function.__name__, function.__module__, wrt) == ("loss", "user_model", None)
    assert options == {"mode": "reverse", "value": False, "types": None, "filename": "user_model.py", "of": None,
                       "standalone": False, "command": "srcgrad emit user_model.py:loss", "progress": None}


def test_options(srcgrad_command, folder, pipeline):
    result = srcgrad_command("emit", "user_model.py:loss", "--wrt", "w, x", "--mode", "forward", "--value", "--types",
                              "w: f8[n,m]", "--types", "x:f8", "--of", "w,return", "--standalone")
    assert result.exit_code == 0
    (_, wrt, options), = pipeline.calls
    assert wrt == ("w", "x")
    assert options["types"] == {"w": "f8[n,m]", "x": "f8"}
    assert options["mode"] == "forward" and options["value"] is True
    assert options["of"] == ("w", "return") and options["standalone"] is True
    assert options["command"] == ("srcgrad emit user_model.py:loss --wrt 'w, x' --mode forward --value --of w,return "
                                  "--types 'w: f8[n,m]' --types x:f8 --standalone")


def test_dotted_names(srcgrad_command, folder, pipeline):
    assert srcgrad_command("emit", "user_model.py:Layer.apply").exit_code == 0
    assert pipeline.calls[0][0].__qualname__ == "Layer.apply"


def test_absolute_paths_do_not_get_into_the_text(srcgrad_command, folder, pipeline):
    srcgrad_command("emit", f"{folder}/user_model.py:loss")
    assert pipeline.calls[0][2]["filename"] == "user_model.py"
    assert str(folder) not in pipeline.calls[0][2]["command"]


def test_modules_in_packages_keep_their_name(srcgrad_command, folder, pipeline):
    package = folder / "user_package"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "part.py").write_text("from . import other\n\n\ndef f(x):\n    return other.k * x\n")
    (package / "other.py").write_text("k = 2\n")
    assert srcgrad_command("emit", "user_package/part.py:f").exit_code == 0
    assert pipeline.calls[0][0].__module__ == "user_package.part"


def test_importing_leaves_nothing_behind(srcgrad_command, folder, pipeline):
    path = list(sys.path)
    srcgrad_command("emit", "user_model.py:loss")
    assert "user_model" not in sys.modules and sys.path == path


# ------------------------------------------------------------------ whole files
def test_every_decorated_function(srcgrad_command, folder, pipeline):
    (folder / "user_recorded.py").write_text(RECORDED + """
class Layer:
    @Recorded
    def first(self, x): return x

@Recorded
def second(x): return x

def plain(x): return x

again = second
""")
    assert srcgrad_command("emit", "user_recorded.py").exit_code == 0
    (functions, wrt, options), = pipeline.calls
    assert [f.__name__ for f in functions] == ["first", "second"] and wrt is None
    assert options["command"] == "srcgrad emit user_recorded.py"
    result = srcgrad_command("emit", "user_recorded.py:second")
    assert result.exit_code == 0, result.stderr
    assert pipeline.calls[1][0] is not pipeline.calls[0][0][1]
    assert type(pipeline.calls[1][0]).__name__ == "function"


def test_nothing_decorated(srcgrad_command, folder, pipeline):
    result = srcgrad_command("emit", "user_model.py")
    assert result.exit_code == 2
    assert "no function in it is decorated" in result.stderr and "user_model.py:FUNC" in result.stderr


@pytest.mark.parametrize("option", [("--wrt", "w"), ("--types", "w: f8")])
def test_options_that_need_a_function(srcgrad_command, folder, pipeline, option):
    result = srcgrad_command("emit", "user_model.py", *option)
    assert result.exit_code == 2 and f"{option[0]} needs a function" in result.stderr


# ------------------------------------------------------------------ files
def test_writes_a_file(srcgrad_command, folder, pipeline):
    result = srcgrad_command("emit", "user_model.py:loss", "-o", "out.py")
    assert (result.exit_code, result.stdout) == (0, "")
    assert (folder / "out.py").read_text() == TEXT
    assert sorted(os.listdir(folder)) in (["out.py", "user_model.py"], ["__pycache__", "out.py", "user_model.py"])


def test_a_failure_leaves_the_file_as_it_was(srcgrad_command, folder, pipeline, monkeypatch):
    (folder / "out.py").write_text("before")
    monkeypatch.setattr(os, "replace", lambda *paths: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    result = srcgrad_command("emit", "user_model.py:loss", "-o", "out.py")
    assert result.exit_code == 2 and "No space left" in result.stderr
    assert (folder / "out.py").read_text() == "before"
    assert not [name for name in os.listdir(folder) if name.endswith(".tmp")]


def test_the_mode_of_the_file_stays(srcgrad_command, folder, pipeline):
    (folder / "out.py").write_text("before")
    (folder / "out.py").chmod(0o640)
    srcgrad_command("emit", "user_model.py:loss", "-o", "out.py")
    assert (folder / "out.py").stat().st_mode & 0o777 == 0o640


def test_check(srcgrad_command, folder, pipeline):
    words = ("emit", "user_model.py:loss", "-o", "out.py", "--check")
    missing = srcgrad_command(*words)
    assert missing.exit_code == 1 and missing.stderr == "out.py does not exist\n"
    (folder / "out.py").write_text(TEXT)
    same = srcgrad_command(*words)
    assert (same.exit_code, same.stdout, same.stderr) == (0, "", "")
    (folder / "out.py").write_text(TEXT.replace("return x", "return w"))
    different = srcgrad_command(*words)
    assert different.exit_code == 1
    assert "-    return w\n+    return x" in different.stderr
    assert "return w" in (folder / "out.py").read_text()


def test_long_differences_are_cut(srcgrad_command, folder, pipeline):
    (folder / "out.py").write_text("x\n" * 100)
    result = srcgrad_command("emit", "user_model.py:loss", "-o", "out.py", "--check")
    assert len(result.stderr.splitlines()) == 22 and "more lines" in result.stderr


# ------------------------------------------------------------------ mistakes
@pytest.mark.parametrize("words, message", [
    (("user_model.py:nothing",), "user_model.py: no function nothing; it defines loss, Layer"),
    (("user_model.py:Layer.nothing",), "no function Layer.nothing"),
    (("user_model.py:size",), "size is no function but a int"),
    (("missing.py:loss",), "no file missing.py"),
    (("user_model:loss",), "not of the form"),
    (("user_model.py:",), "not of the form"),
    (("user_model.py:loss", "--wrt", "w,"), "--wrt takes names"),
    (("user_model.py:loss", "--wrt", ""), "--wrt takes names"),
    (("user_model.py:loss", "--types", "f8"), "--types takes 'NAME: TYPE'"),
    (("user_model.py:loss", "--types", "w: f8", "--types", "w: f4"), "--types gives w twice"),
    (("user_model.py:loss", "--mode", "sideways"), "sideways"),
    (("user_model.py:loss", "--check"), "--check needs -o"),
    (("user_model.py:loss", "-o", "nowhere/out.py"), "no folder nowhere"),
    (("user_model.py:loss", "-o", "."), "is a folder"),
    (("user_model.py:loss", "-o", "user_model.py"), "is the file with the function itself"),
])
def test_mistakes(srcgrad_command, folder, pipeline, words, message):
    result = srcgrad_command("emit", *words)
    assert result.exit_code == 2 and message in result.stderr and result.stdout == ""
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize("text, message", [
    ("x = 1\n1 / 0\n", "user_broken.py:2: importing it failed\nZeroDivisionError: division by zero\n"),
    ("import sys\nsys.exit(3)\n", "user_broken.py:2: importing it failed\nSystemExit: 3\n"),
    ("def f(:\n", "SyntaxError"),
    ("import no_such_module_at_all\n", "ModuleNotFoundError"),
])
def test_files_that_cannot_be_imported(srcgrad_command, folder, pipeline, text, message):
    (folder / "user_broken.py").write_text(text)
    result = srcgrad_command("emit", "user_broken.py:f")
    assert result.exit_code == 2 and message in result.stderr and "Traceback" not in result.stderr


def test_names_of_other_modules(srcgrad_command, folder, pipeline):
    (folder / "numpy.py").write_text("def f(x): return x\n")
    result = srcgrad_command("emit", "numpy.py:f")
    assert result.exit_code == 2 and "can't be imported as `numpy`" in result.stderr


def test_refusals_show_the_users_line(srcgrad_command, folder, pipeline, monkeypatch):
    def refuse(*args, **options):
        raise UnsupportedSyntax("in loss: no", filename="user_model.py", lineno=5, offset=4, hint="write it so")

    monkeypatch.setattr(pipeline, "emit", refuse)
    result = srcgrad_command("emit", "user_model.py:loss")
    assert result.exit_code == 2 and result.stdout == ""
    assert result.stderr == ("user_model.py:5: in loss: no\n    return np.sum(np.tanh(w * x))\n    ^\n"
                             "hint: write it so\n")


def test_refusals_while_importing(srcgrad_command, folder, pipeline):
    (folder / "user_refused.py").write_text(
        "from srcgrad.errors import MissingRule\nraise MissingRule('no rule', filename=__file__, lineno=1)\n")
    result = srcgrad_command("emit", "user_refused.py:f")
    assert result.exit_code == 2 and "no rule\n    from srcgrad.errors" in result.stderr


def test_the_hook_of_pre_commit_is_this_command():
    text = (Path(__file__).resolve().parents[2] / ".pre-commit-hooks.yaml").read_text(encoding="utf-8")
    assert "id: srcgrad-check\n" in text and "entry: srcgrad emit --check\n" in text and "pass_filenames: false" in text
