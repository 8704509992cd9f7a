"""A review as it is kept: as a document for people, and as JSON."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from lambdas.review.gather import Result
from lambdas.review.section import Figure, Here
from lambdas.review.span import Span
from lambdas.shared.documents import document as documents
from lambdas.shared.documents.document import Bars, Block, Document, Facts, Grid, Inline, Link, Mark, Table, Text, Tone
from lambdas.shared.documents.html import page
from lambdas.shared.documents.markdown import markdown
from lambdas.shared.quantities import counted, moment
from lambdas.vocabulary.reports import HTML, JSON, MARKDOWN
from lambdas.vocabulary.reviews import Period, State

TONES: Final = {
    State.ATTENTION: Tone.BAD,
    State.UNKNOWN: Tone.UNSURE,
    State.GOOD: Tone.GOOD,
    State.NOTED: Tone.QUIET,
    State.NOT_IN_USE: Tone.QUIET,
}
_TITLES: Final = {
    Period.WEEK: "Weekly review",
    Period.MONTH: "Monthly review",
    Period.QUARTER: "Quarterly review",
    Period.DEPENDENCIES: "Dependency audit",
}
_WORST_FIRST: Final = list(State)


@dataclass(frozen=True)
class Review:
    period: Period
    span: Span
    at: datetime
    """When it was made."""
    here: Here
    owner: str
    results: Sequence[Result]

    @property
    def title(self) -> str:
        last = (self.span.until - timedelta(microseconds=1)).astimezone(UTC)
        return f"{_TITLES[self.period]} of {self.here.service} {self.here.name}, to {last.day} {last:%B %Y}"

    @property
    def worst_first(self) -> list[Result]:
        return sorted(self.results, key=lambda result: _WORST_FIRST.index(result.found.state))

    def number_of(self, state: State) -> int:
        return sum(result.found.state is state for result in self.results)

    @property
    def verdict(self) -> str:
        """Such as `2 of 7 need attention, 1 unknown`."""
        attention, unknown = self.number_of(State.ATTENTION), self.number_of(State.UNKNOWN)
        number = len(self.results)
        verb = "needs" if attention == 1 else "need"
        said = f"{attention} of {number} {verb} attention" if attention else "nothing needs attention"
        return f"{said}, {unknown} unknown" if unknown else said


def files_of(review: Review) -> dict[str, bytes]:
    """By their names in the folder of the report."""
    document = document_of(review)
    return {
        JSON: json.dumps(as_json(review), indent=1).encode(),
        HTML: page(document),
        MARKDOWN: markdown(document).encode(),
    }


def document_of(review: Review) -> Document:
    facts = (
        ("Says", review.verdict),
        ("From", moment(review.span.since)),
        ("Until", moment(review.span.until)),
        ("Owner", review.owner),
        ("Made", moment(review.at)),
    )
    overview = Table(
        ("Section", "State", "In one line"),
        tuple((each.section.heading, each.found.state.value, each.found.summary) for each in review.worst_first),
    )
    first = documents.Section("At one look", (overview,))
    return Document(review.title, Facts(facts), (first, *map(_section, review.results)))


def as_json(review: Review) -> dict[str, Any]:
    return {
        "period": review.period,
        "environment": review.here.name,
        "since": review.span.since.isoformat(),
        "until": review.span.until.isoformat(),
        "made_at": review.at.isoformat(),
        "verdict": review.verdict,
        "sections": [_section_as_json(result) for result in review.results],
    }


def _section(result: Result) -> documents.Section:
    found = result.found
    return documents.Section(
        result.section.heading, tuple(_blocks(result)), mark=Mark(found.state.value, TONES[found.state])
    )


def _blocks(result: Result) -> Iterator[Block]:
    found = result.found
    unread = "It could not be read: " if found.state is State.UNKNOWN else ""
    yield Text(f"{unread}{found.summary}{'' if found.summary.endswith(('.', ')')) else '.'}")
    if found.figures:
        yield Table(("What", "Value", "Source"), tuple(map(_row, found.figures)))
    yield from found.blocks


def _row(figure: Figure) -> tuple[str, str, str]:
    return figure.label, figure.shown, figure.source


def _section_as_json(result: Result) -> dict[str, Any]:
    section, found = result.section, result.found
    return {
        "name": section.name,
        "heading": section.heading,
        "state": found.state,
        "summary": found.summary,
        "figures": {
            each.name: {"label": each.label, "value": each.value, "shown": each.shown, "source": each.source}
            for each in found.figures
        },
        "tables": [_table_as_json(block) for block in found.blocks if isinstance(block, Table)],
        "graphs": [_graph_as_json(block) for block in found.blocks if isinstance(block, Bars | Grid)],
        "notes": [block.said for block in found.blocks if isinstance(block, Text)],
    }


def _table_as_json(table: Table) -> dict[str, Any]:
    return {"headings": table.headings, "rows": [[_plain(cell) for cell in row] for row in table.rows]}


def _graph_as_json(graph: Bars | Grid) -> dict[str, Any]:
    labels = {"labels": graph.labels} if isinstance(graph, Bars) else {"rows": graph.rows, "columns": graph.columns}
    return {"caption": graph.caption, **labels, "values": graph.values}


def _plain(cell: Inline) -> str:
    return f"{cell.label}: {cell.url}" if isinstance(cell, Link) else cell


def lines_of(review: Review, most: int) -> list[str]:
    """A line for each section, the worst first; the last one says how many are left out."""
    lines = [f"{_word(each.found.state)} {each.section.heading}: {each.found.summary}" for each in review.worst_first]
    return (
        lines if len(lines) <= most else [*lines[: most - 1], f"and {counted(len(lines) - most + 1, 'more section')}"]
    )


def _word(state: State) -> str:
    return {State.ATTENTION: "(!)", State.UNKNOWN: "(?)", State.GOOD: "ok:"}.get(state, "-")
