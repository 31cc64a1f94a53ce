"""`python -m benchmarks`: generated adjoints against hand-written ones and other tools, and the time to make them."""
from __future__ import annotations

import argparse
import json
import platform
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from . import inplace, report, transform
from .cases import CASES


def main(arguments: Sequence[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    found: dict[str, Any] = {"python": platform.python_version(), "numpy": np.__version__}
    found |= {"machine": platform.machine(), **_found(options)}
    if options.json is not None:
        options.json.write_text(json.dumps(found, indent=2) + "\n")
    return 1 if options.strict and any(row["missed"] for row in found.get("cases", ())) else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("cases", nargs="*", metavar="CASE", help="only cases whose name starts so")
    parser.add_argument("--rounds", type=int, default=100, help="rounds in which all implementations take turns")
    parser.add_argument("--budget", type=float, default=6.0, help="seconds for one case, after which its rounds end")
    parser.add_argument("--plot", type=Path, metavar="PNG", help="draw the ratios there (needs matplotlib)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the numbers there")
    parser.add_argument("--source", action="store_true", help="print the generated code of each case")
    parser.add_argument("--strict", action="store_true", help="exit 1 where a target is missed")
    parser.add_argument("--transform", action="store_true", help="measure the transformation, not what it makes")
    parser.add_argument("--kernels", action="store_true", help="gradient over primal of the kernels that work in place")
    parser.add_argument("--profile", action="store_true", help="with --transform: the functions that take most time")
    return parser


def _run(options: argparse.Namespace) -> dict[str, Any]:
    rows = [report.measure(case, options.rounds, options.budget) for case in CASES
            if not options.cases or any(case.name.startswith(name) for name in options.cases)]
    dispatch = report.measure_dispatch(options.rounds)
    print("CPU time relative to the hand-written adjoint; medians of interleaved rounds, one BLAS thread.\n")
    print(report.rows_as_table(rows))
    print("", *report.notes(rows), sep="\n")
    if options.plot is not None:
        report.plot(rows, options.plot)
    print("\nWhat a grad object adds to a direct call of the generated code:\n")
    print(report.dispatch_as_table(dispatch))
    if options.source:
        for row in rows:
            print(f"\n# {row['case']}\n{row['source']}")
    return {"cases": rows, "dispatch": dispatch}


def _found(options: argparse.Namespace) -> dict[str, Any]:
    return _transform(options) if options.transform else _kernels(options) if options.kernels else _run(options)


def _kernels(options: argparse.Namespace) -> dict[str, Any]:
    chosen = [case for case in inplace.cases() if not options.cases or case[0].__name__.startswith(tuple(options.cases))]
    rows = [inplace.measure(*case, options.rounds) for case in chosen]
    print("CPU time of the gradient relative to that of the kernel; medians of interleaved rounds.\n")
    print(inplace.rows_as_table(rows))
    medians = inplace.summary(rows)
    print("\nMedians: " + ", ".join(f"{name} {x:.2f} x" for name, x in medians.items()))
    return {"kernels": rows, "medians": medians}


def _transform(options: argparse.Namespace) -> dict[str, Any]:
    rows = transform.measure(options.rounds)
    print("From source to loaded gradient function, one function at a time:\n")
    print(transform.as_table(rows))
    growth = transform.measure_growth(max(1, options.rounds // 50))
    print("\nGrowth with the number of statements (exponent 1 is linear):\n")
    print(transform.growth_as_table(growth))
    if options.profile:
        print("\nThe functions that take most time of their own:\n")
        print(transform.profile())
    return {"transform": rows, "growth": growth}


if __name__ == "__main__":
    raise SystemExit(main())
