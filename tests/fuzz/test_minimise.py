"""The checks and the minimiser, tested on stand-ins that are right or broken on purpose."""
from __future__ import annotations

from typing import Any

import pytest

from tests.fuzz import check, runner
from tests.fuzz.features import DEFAULT
from tests.fuzz.minimise import as_corpus, minimise
from tests.fuzz.program import generate
from tests.fuzz.standin import StandIn

SETTINGS = runner.Settings(seed=5, features=DEFAULT, full=0.2, second=0.0, variants=("",))


def _doubled_where(word: str) -> StandIn:
    return StandIn(lambda text, leaf: leaf * 2 if word in text else leaf)


def test_a_right_face_passes() -> None:
    found = [runner.run_one(number, SETTINGS, StandIn())[0] for number in range(40)]
    assert {o.kind for o in found} <= {"exact", "discarded"}, [o for o in found if o.failed]
    assert sum(o.kind == "exact" for o in found) > 30


@pytest.mark.parametrize("word", ["np.tanh", "while"])
def test_a_broken_face_is_found_and_the_program_minimised(word: str) -> None:
    face = _doubled_where(word)
    for number in range(60):
        found, text = runner.run_one(number, SETTINGS, face)
        if found.failed:
            break
    assert found.kind == "wrong" and word in text
    small = runner.smaller(runner.Failure(number, found, text), SETTINGS, face, seconds=20)
    assert word in small and len(small) < 0.5 * len(text)
    assert small.count("\n") <= 14
    assert "case(broken, " in as_corpus(small, "broken")


def test_generation_is_deterministic() -> None:
    assert [generate(3, n, DEFAULT) for n in range(20)] == [generate(3, n, DEFAULT) for n in range(20)]


def test_wrong_structure_is_found() -> None:
    class Flat(StandIn):
        def value_and_grad(self, f: Any, wrt: Any = 0) -> Any:
            inner = super().value_and_grad(f, wrt)
            return lambda *args, **kwargs: (inner(*args, **kwargs)[0], [0.0])
    found = [runner.run_one(n, SETTINGS, Flat())[0] for n in range(20)]
    assert any(o.kind == "wrong" and o.where == "structure" for o in found)


def test_modified_arguments_are_found() -> None:
    class Careless(StandIn):
        def jvp(self, f: Any, args: Any, tangents: Any, **kwargs: Any) -> Any:
            found = super().jvp(f, args, tangents, **kwargs)
            for x in args:
                if hasattr(x, "fill"):
                    x += 1.0
            return found
    found = [runner.run_one(n, SETTINGS, Careless())[0] for n in range(20)]
    assert any(o.kind == "wrong" and o.where == "arguments" for o in found)


def test_minimise_keeps_what_matters() -> None:
    text = generate(5, 0, DEFAULT)
    assert minimise(text, lambda t: "return" in t, seconds=5).count("\n") < text.count("\n")


def test_a_shared_gradient_is_found() -> None:
    class Sharing(StandIn):
        def value_and_grad(self, f: Any, wrt: Any = 0) -> Any:
            return lambda *args, **kwargs: (super(Sharing, self).value_and_grad(f, wrt)(*args, **kwargs)[0], args[0])
    found = [runner.run_one(n, SETTINGS, Sharing())[0] for n in range(30)]
    assert any(o.kind == "wrong" and o.where == "sharing" for o in found)


def test_plan_is_fixed_for_each_program() -> None:
    assert SETTINGS.plan(7) == SETTINGS.plan(7) and isinstance(SETTINGS.plan(7), check.Plan)
