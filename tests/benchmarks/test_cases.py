"""The benchmarks run, and their implementations agree, on tiny sizes."""
import json

import numpy as np
import pytest

import srcgrad
from benchmarks import __main__ as command, cases, inplace, longer, peers, report, timing, transform
from tests.corpus.inplace.test_kernels import KERNELS


@pytest.mark.parametrize("case", cases.CASES, ids=lambda case: case.name)
def test_implementations_agree(case):
    args = case.arguments(True)
    cases.check_agreement(case, cases.implementations(case, args), args)


@pytest.mark.parametrize("name", list(longer.EXAMPLES))
def test_longer_functions_are_differentiated_rightly(name):
    f, wrt, args = longer.EXAMPLES[name]
    gradients = srcgrad.grad(f, wrt)(*args)
    r = np.random.default_rng(5)
    directions = [r.normal(size=np.shape(args[i])) for i in wrt]

    def along(step):
        moved = list(args)
        for i, d in zip(wrt, directions):
            moved[i] = args[i] + step * (d if np.ndim(args[i]) else float(d))
        return f(*moved)

    expected = (along(1e-6) - along(-1e-6)) / 2e-6
    assert sum(np.sum(g * d) for g, d in zip(gradients, directions)) == pytest.approx(expected, rel=1e-5, abs=1e-7)


@pytest.mark.parametrize("name", list(inplace.HANDWRITTEN))
def test_handwritten_adjoints_of_kernels_agree(name):
    case = next(case for case in KERNELS if case[0].__name__ == name)
    assert set(inplace.gradients(*case)) == {inplace.GENERATED, inplace.HAND}


def test_wrong_gradients_are_found():
    case = cases.CASES[0]
    args = case.arguments(True)
    with pytest.raises(AssertionError, match="wrong"):
        cases.check_agreement(case, {cases.HAND: case.hand, "wrong": lambda x: 3 * x}, args)


def test_peers_that_are_not_installed(monkeypatch, capsys):
    monkeypatch.setattr(peers.Peer, "installed", property(lambda peer: False))
    assert command.main(["seed", "--rounds", "2"]) == 0
    out = capsys.readouterr().out
    assert all(f"{name} is not installed" in out for name in ("autograd", "JAX jit", "PyTorch", "mygrad"))


def test_peers_that_cannot_do_a_program(monkeypatch, capsys):
    def refuse(program, wrt, args):
        raise TypeError("no such thing")

    monkeypatch.setattr(peers, "PEERS", (peers.Peer("json peer", "json", refuse),))
    assert command.main(["seed", "--rounds", "2"]) == 0
    assert "json peer left out of seed, 4 elements: TypeError: no such thing" in capsys.readouterr().out


@pytest.mark.parametrize("peer", peers.PEERS, ids=lambda peer: peer.name)
def test_peers_agree(peer):
    pytest.importorskip(peer.module)
    for case in cases.CASES[:2]:
        args = case.arguments(True)
        cases.check_agreement(case, {peer.name: peer.make(case.program, case.wrt, args)}, args)


def test_plot(tmp_path):
    pytest.importorskip("matplotlib")
    row = {"case": "seed", "to_hand": {cases.HAND: 1.0, cases.GENERATED: 1.1, cases.OBJECT: 2.0, "PyTorch": 40.0}}
    report.plot([row, {**row, "case": "other"}], tmp_path / "bars.png")
    assert (tmp_path / "bars.png").read_bytes().startswith(b"\x89PNG")


def test_json(tmp_path, capsys):
    path = tmp_path / "found.json"
    assert command.main(["newton", "--rounds", "2", "--json", str(path), "--source"]) == 0
    found = json.loads(path.read_text())
    assert [row["case"] for row in found["cases"]] == ["newton, floats"]
    assert found["cases"][0]["to_hand"]["hand-written"] == 1.0
    assert "def newton_grad" in capsys.readouterr().out


def test_missed_targets():
    row = {"to_hand": {cases.GENERATED: 2.5}, "large": False, "faster": 20.0, "autograd_to_generated": 3.0}
    assert len(report.missed(row)) == 2
    assert report.missed({"to_hand": {cases.GENERATED: 1.15}, "large": False, "faster": 20.0}) == []
    assert len(report.missed({"to_hand": {cases.GENERATED: 1.15}, "large": True, "faster": 0.0})) == 1


def test_turns_are_interleaved():
    turns = []
    timing.interleaved({name: lambda name=name: turns.append(name) for name in "ab"}, (), 2, target=0.0)
    assert "".join(turns[-4:]) == "abba"


def test_growing_functions(monkeypatch):
    monkeypatch.setattr(transform, "SIZES", (4, 8))
    rows = transform.measure_growth(1)
    assert [row["statements"] for row in rows] == [4, 8, 4, 8]
    assert transform.growth_as_table(rows).count("loop body") == 2
