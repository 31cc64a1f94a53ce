"""Makes a failing program small while it fails in the same way.

Works on the syntax tree of the whole module: statements go away, blocks take the place of what contains them,
expressions are replaced by their parts or by constants, loops lose trips, parameters and inputs are dropped.
"""
from __future__ import annotations

import ast
import builtins
import copy
import time
from collections.abc import Callable, Iterator

import numpy as np

from tests.fuzz.program import literal, loaded

Test = Callable[[str], bool]
Edit = Callable[[ast.Module], bool]       # changes the tree in place; False where it does not apply
SAMPLE = {"ARGS", "KWARGS", "WRT", "OF"}


def minimise(text: str, test: Test, seconds: float = 120.0) -> str:
    """The smallest text found for which `test` still holds; `test` never raises."""
    if not test(text):
        return text                        # it does not fail (any more)
    end = time.monotonic() + seconds
    text = _sampled(text, test)
    while time.monotonic() < end:
        smaller = _round(text, test, end)
        if smaller == text:
            break
        text = smaller
    return text


def _round(text: str, test: Test, end: float) -> str:
    """One pass over every kind of edit, each tried at every place."""
    for kind in (_statements, _parameters, _blocks, _expressions, _constants, _inputs):
        place = 0
        while time.monotonic() < end:
            edits = list(kind(ast.parse(text)))
            if place >= len(edits):
                break
            shorter = _tried(text, edits[place], test)
            if shorter is None:
                place += 1
            else:
                text = shorter
    return text


def _tried(text: str, edit: Edit, test: Test) -> str | None:
    tree = ast.parse(text)
    if not edit(tree):
        return None
    try:
        new = ast.unparse(ast.fix_missing_locations(tree)) + "\n"
        compile(new, "<candidate>", "exec")
    except (SyntaxError, ValueError):
        return None
    return new if new != text and test(new) else None


# -------------------------------------------------------------------- places in a tree
Slot = tuple[ast.AST, str, int | None]


def _slots(tree: ast.AST) -> list[Slot]:
    """Every place that holds a node, in a fixed order; the samples at the end of the module excepted."""
    if isinstance(tree, ast.Module):
        found: list[Slot] = [(tree, "body", i) for i, node in enumerate(tree.body) if not _is_sample(node)]
        return found + [slot for node in tree.body if not _is_sample(node) for slot in _slots(node)]
    found = []
    for parent in ast.walk(tree):
        for name, value in ast.iter_fields(parent):
            if isinstance(value, ast.AST):
                found.append((parent, name, None))
            elif isinstance(value, list):
                found += [(parent, name, i) for i, item in enumerate(value) if isinstance(item, ast.AST)]
    return found


def _is_sample(node: ast.AST) -> bool:
    return isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id in SAMPLE


def _get(slot: Slot) -> ast.AST:
    parent, name, index = slot
    value = getattr(parent, name)
    return value if index is None else value[index]  # type: ignore[no-any-return]


def _put(slot: Slot, *nodes: ast.AST) -> None:
    parent, name, index = slot
    if index is None:
        setattr(parent, name, nodes[0])
    else:
        getattr(parent, name)[index:index + 1] = nodes


def _at(number: int, change: Callable[[Slot], bool]) -> Edit:
    return lambda tree: change(_slots(tree)[number])


