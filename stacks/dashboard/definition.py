"""What a dashboard consists of, whoever draws it: plain values only."""

from dataclasses import dataclass
from enum import StrEnum

from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.names import ServiceNames

COLUMNS = 24
"""CloudWatch's and Grafana's grids are alike."""


class Shown(StrEnum):
    """What the values of a graph are."""

    NUMBER = "number"
    PERCENT = "percent"
    HOURS = "hours"
    MINUTES = "minutes"
    SECONDS = "seconds"
    MILLISECONDS = "milliseconds"
    BYTES = "bytes"
    DOLLARS = "dollars"


@dataclass(frozen=True)
class Series:
    """One statistic of one metric."""

    namespace: str
    metric: str
    dimensions: tuple[tuple[str, str], ...]
    statistic: str
    seconds: int
    """The period."""
    label: str = ""
    region: str | None = None
    """Where it is not the environment's."""

    @property
    def subject(self) -> tuple[str, ...]:
        """What AWS counts as one metric."""
        return (self.namespace, self.metric, *(word for pair in sorted(self.dimensions) for word in pair))

    @property
    def asks(self) -> tuple[str, ...]:
        """The metric and what is asked of it: percentiles can be held against each other, a count and a sum cannot."""
        return (*self.subject, "percentile" if self.statistic.startswith("p") else self.statistic)

    @property
    def divisor(self) -> float:
        return 1


@dataclass(frozen=True)
class Formula:
    """Metric maths over series, each by the name that it has in the expression."""

    expression: str
    series: tuple[tuple[str, Series], ...]
    seconds: int
    label: str = ""
    divisor: float = 1
    """What a single series is divided by for people; so are the limits of its alarms."""

    @property
    def asks(self) -> tuple[str, ...]:
        if self.divisor != 1:
            return self.series[0][1].asks
        return ("formula", self.label or self.expression)


Line = Series | Formula


def divided(series: Series, divisor: int) -> Formula:
    """Seconds in hours, and the like."""
    return Formula(f"value / {divisor}", (("value", series),), series.seconds, series.label, divisor)


@dataclass(frozen=True)
class Limit:
    """From where on an alarm fires."""

    value: float
    level: Level
    below: bool = False
    """Whether it fires below it, and not above."""


@dataclass(frozen=True)
class Graph:
    title: str
    lines: tuple[Line, ...]
    shown: Shown = Shown.NUMBER
    limits: tuple[Limit, ...] = ()
    newest: bool = False
    """Show the newest value as a number, instead of the course."""
    marks: Formula | None = None
    """Moments: 1 when something happened, 0 otherwise, drawn from bottom to top on an axis of its own."""
    width: int = 6
    height: int = 5

    @property
    def drawn(self) -> tuple[Line, ...]:
        """The lines, and the marks after them."""
        return (*self.lines, *((self.marks,) if self.marks else ()))


@dataclass(frozen=True)
class States:
    """Alarms by their names, the worst level first."""

    title: str
    alarms: tuple[str, ...]
    width: int = COLUMNS
    height: int = 3
    firing: bool = False
    """Show none but those that fire."""


@dataclass(frozen=True)
class Words:
    """Markdown."""

    markdown: str
    width: int = COLUMNS
    height: int = 2


@dataclass(frozen=True)
class LogLines:
    """A query over log groups."""

    title: str
    groups: tuple[str, ...]
    query: str
    width: int = COLUMNS
    height: int = 5


@dataclass(frozen=True)
class View:
    """HTML that a function writes."""

    title: str
    function: str
    """Its name."""
    parameters: tuple[tuple[str, str], ...]
    width: int = COLUMNS
    height: int = 10


Widget = Graph | States | Words | LogLines | View


@dataclass(frozen=True)
class Part:
    """A question, what a good answer looks like, and where to look."""

    question: str
    good: str
    widgets: tuple[Widget, ...]


@dataclass(frozen=True)
class Dashboard:
    name: str
    service: ServiceNames
    environment: str
    region: str
    parts: tuple[Part, ...]
    """In the order in which somebody who is called asks."""

    @property
    def graphs(self) -> list[Graph]:
        return [widget for part in self.parts for widget in part.widgets if isinstance(widget, Graph)]

    @property
    def series(self) -> set[Series]:
        """Everything that is drawn, or that something drawn is computed of."""
        lines = [line for graph in self.graphs for line in graph.drawn]
        return {one for line in lines for one in series_of(line)}


def series_of(line: Line) -> list[Series]:
    return [line] if isinstance(line, Series) else [series for _, series in line.series]
