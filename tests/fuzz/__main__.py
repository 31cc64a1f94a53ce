"""`python -m tests.fuzz --programs 20000 --seed 0`: random programs against srcgrad, with a report at the end."""
from __future__ import annotations

import argparse
import contextlib
import signal
import sys
import time
from collections import defaultdict
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from tests.fuzz import features, runner
from tests.fuzz.check import VARIANTS
from tests.fuzz.minimise import as_corpus
from tests.fuzz.outcome import KINDS, Outcome
from tests.fuzz.program import generate


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    add = parser.add_argument
    add("--programs", type=int, default=1000, help="how many programs")
    add("--seed", type=int, default=0, help="of the generator")
    add("--start", type=int, default=0, help="number of the first program")
    add("--only", type=int, help="one program by its number, with its text")
    add("--features", default="", help="'a,b' exactly these; '+a,-b' changes the default; 'all'; 'list' shows them")
    add("--variants", default=",".join(v or "default" for v in VARIANTS), help="of default, unoptimised, generic")
    add("--full", type=float, default=0.2, help="fraction of programs whose every gradient element is checked")
    add("--second", type=float, default=0.3, help="fraction of programs whose second derivative is checked")
    add("--no-second-order", action="store_true", help="no second derivatives")
    add("--nested", action="store_true", help="also grad called inside a differentiated function")
    add("--rotate", action="store_true", help="each program in the first variant and one of the others")
    add("--jobs", type=int, default=1, help="processes")
    add("--minimise", action="store_true", help="print the smallest program found for each class of failures")
    add("--most", type=int, default=1, help="how many failures of a class to show and to minimise")
    add("--save", type=Path, help="folder for the texts of failing programs, written as they are found")
    add("--table", action="store_true", help="how programs with each construct ended")
    add("--print", action="store_true", help="only print the texts of the programs")
    return parser


def main() -> int:
    options = _arguments().parse_args()
    if options.features == "list":
        print("\n".join(f"{name:11} {'' if name in features.DEFAULT else '(off) '}{text}"
                        for name, text in features.FEATURES.items()))
        return 0
    chosen = tuple("" if v == "default" else v for v in options.variants.split(","))
    settings = runner.Settings(options.seed, features.parse(options.features), options.full,
                               0.0 if options.no_second_order else options.second, options.nested, chosen,
                               rotate=options.rotate)
    first, count = (options.start, options.programs) if options.only is None else (options.only, 1)
    numbers = range(first, first + count)
    if options.print:
        print("\n\n".join(generate(settings.seed, n, settings.features) for n in numbers))
        return 0
    start = time.monotonic()
    summary = _run(numbers, settings, options)
    _report(summary, settings, options, time.monotonic() - start)
    return 1 if summary.failures else 0


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def _run(numbers: range, settings: runner.Settings, options: argparse.Namespace) -> runner.Summary:
    """Runs until the end, ctrl-C or SIGTERM: what was found by then is reported."""
    summary = runner.Summary()
    signal.signal(signal.SIGTERM, _interrupt)
    with contextlib.suppress(KeyboardInterrupt):
        _fill(summary, numbers, settings, options)
    return summary


def _fill(summary: runner.Summary, numbers: range, settings: runner.Settings, options: argparse.Namespace) -> None:
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task("", total=len(numbers))
        for found in runner.results(numbers, settings, options.jobs):
            summary.add(*found)
            if options.save and found[1].failed:
                _save(options.save, settings, *found)
            text = " ".join(f"{kind} {summary.counts[kind]}" for kind in KINDS if summary.counts[kind])
            progress.update(task, advance=1, description=text)


def _report(summary: runner.Summary, settings: runner.Settings, options: argparse.Namespace, seconds: float) -> None:
    classes: dict[str, list[runner.Failure]] = defaultdict(list)
    for failure in sorted(summary.failures, key=lambda f: len(f.text)):
        classes[failure.outcome.signature].append(failure)
    for signature, failures in sorted(classes.items(), key=lambda item: -len(item[1])):
        print(f"\n{'=' * 100}\n{len(failures)} x {signature}")
        print("    programs", *[f.number for f in failures[:12]])
        for failure in failures[:options.most]:
            _show(failure, settings, options)
    for signature, count in summary.shared.most_common(20):
        print(f"{count} x {signature}")
    if options.table:
        print(f"\n{summary.table}")
    print("\n" + ", ".join(f"{kind} {summary.counts[kind]}" for kind in KINDS) + f"; {seconds:.0f} s")


def _show(failure: runner.Failure, settings: runner.Settings, options: argparse.Namespace) -> None:
    where = f" --features {options.features}" if options.features else ""
    print(f"    python -m tests.fuzz --seed {settings.seed} --only {failure.number}{where} --minimise")
    print(_tail(failure.outcome.detail))
    text = failure.text
    if options.minimise:
        import srcgrad
        text = runner.smaller(failure, settings, srcgrad)
        plan = settings.plan(failure.number)
        print("\n" + as_corpus(text, f"fuzz_{settings.seed}_{failure.number}"))
        print(_tail(runner.examine(text, srcgrad, plan).detail))
    elif options.only is not None:
        print(text)


def _save(folder: Path, settings: runner.Settings, number: int, found: Outcome, text: str) -> None:
    """A failing program in a file of its own, as soon as it is found."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"fuzz_{settings.seed}_{number}.py").write_text(f"# {found.signature}\n{text}")


def _tail(detail: str) -> str:
    """The end of a message, or the innermost frame of a traceback."""
    lines = detail.rstrip().splitlines()
    frames = [i for i, line in enumerate(lines) if line.startswith("  File ")]
    return "\n".join("    " + line[:200] for line in lines[frames[-1] if frames else -6:])


if __name__ == "__main__":
    sys.exit(main())
