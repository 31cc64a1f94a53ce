"""Who may import whom (ARCHITECTURE.md): a folder imports only those listed above it."""
import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ORDER = ["errors", "alone", "ir", "rules", "frontend", "analyse", "differentiate", "optimise", "emit", "front", "outputs",
         "settle", "known", "repeatable", "finite", "own", "unit", "entries", "drivers", "fingerprint", "disk",
         "stored", "signature", "portable", "targets", "typespec", "texts", "pipeline", "derivative", "pairs",
         "functional", "inspection", "api", "autograd", "nd"]
FACES = {"derivative", "functional", "api", "autograd", "nd"}  # derivative and functional read the record's scopes
COMPILER_ONLY = {"gast": {"frontend", "rules/dsl.py", "differentiate/inline.py", "emit"},
                 "astunparse": {"emit"}, "click": set(), "rich": set()}
FILES = sorted(path.relative_to(ROOT).as_posix() for folder in ("srcgrad", "cli")
               for path in (ROOT / folder).rglob("*.py"))
LIBRARY = [path for path in FILES if path.startswith("srcgrad/") and path != "srcgrad/__init__.py"]
MAX_LINES = 330


def room(path):
    """The room a file belongs to: `srcgrad/ir/nodes.py` is in `ir`, `srcgrad/api.py` in `api`."""
    return path.removesuffix(".py").split("/")[1]


def imports(path):
    """Every module that a file imports, as a dotted name; `from . import x` gives `....x` as well."""
    package = Path(path).parent.parts
    for node in ast.walk(ast.parse((ROOT / path).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[:len(package) - node.level + 1] if node.level else ()
            whole = ".".join([*base, *(node.module or "").split(".")]).rstrip(".")
            yield whole
            yield from (f"{whole}.{alias.name}" for alias in node.names)


def rooms_imported(path):
    """(room, dotted name) of each import from srcgrad itself."""
    for name in imports(path):
        first, _, rest = name.partition(".")
        if first == "srcgrad" and rest:
            yield rest.split(".")[0], rest


def is_room(name):
    return name in ORDER or name == "runtime"


@pytest.mark.parametrize("path", LIBRARY)
def test_imports_go_one_way(path):
    here = room(path)
    assert is_room(here), f"{path} is in no room of the layout"
    above = {"errors"} if here == "runtime" else set(ORDER[:ORDER.index(here)])
    for there, name in rooms_imported(path):
        if there == here or there in above or not is_room(there):
            continue
        helpers = there == "runtime" and (name.startswith(("runtime.helpers", "runtime.scipy_")) or name == "runtime")
        assert helpers or (there == "runtime" and here in FACES), f"{path} imports {name}"


@pytest.mark.parametrize("path", [path for path in FILES if path.startswith("srcgrad/runtime/")])
def test_the_runtime_needs_numpy_only(path):
    outside = {name.partition(".")[0] for name in imports(path)} - sys.stdlib_module_names
    assert outside <= {"numpy", "srcgrad"} | ({"scipy"} if Path(path).name.startswith("scipy_") else set())


@pytest.mark.parametrize("path", FILES)
def test_tools_stay_in_their_rooms(path):
    allowed_here = {tool for tool, places in COMPILER_ONLY.items()
                    if any(path.removeprefix("srcgrad/").startswith(place) for place in places)}
    allowed_here |= {"click", "rich"} if path.startswith("cli/") else set()
    used = {name.partition(".")[0] for name in imports(path)} & set(COMPILER_ONLY)
    assert used <= allowed_here, f"{path} imports {used - allowed_here}"


@pytest.mark.parametrize("path", [path for path in FILES if path.startswith("cli/")])
def test_the_command_line_uses_the_public_faces(path):
    names = {name for name in imports(path) if name.startswith("srcgrad.")}
    assert {".".join(name.split(".")[:2]) for name in names} <= {
        "srcgrad.api", "srcgrad.inspection", "srcgrad.pipeline", "srcgrad.errors"}


@pytest.mark.parametrize("path", FILES)
def test_files_are_short(path):
    length = len((ROOT / path).read_text(encoding="utf-8").splitlines())
    assert length <= MAX_LINES, f"{path} has {length} lines"


def test_generated_code_loads_no_compiler():
    program = "import sys, srcgrad.runtime.helpers; print(*{'gast', 'astunparse', 'click', 'rich'} & set(sys.modules))"
    result = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert result.stdout.strip() == ""
