"""What a command prints: tables for people, plain columns in a pipe, JSON where it is asked for."""

import json
import sys
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final, Literal, TypeVar

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

_WIDE: Final = 10_000  # columns: nothing that is piped is wrapped or cut
_LEAST_BESIDES: Final = 34  # columns that the rest of a table needs
_Command = TypeVar("_Command", bound=Callable[..., Any])


def json_option(command: _Command) -> _Command:
    """`--json`, of every verb that only reads."""
    return click.option("--json", "as_json", is_flag=True, help="print JSON (docs/ops.md)")(command)


def print_json(document: Any, *, in_ascii: bool = False) -> None:
    """`in_ascii` is for texts from anybody: no terminal takes one of their characters for a command."""
    click.echo(json.dumps(document, indent=2, ensure_ascii=in_ascii))


def print_table(
    headings: Sequence[str], rows: Iterable[Sequence[object]], *, right: Iterable[int] = (), name: int = 0
) -> None:
    """Columns in `right` hold numbers; the one at `name` is what a person copies, kept in one line where it can be.

    Cells are plain text: what AWS says is never taken for markup.
    """
    console = Console(width=None if sys.stdout.isatty() else _WIDE, highlight=False, emoji=False, markup=False)
    cells = [[str(cell) for cell in row] for row in rows]
    whole = max((len(row[name]) for row in cells), default=0) <= console.width - _LEAST_BESIDES
    table = Table(box=None, pad_edge=False)
    for index, heading in enumerate(headings):
        justify: Literal["left", "right"] = "right" if index in set(right) else "left"
        table.add_column(heading, justify=justify, overflow="fold", no_wrap=whole and index == name)
    for row in cells:
        table.add_row(*map(Text, row))
    with console.capture() as captured:
        console.print(table)
    for line in captured.get().splitlines():
        click.echo(line.rstrip())


def print_fields(fields: Iterable[tuple[str, object]]) -> None:
    """A name and a value a line."""
    pairs = [(name, str(value)) for name, value in fields]
    width = max(len(name) for name, _ in pairs)
    for name, value in pairs:
        click.echo(f"{name:<{width}}  {value}")
