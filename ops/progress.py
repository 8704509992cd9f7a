"""What a long command is doing, on standard error of a terminal: bytes, rate and time left, or the time elapsed.

A pipe or a file is given nothing.  A dumb terminal, which cannot write over a line, is given one line at the start.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    ProgressColumn,
    SpinnerColumn,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)

_WHAT = "{task.description}"


@dataclass
class Transfer:
    """A number of bytes on their way."""

    bar: Progress
    task: TaskID
    total: int

    def restart(self, what: str) -> None:
        self.bar.reset(self.task, total=self.total, description=what)

    def advance(self, size: int) -> None:
        self.bar.advance(self.task, size)


@contextmanager
def waiting(what: str) -> Iterator[None]:
    """While nobody can say how long it takes."""
    with _progress(what, SpinnerColumn(), TextColumn(_WHAT, markup=False), TimeElapsedColumn()) as bar:
        bar.add_task(what, total=None)
        yield


@contextmanager
def transferring(what: str, total: int) -> Iterator[Transfer]:
    """While `total` bytes are read."""
    columns = (
        TextColumn(_WHAT, markup=False),
        BarColumn(bar_width=20),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(elapsed_when_finished=True),
    )
    with _progress(what, *columns) as bar:
        yield Transfer(bar, bar.add_task(what, total=total), total)


@contextmanager
def _progress(what: str, *columns: ProgressColumn) -> Iterator[Progress]:
    console = Console(stderr=True, highlight=False)
    dumb = console.is_dumb_terminal
    if dumb and console.is_terminal:
        console.print(what, markup=False)
    with Progress(*columns, console=console, transient=True, disable=dumb or not console.is_terminal) as bar:
        yield bar
