"""What was measured, as a table for people and as JSON for whoever compares."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

from bench.measure import machine

DIRECTORY = Path(__file__).parent / "results"


@dataclass(frozen=True)
class Aim:
    """What is aimed at: `measured` at most (or at least) `bound`."""

    name: str
    measured: float
    bound: float
    at_least: bool = False
    unit: str = "times"

    @property
    def met(self) -> bool:
        return self.measured >= self.bound if self.at_least else self.measured <= self.bound

    def row(self) -> tuple[str, str, str, str]:
        sign = "≥" if self.at_least else "≤"
        digits = 2 if self.unit == "times" else 0
        verdict = "met" if self.met else "**missed**"
        return self.name, f"{sign} {self.bound:g} {self.unit}", f"{self.measured:.{digits}f} {self.unit}", verdict


@dataclass
class Result:
    """One benchmark's tables and aims; `remarks` are whole sentences."""

    name: str
    title: str
    tables: list[str] = field(default_factory=list)
    aims: list[Aim] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    measured: dict[str, Any] = field(default_factory=dict)
    began_on: dict[str, Any] = field(default_factory=machine)

    def markdown(self) -> str:
        aims = table(("aim", "bound", "measured", ""), [aim.row() for aim in self.aims])
        parts = [f"# {self.title}", self._where(), *self.tables, aims, *self.remarks]
        return "\n\n".join(parts) + "\n"

    def write(self) -> None:
        DIRECTORY.mkdir(exist_ok=True)
        (DIRECTORY / f"{self.name}.md").write_text(self.markdown())
        document = {
            "began_on": self.began_on,
            "ended_on": machine(),
            "aims": [{**asdict(aim), "met": aim.met} for aim in self.aims],
            "measured": self.measured,
        }
        (DIRECTORY / f"{self.name}.json").write_text(json.dumps(document, indent=2) + "\n")

    def _where(self) -> str:
        before, after = self.began_on, machine()
        return (
            f"{datetime.now(UTC):%Y-%m-%d}, {before['processors']} processors, {before['memory_gb']} GB of memory,"
            f" load average {before['load_average'][0]} before and {after['load_average'][0]} after."
            " Medians, with the least and the most in brackets."
        )


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table whose source is readable too; all columns but the first are numbers."""
    rows = [[cell.replace("|", "\\|") for cell in row] for row in rows]
    widths = [max(len(row[column]) for row in (head, *rows)) for column in range(len(head))]
    lines = [
        _line(head, widths),
        "|" + "|".join("-" * (width + 1) + (":" if n else "-") for n, width in enumerate(widths)) + "|",
    ]
    return "\n".join(lines + [_line(row, widths) for row in rows])


def spread(values: Sequence[float], digits: int = 2) -> str:
    return f"{median(values):.{digits}f} ({min(values):.{digits}f} to {max(values):.{digits}f})"


def megabytes(size: float) -> str:
    return f"{size / 1e6:.0f}"


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    cells = [
        f"{cell:<{width}}" if n == 0 else f"{cell:>{width}}"
        for n, (cell, width) in enumerate(zip(row, widths, strict=True))
    ]
    return f"| {' | '.join(cells)} |"
