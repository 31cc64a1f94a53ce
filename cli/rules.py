"""`srcgrad rules`: what is differentiated, and how."""
from __future__ import annotations

import difflib
import textwrap

import click

from .target import Failure

WIDTH = 100


@click.command()
@click.argument("name", required=False)
def rules(name: str | None) -> None:
    """List the functions that have rules, or show the mathematics of one.

    NAME is a name like tanh or numpy.tanh, or a part of one, which lists what contains it. In a rule, z is the result, and
    d[v] the tangent or adjoint of v.

    \b
    Examples:
      srcgrad rules
      srcgrad rules numpy.tanh
      srcgrad rules fft
    """
    from srcgrad import inspection
    if name is None:
        for module, found in inspection.rules_by_module():
            names = ", ".join(e.name.rpartition(".")[2] for e in found)
            click.echo(f"{module or 'Python'}\n{textwrap.fill(names, WIDTH, initial_indent='  ', subsequent_indent='  ')}\n")
        return
    found = inspection.search_rules(name)
    if not found:
        names = [e.name for _, group in inspection.rules_by_module() for e in group]
        near = difflib.get_close_matches(name, {n: 0 for e in names for n in (e, e.rpartition(".")[2])}, 3)
        hint = f"\nhint: did you mean {' or '.join(near)}?" if near else "\nhint: `srcgrad rules` lists all"
        raise Failure(f"no rule for {name}; a function without rule is differentiated through its Python source{hint}")
    exact = [e for e in found if name in (e.name, e.name.rpartition(".")[2])]
    if not exact:
        click.echo("\n".join(f"{e.name:32} {e.kind}" for e in found))
        return
    texts: dict[str, list[str]] = {}  # numpy.tanh and math.tanh say the same
    for e in exact:
        lines = [*inspection.mathematics(e), *([textwrap.fill(e.note, WIDTH)] if e.note else [])]
        texts.setdefault("\n".join(lines), []).append(f"{e.name}  ({e.kind})")
    click.echo("\n\n".join("\n".join([*heads, textwrap.indent(text, "    ")]) for text, heads in texts.items()))
