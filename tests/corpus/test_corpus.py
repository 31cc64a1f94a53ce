"""Every corpus function, in every variant: values, both modes, second order, NORMAL form, sources."""
from __future__ import annotations

import importlib
import inspect
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from functools import partial, cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

os.environ.setdefault("SRCGRAD_CHECK", "1")

import srcgrad
from tests.corpus.registry import ENTRIES, Entry
from tests.fuzz import check, trees
from tests.fuzz.case import Case, differences, directional
from tests.fuzz.second import second_order
from tests.fuzz.source import oracle_module

MODULES = ("contexts", "matching", "straight", "iteration", "comprehensions", "builtins", "branches", "loops", "calls", "shapes",
           "broadcasting", "names", "traps", "found", "stores", "views", "shared", "tuples", "kept", "lists", "containers",
           "scalars", "dtypes", "realistic", "functions_nested", "functions_arguments", "functions_methods", "functions_library",
           "functions_recursion", "functions_choice",
           "exceptions", "stacks", "objects", "models")
for _name in MODULES:
    importlib.import_module(f"tests.corpus.{_name}")
IDS = [entry.name for entry in ENTRIES]
each = pytest.mark.parametrize("entry", ENTRIES, ids=IDS)


@cache
def _oracle_module(module: str, depth: int) -> Any:
    text = Path(inspect.getsourcefile(importlib.import_module(module)) or "").read_text()
    return oracle_module(text, module, depth)


def _oracle(entry: Entry, depth: int) -> Any:
    return getattr(_oracle_module(entry.function.__module__, depth), entry.attribute)


def case_of(entry: Entry) -> Case:
    return Case(entry.name, entry.function, partial(_oracle, entry), entry.args, entry.kwargs, entry.wrt,
                entry.smooth)


def plan_of(entry: Entry, variant: str = "") -> check.Plan:
    single = any(getattr(x, "dtype", None) == np.float32 for x in trees.leaves((entry.args, entry.kwargs)))
    rtol = 1e-4 if single else 1e-6 if entry.numeric else 1e-9
    return check.Plan((variant,), rtol=rtol, numeric=entry.numeric, seed=len(entry.name))


@pytest.fixture(autouse=True)
def _checked(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """IR checks between stages, also when srcgrad was imported before the environment was set."""
    if hasattr(getattr(srcgrad, "pipeline", None), "_checking"):
        monkeypatch.setattr(srcgrad.pipeline, "_checking", True)
    with np.errstate(all="ignore"):
        yield


def test_there_are_enough() -> None:
    assert len({entry.function for entry in ENTRIES}) >= 110 and len(set(IDS)) == len(IDS)


@each
def test_oracle_agrees_with_differences(entry: Entry) -> None:
    """Of the oracle itself, without srcgrad."""
    if entry.numeric or any(getattr(x, "dtype", None) == np.float32 for x in trees.leaves(entry.args)):
        return
    case = case_of(entry)
    expected = check.expect(case, plan_of(entry))
    check._compare("differences", differences(case, expected.directions), expected.deriv, 1e-5, 100.0)


@each
@pytest.mark.parametrize("variant", list(check.VARIANTS), ids=lambda v: v or "default")
def test_first_order(entry: Entry, variant: str) -> None:
    case, plan = case_of(entry), plan_of(entry, variant)
    if entry.typed and "generic" in variant:
        with pytest.raises(srcgrad.errors.AliasError):
            check.first_order(case, srcgrad, plan, check.expect(case, plan))
        return
    check.first_order(case, srcgrad, plan, check.expect(case, plan))


@each
def test_every_element(entry: Entry) -> None:
    case, plan = case_of(entry), plan_of(entry)
    expected = check.expect(case, plan)
    if expected.scalar and not entry.numeric:
        check.full(case, srcgrad, plan, expected)


@each
def test_dot_product_identity(entry: Entry) -> None:
    """Forward against reverse, with no oracle between them."""
    case, rng = case_of(entry), np.random.default_rng(3)
    tangents = tuple(trees.random_like(x, rng) for x in case.points())
    _, tangent = srcgrad.jvp(case.function, case.args, tangents, wrt=case.names, **case.kwargs)
    value, pullback = srcgrad.vjp(case.function, *case.args, wrt=case.names, **case.kwargs)
    cotangent = trees.random_like(value, rng)
    forward, reverse = trees.dot(cotangent, tangent), trees.dot(pullback(cotangent), tangents)
    assert forward == pytest.approx(reverse, rel=max(plan_of(entry).rtol, 1e-9), abs=1e-9)


@each
def test_pullback_twice(entry: Entry) -> None:
    """A pullback changes nothing that it needs again."""
    case, rng = case_of(entry), np.random.default_rng(5)
    value, pullback = srcgrad.vjp(case.function, *case.args, wrt=case.names, **case.kwargs)
    cotangent = trees.random_like(value, rng)
    assert trees.same(pullback(cotangent), pullback(cotangent))


@each
def test_second_order(entry: Entry) -> None:
    case, plan = case_of(entry), plan_of(entry)
    if entry.smooth and not entry.numeric:
        expected = check.expect(case, plan)
        if expected.scalar:
            second_order(case, srcgrad, plan, expected)


@each
def test_normal_form_runs(entry: Entry) -> None:
    case = case_of(entry)
    normal = srcgrad.pipeline.normal(entry.function)
    assert trees.same(normal(*trees.copied(case.args), **trees.copied(case.kwargs)), case.run())


@each
def test_sample_point_is_smooth(entry: Entry) -> None:
    """The oracle raises where it is a kink."""
    case = case_of(entry)
    if not entry.numeric:
        directional(case, check.units(case.points())[0])


def test_sources_are_equal_in_every_process() -> None:
    """Byte-equal output, whatever the hash seed."""
    found = [_sources(seed) for seed in ("1", "2")]
    different = [name for name in found[0] if found[0][name] != found[1].get(name)]
    assert found[0] and not different


def _sources(seed: str) -> dict[str, str]:
    root = str(Path(__file__).parents[2])
    env = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": root}
    done = subprocess.run([sys.executable, "-m", "tests.corpus.sources"], cwd=root, env=env, capture_output=True,
                          text=True, check=True)
    return json.loads(done.stdout)  # type: ignore[no-any-return]