# -------------------------------------------------------------------- edits
def _statements(tree: ast.Module) -> Iterator[Edit]:
    """Statements removed, long runs of them first."""
    for node in ast.walk(tree):
        for name in ("body", "orelse"):
            block = getattr(node, name, None)
            if isinstance(block, list) and len(block) > 3 and not isinstance(node, ast.Module):
                yield from (_cut(node, name, start, len(block) // 2) for start in (0, len(block) // 2))
    for number, slot in enumerate(_slots(tree)):
        if isinstance(_get(slot), ast.stmt) and slot[2] is not None:
            yield _at(number, _remove)


def _cut(node: ast.AST, name: str, start: int, count: int) -> Edit:
    line = getattr(node, "lineno", 0)
    kind = type(node)

    def edit(tree: ast.Module) -> bool:
        for found in ast.walk(tree):
            if type(found) is kind and getattr(found, "lineno", 0) == line:
                block = getattr(found, name)
                del block[start:start + count]
                if not block and name == "body":
                    block.append(ast.Pass())
                return True
        return False
    return edit


def _remove(slot: Slot) -> bool:
    parent, name, index = slot
    if isinstance(_get(slot), ast.Pass):
        return False
    block = getattr(parent, name)
    _put(slot, *([ast.Pass()] if len(block) == 1 and name == "body" else []))
    return True


def _blocks(tree: ast.Module) -> Iterator[Edit]:
    """A compound statement replaced by one of its blocks; conditional expressions likewise."""
    for number, slot in enumerate(_slots(tree)):
        node = _get(slot)
        if isinstance(node, (ast.If, ast.For, ast.While)) and slot[2] is not None:
            yield _at(number, lambda s: _splice(s, "body"))
            yield _at(number, lambda s: _splice(s, "orelse"))


def _splice(slot: Slot, name: str) -> bool:
    block = getattr(_get(slot), name)
    if block:
        _put(slot, *block)
    return bool(block)


def _expressions(tree: ast.Module) -> Iterator[Edit]:
    """An expression replaced by one of its parts."""
    for number, slot in enumerate(_slots(tree)):
        node = _get(slot)
        if isinstance(node, ast.expr) and _is_value(slot):
            for part in range(sum(1 for _ in _parts(node))):
                yield _at(number, lambda s, part=part: _shrink(s, part))


def _is_value(slot: Slot) -> bool:
    node, parent = _get(slot), slot[0]
    if isinstance(node, (ast.Slice, ast.Lambda)) or slot[1] in ("func", "slice"):
        return False
    return not isinstance(getattr(node, "ctx", ast.Load()), ast.Store) and not isinstance(parent, ast.arguments)


def _parts(node: ast.expr) -> Iterator[ast.expr]:
    """The values inside an expression, two levels deep."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.expr) and not isinstance(child, (ast.Slice, ast.Lambda)):
            yield child
        if isinstance(child, (ast.Attribute, ast.keyword, ast.Subscript)):
            yield child.value


def _shrink(slot: Slot, part: int) -> bool:
    node = _get(slot)
    assert isinstance(node, ast.expr)
    chosen = list(_parts(node))[part]
    if isinstance(chosen, ast.Name) and (chosen.id in dir(builtins) or chosen.id in ("np", "h0", "h1", "h2")):
        return False
    if isinstance(chosen, ast.Attribute) and isinstance(chosen.value, ast.Name) and chosen.value.id == "np":
        return False
    _put(slot, chosen)
    return True


def _constants(tree: ast.Module) -> Iterator[Edit]:
    """A compound expression replaced by a constant, a long constant by a short one, a range by one trip."""
    for number, slot in enumerate(_slots(tree)):
        node = _get(slot)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "range":
            yield _at(number, lambda s: _becomes(s, "range(1)"))
            yield _at(number, lambda s: _becomes(s, "range(2)"))
        elif isinstance(node, ast.expr) and _is_value(slot) and not isinstance(node, (ast.Name, ast.Attribute)):
            yield _at(number, lambda s: _becomes(s, "0.5"))
        if isinstance(node, ast.Constant) and isinstance(node.value, float) and len(repr(node.value)) > 3:
            yield _at(number, lambda s: _becomes(s, repr(round(_get(s).value, 1) or 0.5)))  # type: ignore[attr-defined]


def _becomes(slot: Slot, text: str) -> bool:
    node = _get(slot)
    if isinstance(node, ast.Constant) and len(repr(node.value)) <= len(text):
        return False
    _put(slot, ast.parse(text, mode="eval").body)
    return True


# -------------------------------------------------------------------- parameters and inputs
def _function(tree: ast.Module, name: str = "f") -> ast.FunctionDef:
    return next(n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name == name)


def _sample(tree: ast.Module, name: str) -> ast.Assign:
    return next(n for n in tree.body if isinstance(n, ast.Assign) and getattr(n.targets[0], "id", "") == name)


def _outputs(tree: ast.Module) -> tuple[str, ...]:
    """The names in OF."""
    found = [n for n in tree.body if isinstance(n, ast.Assign) and getattr(n.targets[0], "id", "") == "OF"]
    of = ast.literal_eval(found[0].value) if found else ()
    return (of,) if isinstance(of, str) else of


def _sampled(text: str, test: Test) -> str:
    """All arguments positional and `wrt` by name, if the failure allows it: then parameters are easy to drop."""
    tree = ast.parse(text)
    with loaded(text) as case:
        values, names = [literal(x) for x in case.bound().values()], case.names
    for name, new in (("ARGS", f"({''.join(v + ', ' for v in values)})"), ("KWARGS", "{}"), ("WRT", repr(names))):
        _sample(tree, name).value = ast.parse(new, mode="eval").body
    _function(tree).args.defaults = []
    new_text = ast.unparse(tree) + "\n"
    return new_text if test(new_text) else text


def _parameters(tree: ast.Module) -> Iterator[Edit]:
    """A parameter of `f` dropped with its argument; a name of `wrt` dropped."""
    args, wrt = _sample(tree, "ARGS").value, _sample(tree, "WRT").value
    if not isinstance(args, ast.Tuple):
        return
    if isinstance(wrt, ast.Tuple) and len(wrt.elts) > 1:
        yield from (lambda tree, i=i: _drop_wrt(tree, i) for i in range(len(wrt.elts)))
    if len(args.elts) == len(_function(tree).args.args):
        yield from (lambda tree, i=i: _drop_parameter(tree, i) for i in range(len(args.elts)))


def _drop_wrt(tree: ast.Module, index: int) -> bool:
    wrt = _sample(tree, "WRT").value
    assert isinstance(wrt, ast.Tuple)
    del wrt.elts[index]
    return True


def _drop_parameter(tree: ast.Module, index: int) -> bool:
    args, wrt, params = _sample(tree, "ARGS").value, _sample(tree, "WRT").value, _function(tree).args
    assert isinstance(args, ast.Tuple)
    names = [getattr(n, "value", None) for n in wrt.elts] if isinstance(wrt, ast.Tuple) else []
    if params.args[index].arg in _outputs(tree):
        return False
    if params.defaults or params.args[index].arg in names or not all(isinstance(n, str) for n in names):
        return False
    del args.elts[index], params.args[index]
    return True


def _inputs(tree: ast.Module) -> Iterator[Edit]:
    """Arrays made shorter along an axis; numbers rounded."""
    args = _sample(tree, "ARGS").value
    if isinstance(args, ast.Tuple):
        for i in range(len(args.elts)):
            yield from (lambda tree, i=i, how=how: _input(tree, i, how) for how in (0, 1, 2, 3, "round"))


def _input(tree: ast.Module, index: int, how: int | str) -> bool:
    args = _sample(tree, "ARGS").value
    assert isinstance(args, ast.Tuple)
    value = eval(ast.unparse(args.elts[index]), {"np": np})
    if not isinstance(value, np.ndarray):
        return False
    if how == "round":
        new = np.array(np.round(value, 1), value.dtype)
    else:
        axis, length = divmod(int(how), 2)
        if axis >= value.ndim or value.shape[axis] <= length + 1:
            return False
        new = np.take(value, range(length + 1), axis)
    args.elts[index] = ast.parse(literal(new), mode="eval").body
    return True


# -------------------------------------------------------------------- a corpus function
def as_corpus(text: str, name: str) -> str:
    """The program as it is pasted into a corpus file: functions, then one `case(...)` line."""
    tree = copy.deepcopy(ast.parse(text))
    args, kwargs, wrt = (_sample(tree, n).value for n in ("ARGS", "KWARGS", "WRT"))
    _function(tree).name = name
    parts = [name] + [ast.unparse(e) for e in getattr(args, "elts", [])]
    if isinstance(kwargs, ast.Dict):
        parts += [f"{ast.literal_eval(k)}={ast.unparse(v)}" for k, v in zip(kwargs.keys, kwargs.values) if k]
    parts += [f"wrt={ast.unparse(wrt)}"] + ([f"of={_outputs(tree)!r}"] if _outputs(tree) else [])
    tree.body = [n for n in tree.body if not _is_sample(n)]
    return f"{ast.unparse(tree)}\n\n\ncase({', '.join(parts)})\n"
