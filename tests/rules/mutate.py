"""Mutation check of the rules: small errors are put into their lines, and the tests of rules must notice each.

    python -m tests.rules.mutate [--sample 200] [--seed 0] [--files numpy_lines,helpers]

Every line of a rule is changed in turn: its sign is flipped, it is dropped, two operands (or the sides of an operator, or the
first two arguments of a call) are swapped. A mutant is killed where the notation refuses it, or where a test of
tests/rules/test_rules.py fails on a sample of the rule. Printed are the survivors and the score; the exit status is 1 if
there are survivors.
"""
from __future__ import annotations

import argparse
import ast
import copy
import random
import sys
import time
from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from srcgrad.errors import SrcgradError
from srcgrad.rules import dsl, registry

from .evaluate import Applied
from .samples import all_cases
from .test_rules import (
    test_differences, test_linear, test_modes_agree, test_operands_without_a_line_are_flat, test_shapes_and_dtypes,
)

CHECKS = (test_modes_agree, test_differences, test_operands_without_a_line_are_flat, test_shapes_and_dtypes, test_linear)


@dataclass
class Mutant:
    """A rule with one line changed. `body` is None where the notation refuses it."""

    rule: dsl.Rule
    line: int
    what: str
    text: str
    body: dsl.Body | None

    def __str__(self):
        file = self.rule.function.__code__.co_filename.rpartition("/")[2]
        return f"{file}:{self.line} {self.rule.name}: {self.what}: {self.text}"


# ------------------------------------------------------------------ changes of one line
def changes(s, operands):
    """(what, the new statement or None) for a line `d[v] += e`."""
    yield "dropped", None
    yield "sign", _with(s, ast.UnaryOp(ast.USub(), _bare(s.value)))
    for i, node in enumerate(ast.walk(s.value)):
        if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Sub, ast.Div, ast.MatMult, ast.Pow)):
            yield "sides swapped", _changed(s, i, _swap_sides)
        if isinstance(node, ast.Call) and len(node.args) > 1 and ast.dump(node.args[0]) != ast.dump(node.args[1]):
            yield "arguments swapped", _changed(s, i, _swap_arguments)
    names = sorted({n.id for n in ast.walk(s.value) if isinstance(n, ast.Name) and n.id in operands})
    if len(names) == 2 and not {n.id for n in _in_dots(s.value)} >= set(names):
        yield "operands swapped", _renamed(s, dict(zip(names, reversed(names))))


def _bare(value):
    """What stands in `singular(...)`: a sign outside of it would be another notation."""
    marked = isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id == "singular"
    return value.args[0] if marked else value


def _with(s, value):
    new = copy.deepcopy(s)
    new.value = copy.deepcopy(value)
    return new


def _changed(s, i, change):
    new = copy.deepcopy(s)
    change(list(ast.walk(new.value))[i])
    return new


def _swap_sides(node):
    node.left, node.right = node.right, node.left


def _swap_arguments(node):
    node.args[:2] = node.args[1::-1]


def _in_dots(value):
    return [n.slice for n in ast.walk(value) if isinstance(n, ast.Subscript) and isinstance(n.value, ast.Name)
            and n.value.id == "d" and isinstance(n.slice, ast.Name)]


def _renamed(s, names):
    """The operands outside of d[...] exchanged."""
    new = copy.deepcopy(s)
    kept = set(map(id, _in_dots(new.value)))
    for n in ast.walk(new.value):
        if isinstance(n, ast.Name) and id(n) not in kept:
            n.id = names.get(n.id, n.id)
    return new


# ------------------------------------------------------------------ mutants
def mutants(rule):
    """All mutants of a rule."""
    node = dsl._Reader(rule.function).node
    original = rule.body
    for block, place in [(b, i) for b in _blocks(node) for i in range(len(b))]:
        s = block[place]
        if not isinstance(s, ast.AugAssign):
            continue
        for what, new in changes(s, {rule.result, *rule.operands}):
            block[place] = ast.fix_missing_locations(new) if new is not None else ast.copy_location(ast.Pass(), s)
            try:
                body = _read(rule, node)
            except SrcgradError:
                body = None
            finally:
                block[place] = s
            if body != original:
                yield Mutant(rule, s.lineno, what, ast.unparse(s if new is None else new), body)


def _blocks(node):
    return [node.body, *(s.body for s in node.body if isinstance(s, ast.With))]


def _read(rule, node):
    reader = dsl._Reader(rule.function)
    reader.node = copy.deepcopy(node)
    reader.node.body = [s for s in reader.node.body if not isinstance(s, ast.Pass)] or [
        ast.copy_location(ast.Expr(ast.Constant("empty")), node)]
    return reader.body(rule.kind)


def survives(mutant, cases):
    """Whether no test on any sample notices."""
    if mutant.body is None:
        return False
    parse = dsl._parse
    dsl._parse = lambda function, kind: mutant.body if function is mutant.rule.function else parse(function, kind)
    try:
        return not any(noticed(mutant, case) for case in cases)
    finally:
        dsl._parse = parse


def noticed(mutant, case):
    """Whether a test fails on the sample, or the rule leaves out an operand that it had a line for."""
    try:
        with np.errstate(all="ignore"):
            applied = Applied(case)
            for check in CHECKS:
                check(applied)
    except Exception:
        return True
    lines = mutant.body
    return {line.of for line in lines.tangent} != {line.target for line in lines.adjoint}


# ------------------------------------------------------------------ the command
def main(argv=None):
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--sample", type=int, help="try so many mutants, drawn at random")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--files", help="rule files, without .py, separated by commas")
    options = parser.parse_args(argv)
    start = time.perf_counter()
    cases = defaultdict(list)
    for case in all_cases():
        cases[registry.find(case.target).function].append(case)
    rules = {rule.function: rule for _, rule in registry.rules() if rule.function is not None}
    files = options.files and options.files.split(",")
    found = [m for f, rule in rules.items() if not files or f.__module__.rpartition(".")[2] in files for m in mutants(rule)]
    if options.sample and options.sample < len(found):
        found = random.Random(options.seed).sample(found, options.sample)
    survivors = [m for m in found if survives(m, cases[m.rule.function])]
    for mutant in survivors:
        print("survives:", mutant)
    print(f"{len(found) - len(survivors)} of {len(found)} mutants killed, in {time.perf_counter() - start:.0f} s")
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main())
