"""What a database check is: one query, what a server and a login must have for it, and how its rows are judged.

The checks themselves are in `checks/`, one file each.  Settings, metrics, alarms and documents are derived from them.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any, Protocol

from lambdas.shared.quantities import seconds_taken
from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.metrics import Metric, Sent, Unit

Row = dict[str, Any]

_LENGTHS = {Unit.SECONDS: timedelta(seconds=1), Unit.MILLISECONDS: timedelta(milliseconds=1)}
_SUFFIXES = {Unit.SECONDS: "_seconds", Unit.MILLISECONDS: "_ms"}


class Grant(StrEnum):
    """PostgreSQL's own roles, each the least that lets a login see something."""

    READ_ALL_STATS = "pg_read_all_stats"
    READ_ALL_DATA = "pg_read_all_data"


@dataclass(frozen=True)
class Threshold:
    """A number above which a check's object is trouble of a level.

    Without a level it is a number that the check's query is given.
    """

    name: str | None
    """The setting of the function that holds it; None where any object at all is trouble."""
    default: float
    unit: Unit
    level: Level | None = None
    why: str = ""
    """Why this default and this level."""
    allowed: tuple[int, int] | None = None
    """The least and the most that the environment file may set; None for one that it may not set."""
    description: str = ""
    """What it is, for who sets it in the environment file."""

    @property
    def name_in_file(self) -> str:
        """The setting in section `[database_check]` of the environment file."""
        return f"{self.name}{_SUFFIXES.get(self.unit, '')}"

    @property
    def type(self) -> type[timedelta] | type[float]:
        """Of the function's setting."""
        return timedelta if self.unit in _LENGTHS else float

    def to_setting(self, number: float) -> timedelta | float:
        """A number in the threshold's unit, as the function is given it."""
        return number * _LENGTHS[self.unit] if self.unit in _LENGTHS else number

    def from_setting(self, value: timedelta | float) -> float:
        return value / _LENGTHS[self.unit] if isinstance(value, timedelta) else value

    def in_words(self, limit: float) -> str:
        if self.unit is Unit.SECONDS:
            return seconds_taken(limit)
        return f"{limit:g} %" if self.unit is Unit.PERCENT else f"{limit:g}"


class Limits(Protocol):
    """The numbers in force for the thresholds, each in its threshold's unit: the function's settings."""

    def limit(self, threshold: Threshold) -> float: ...


@dataclass(frozen=True)
class Judgement:
    """Something that somebody should know; `metric` is the one whose alarm says so, if one does."""

    name: str
    level: Level
    message: str
    metric: Metric | None = None


@dataclass(frozen=True)
class Rule:
    """How the rows of a check are judged: one judgement for each object that is over a threshold."""

    name: str
    """What its judgements are called in the log."""
    trouble: str
    """What it means that something is over the threshold, for who gets the alarm."""
    what_to_do: str
    """In Markdown, for the runbook."""
    message: Callable[[Row, str], str]
    """About an object, and in words the threshold that it is over."""
    thresholds: tuple[Threshold, ...]
    """The least grave first."""
    number: str = "seconds"
    """The key of the number in an object that is compared with the thresholds."""
    objects: Callable[[list[Row]], Iterable[Row]] = list
    """What there is to judge in the rows: the rows themselves, unless said otherwise."""
    metric: Metric | None = None
    """None when it is worth no metric of its own: then its judgements count in `database_findings`."""
    aggregate: Callable[[Sequence[float]], float] = max
    """What the metric is of the numbers over the threshold (of all, if it is always sent): max, sum, or len."""
    rds_counts_it: bool = False
    """RDS publishes the same for nothing: at an instance of RDS its metric and its alarm are used instead."""

    @property
    def always_sent(self) -> bool:
        return self.metric is not None and self.metric.sent is Sent.ALWAYS

    def threshold(self, level: Level) -> Threshold:
        """The one that makes something trouble of this level."""
        return next(threshold for threshold in self.thresholds if threshold.level is level)

    def judge(self, rows: list[Row], limits: Limits) -> Iterator[Judgement]:
        for found in self.objects(rows):
            over = [threshold for threshold in self.thresholds if self._number(found) > limits.limit(threshold)]
            if over and (level := over[-1].level):
                message = self.message(found, over[-1].in_words(limits.limit(over[-1])))
                yield Judgement(self.name, level, message, self.metric)

    def measure(self, rows: list[Row], limits: Limits) -> float | None:
        """The value of the metric; None when it is not sent: what matters in trouble only is absent otherwise."""
        least = min(map(limits.limit, self.thresholds))
        numbers = map(self._number, self.objects(rows))
        sent_now = [number for number in numbers if self.always_sent or number > least]
        return self.aggregate(sent_now) if sent_now else None

    def alarmed_above(self, level: Level, limits: Limits) -> float:
        """In the metric's unit: a metric that counts the objects over the threshold is alarmed above none."""
        return 0 if self.aggregate is len else limits.limit(self.threshold(level))

    def _number(self, found: Row) -> float:
        number: float | None = found[self.number]
        return number or 0


@dataclass(frozen=True)
class Check:
    """A query over the server's own catalogues and statistics, and what its rows mean.

    `sql` runs with an empty search_path and in a transaction of its own; `{own_sessions}`, `{extension}` and the names
    of `parameters` are filled in by `measure.py`.  It yields one row, or `many`, of plain numbers, texts and JSON.
    Where a login may see a part, the query yields how many things it may not in `unreadable`; else it is not run
    without its `grant`.
    """

    name: str
    meaning: str
    sql: str = ""
    """Empty for what is computed from other checks."""
    many: bool = False
    grant: Grant | None = None
    sees_a_part: bool = False
    """Without the grant the query still runs, and says in `unreadable` what it could not see."""
    minimum_version: int = 14
    extension: str | None = None
    parameters: tuple[Threshold, ...] = ()
    """Numbers that the query is given."""
    rule: Rule | None = None
    """None when it is only logged."""

    @property
    def thresholds(self) -> tuple[Threshold, ...]:
        """All numbers of it."""
        return (*self.parameters, *(self.rule.thresholds if self.rule else ()))


def counted(rows: Iterable[Row]) -> list[Row]:
    """Each with how many there are."""
    found = list(rows)
    return [{**row, "count": len(found)} for row in found]
