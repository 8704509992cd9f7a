"""What the alarms say to the dashboard: the limits of what is drawn, and what else is worth drawing."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from aws_cdk import aws_cloudwatch

from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.metrics import Dimension, Metric, Unit, is_own
from lambdas.vocabulary.sending import Sent, sent
from stacks.alarms.spec import Section, Watched
from stacks.dashboard.definition import Graph, Limit, Line, Series, Shown, States
from stacks.dashboard.lines import line_of

_TOLD_BY_STATE = ("AWS/Lambda", "AWS/SQS", "AWS/SNS", "AWS/Events")
"""Nothing but their alarms' states says anything: a graph of a dozen zeros does not."""
ALARMS_SHOWN = 100
"""CloudWatch takes no more in one widget; the alarms of the worst levels come first."""
_ALARMS_IN_A_ROW = 6
_LINES_DRAWN = 100
"""CloudWatch takes 500 in one graph."""
_LIMITS_DRAWN = 4
"""More lines than that across one graph can be read by nobody."""
_SHOWN = {
    Unit.PERCENT: Shown.PERCENT,
    Unit.SECONDS: Shown.SECONDS,
    Unit.MILLISECONDS: Shown.MILLISECONDS,
    Unit.BYTES: Shown.BYTES,
}
_SHOWN_BY_AWS = {
    "CPUUtilization": Shown.PERCENT,
    "EBSByteBalance%": Shown.PERCENT,
    "EBSIOBalance%": Shown.PERCENT,
    "BurstBalance": Shown.PERCENT,
    "FreeStorageSpace": Shown.BYTES,
    "FreeableMemory": Shown.BYTES,
    "SwapUsage": Shown.BYTES,
    "ReadLatency": Shown.SECONDS,
    "WriteLatency": Shown.SECONDS,
}


@dataclass(frozen=True)
class Alarmed:
    """An alarm in plain words; `line` is None for a composite one."""

    name: str
    section: Section
    level: Level
    line: Line | None
    limit: Limit | None


def alarmed(watched: Iterable[Watched]) -> list[Alarmed]:
    """The worst level first."""
    levels = list(Level)
    return sorted(map(_alarmed, watched), key=lambda alarm: levels.index(alarm.level))


def limits_of(lines: Iterable[Line], alarms: Iterable[Alarmed]) -> tuple[Limit, ...]:
    """Those of all alarms on what is drawn; none if they are too many to be told apart."""
    drawn = {line.asks: line.divisor for line in lines}
    limits: dict[tuple[float, bool], Limit] = {}
    for alarm in alarms:
        if alarm.limit and alarm.line and (divisor := drawn.get(alarm.line.asks)):
            limit = replace(alarm.limit, value=alarm.limit.value / divisor)
            limits.setdefault((limit.value, limit.below), limit)  # of several at one place, the worst
    return tuple(limits.values()) if len(limits) <= _LIMITS_DRAWN else ()


def states_of(alarms: Iterable[Alarmed]) -> States:
    names = tuple(alarm.name for alarm in alarms)[:ALARMS_SHOWN]
    return States("Alarms", names, height=2 + -(-len(names) // _ALARMS_IN_A_ROW))


def further_graphs(alarms: Iterable[Alarmed], drawn: set[tuple[str, ...]]) -> list[Graph]:
    """Of what is alarmed, always there and not drawn yet: a graph for each metric, a line for each of its subjects."""
    by_name: dict[str, list[Line]] = {}
    alarms = list(alarms)
    for alarm in alarms:
        if alarm.line and alarm.line.asks not in drawn and _is_steady(alarm.line):
            lines = by_name.setdefault(_name(alarm.line), [])
            if alarm.line.asks not in {line.asks for line in lines}:
                lines.append(_labelled(alarm.line))
    return [
        Graph(_title(name), tuple(lines[:_LINES_DRAWN]), shown_of(lines[0]), limits_of(lines, alarms))
        for name, lines in by_name.items()
    ]


def shown_of(line: Line) -> Shown:
    if not isinstance(line, Series):
        return Shown.PERCENT if "%" in line.label else Shown.NUMBER
    if is_own(line.namespace):
        return _SHOWN.get(_own(line.metric).unit, Shown.NUMBER)
    return _SHOWN_BY_AWS.get(line.metric, Shown.NUMBER)


def _alarmed(one: Watched) -> Alarmed:
    resource = one.alarm.node.default_child
    if isinstance(resource, aws_cloudwatch.CfnCompositeAlarm):
        return Alarmed(str(resource.alarm_name), one.section, one.level, None, None)
    assert isinstance(resource, aws_cloudwatch.CfnAlarm)  # noqa: S101  (narrows the type)
    below = str(resource.comparison_operator).startswith("LessThan")
    limit = None if one.threshold is None else Limit(one.threshold, one.level, below=below)
    line = None if one.metric is None else line_of(one.metric)
    return Alarmed(str(resource.alarm_name), one.section, one.level, line, limit)


def _is_steady(line: Line) -> bool:
    if not isinstance(line, Series):
        return True
    if is_own(line.namespace):
        return sent(_own(line.metric)) is not Sent.IN_TROUBLE
    return line.namespace not in _TOLD_BY_STATE


def _own(name: str) -> Metric:
    return next(metric for metric in Metric if metric == name)


def _labelled(line: Line) -> Line:
    """By what it is of, such as a bucket or an instance, where the title says what it is."""
    if not isinstance(line, Series):
        return line
    of = [value for name, value in line.dimensions if name != Dimension.ENVIRONMENT]
    return replace(line, label=", ".join(of) or line.metric)


def _name(line: Line) -> str:
    return line.metric if isinstance(line, Series) else line.label or line.expression


def _title(name: str) -> str:
    words = re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", name).replace("_", " ")
    return words[:1].upper() + words[1:]
