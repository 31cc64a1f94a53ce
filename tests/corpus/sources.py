"""Prints the generated source of every corpus function as JSON: run twice, it must print the same."""
from __future__ import annotations

import importlib
import json
import sys

import srcgrad
from tests.corpus.registry import ENTRIES
from tests.fuzz import trees


def generated() -> dict[str, str]:
    """The adjoint and the tangent of each function, generated twice; what is refused is left out."""
    from tests.corpus.test_corpus import case_of
    found: dict[str, str] = {}
    for entry in ENTRIES:
        case = case_of(entry)
        for mode, make in (("adjoint", srcgrad.adjoint), ("tangent", srcgrad.tangent)):
            try:
                texts = [srcgrad.source(make(entry.function, case.names)) for _ in range(2)]
            except srcgrad.errors.SrcgradError as error:
                texts = [str(error)] * 2
            assert texts[0] == texts[1], (entry.name, mode)
            found[f"{entry.name} {mode}"] = texts[0]
        trees.leaves(case.args)
    return found


if __name__ == "__main__":
    importlib.import_module("tests.corpus.test_corpus")
    json.dump(generated(), sys.stdout)
