"""Comparing generated code with the files of this folder, which are meant to be read.

After a change that is meant to change them: `pytest --update-golden`, then read the diff.
"""
import ast
import builtins
import difflib
from pathlib import Path

FOLDER = Path(__file__).parent
HELPERS = "srcgrad.runtime.helpers"


def compare(name, text, *, update=False):
    """Fails with a diff where the file differs from the text; with `update` it is written."""
    path = FOLDER / f"{name}.py"
    if update:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return
    assert path.exists(), f"no {path.name}: run pytest --update-golden and read what it wrote"
    expected = path.read_text(encoding="utf-8")
    if text != expected:
        names = f"golden/{name}.py", "generated"
        diff = difflib.unified_diff(expected.splitlines(), text.splitlines(), *names, lineterm="")
        raise AssertionError("\n".join(["generated code differs from the golden file:", *diff]))


def check(text, user=()):
    """Generated code parses, compiles, uses everything it imports and binds, and imports nothing but what it may."""
    tree = ast.parse(text)
    compile(text, "<golden>", "exec")
    problems = [*_imports(tree, {"numpy", HELPERS, *user}), *_names(tree)]
    assert not problems, "\n".join([*problems, text])


def _imports(tree, allowed):
    """What is imported without leave."""
    for node in ast.walk(tree):
        modules = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom):
            modules = [node.module]
        yield from (f"imports {module}" for module in modules if module not in allowed)


def _names(tree):
    """Names that are imported or bound and never read, or read and never bound, in the module or a function of it."""
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    imported = {(alias.asname or alias.name).split(".")[0] for node in tree.body
                if isinstance(node, ast.Import | ast.ImportFrom) for alias in node.names}
    yield from (f"{name} is imported and not used" for name in sorted(imported - _used(tree, ast.Load)))
    known = imported | {f.name for f in functions} | set(dir(builtins))
    for f in functions:
        yield from _names_of(f, known)


def _names_of(f, known):
    parameters = {node.arg for node in ast.walk(f.args) if isinstance(node, ast.arg)}
    bound, read = _used(f, ast.Store), _used(f, ast.Load)
    yield from (f"{f.name}: {name} is bound and not used" for name in sorted(bound - read - _in_unpacking(f) - {"_"}))
    yield from (f"{f.name}: {name} is not defined" for name in sorted(read - bound - parameters - known))


def _used(tree, context):
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, context)}


def _in_unpacking(f):
    """Loop variables and parts of tuple targets, which may have to be there."""
    assigned = [target for node in ast.walk(f) if isinstance(node, ast.Assign) for target in node.targets]
    targets = [node.target for node in ast.walk(f) if isinstance(node, ast.For)]
    targets += [target for target in assigned if isinstance(target, ast.Tuple)]
    return {node.id for target in targets for node in ast.walk(target) if isinstance(node, ast.Name)}
