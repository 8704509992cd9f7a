"""The architecture as a picture: the functions of each stack, what they read, and where it goes.

Stacks, functions and alarms are those of the templates.  The flows are written here: each names functions that are
there, and every function is in a flow but those that run at a deployment only, which have no alarm on their errors.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from xml.sax.saxutils import escape

from cost.templates import Templates


@dataclass(frozen=True)
class Box:
    title: str
    says: str
    is_function: bool = False


class Target(StrEnum):
    """What the last box of a flow goes to."""

    ALARMS = "alarms"
    """It sends metrics, and alarms watch them."""
    TOPICS = "topics"
    """It publishes what happened by itself."""
    NOTHING = "nothing"


@dataclass(frozen=True)
class Flow:
    """Boxes from left to right, each with an arrow to the next."""

    boxes: Sequence[Box]
    to: Target = Target.NOTHING
    leftward: bool = False
    """From right to left."""

    def column_of(self, number: int) -> int:
        return _COLUMNS - 1 - number if self.leftward else number


def _thing(title: str, says: str) -> Box:
    return Box(title, says)


def _function(name: str, says: str) -> Box:
    return Box(name, says, is_function=True)


FLOWS: Mapping[str, Sequence[Flow]] = {
    "database": (Flow((_thing("PostgreSQL", "on RDS, or by its URL"),)),),
    "backups": (
        Flow(
            (
                _thing("PostgreSQL", "read in one snapshot"),
                _function("database_backup", "dumps and counts"),
                _thing("S3 bucket", "dump, then manifest"),
                _function("restore_verification", "restores, compares"),
                _function("recovery_check", "ages of the backups"),
            ),
            Target.ALARMS,
        ),
        Flow(
            (
                _thing("A job too large", "for its function"),
                _function("large_run", "orders, looks, ends"),
                _thing("EC2 instance", "for that run only"),
            ),
        ),
    ),
    "uptime": (
        Flow(
            (
                _thing("HTTP endpoints", "and certificates"),
                _function("health_check", "probes, from any region"),
            ),
            Target.ALARMS,
        ),
        Flow(
            (
                _thing("PostgreSQL", "by a read-only login"),
                _function("database_check", "locks, sessions, ids"),
            ),
            Target.ALARMS,
        ),
    ),
    "monitoring": (
        Flow(
            (
                _thing("Requests", "log, ALB, API Gateway"),
                _thing("Metrics", "rate, errors, latency"),
                _function("error_budget", "how fast it burns"),
            ),
            Target.ALARMS,
        ),
    ),
    "errors": (
        Flow(
            (
                _thing("Errors", "the log, Sentry's SDKs"),
                _function("error_digest", "groups into issues"),
                _function("operator_view", "shows them"),
                _function("operator_action", "resolves, mutes"),
            ),
            Target.ALARMS,
        ),
    ),
    "security": (
        Flow(
            (
                _thing("The AWS account", "GuardDuty, CloudTrail"),
                _thing("EventBridge rules", "findings and changes"),
                _function("security_finding", "in plain words, once"),
            ),
            Target.TOPICS,
        ),
    ),
    "incidents": (
        Flow(
            (
                _thing("Grave alerts", "handed over by notify"),
                _function("incident", "decides, every minute"),
                _thing("Whoever is on call", "mail, SMS, chat"),
                _function("incident_answer", "takes what they answer"),
            ),
        ),
        Flow(
            (
                _thing("An incident opens", "no page waits for it"),
                _function("incident_evidence", "what is known of it"),
            ),
        ),
    ),
    "reviews": (
        Flow(
            (
                _thing("The whole account", "read, never changed"),
                _function("checklist", "answers it each day"),
                _thing("Reports", "evidence, in S3"),
            ),
            Target.TOPICS,
        ),
        Flow(
            (
                _thing("Deployed functions", "asked to prove it"),
                _function("self_test", "each week"),
            ),
            Target.TOPICS,
        ),
        Flow(
            (
                _thing("The own records", "and the bill, OSV"),
                _function("review", "week, month, quarter"),
            ),
            Target.TOPICS,
        ),
    ),
    "status-page": (
        Flow(
            (
                _thing("Endpoint states", "kept by health_check"),
                _function("status_page", "HTML, JSON, Atom"),
                _thing("S3, CloudFront", "the public page"),
            ),
        ),
    ),
    "alerting": (
        Flow(
            (
                _thing("SNS topics", "one for each level"),
                _function("notify", "groups and delivers"),
                _thing("Channels", "mail, SMS, Slack, …"),
            ),
            leftward=True,
        ),
        Flow((_function("test_alert", "tests them each month"),), leftward=True),
    ),
}

_BOX, _HIGH, _GAP, _LEFT = 160, 46, 26, 16
_FLOW_HIGH = _HIGH + 12
_TITLE_HIGH, _FOOT_HIGH, _BETWEEN = 28, 20, 10
_COLUMNS = max(len(flow.boxes) for flows in FLOWS.values() for flow in flows)
_LANE = 2 * _LEFT + _COLUMNS * _BOX + (_COLUMNS - 1) * _GAP
_ALARMS = 124
_WIDTH = _LANE + _GAP + _ALARMS + 2 * _BETWEEN
_INK, _FAINT, _EDGE, _PAPER, _GROUND = "#16191f", "#5f6b7a", "#aab7c4", "#ffffff", "#f2f3f3"
_FUNCTION_PAPER, _FUNCTION_EDGE = "#fdf0e2", "#d97706"
_ALARM_PAPER, _ALARM_EDGE = "#fbeaea", "#c0392b"
_MONOSPACE = "DejaVu Sans Mono, Menlo, Consolas, monospace"


class FlowError(Exception):
    """The flows do not fit the templates."""


def picture_of(templates: Templates) -> str:
    """SVG."""
    stacks = _functions_by_stack(templates)
    _check(stacks, _alarmed(templates))
    lanes = list(_lanes(stacks))
    *watched, alerting = lanes
    height = alerting.bottom + _BETWEEN
    number = len(templates.of_type("AWS::CloudWatch::Alarm"))
    parts = [part for lane in lanes for part in lane.drawn()]
    parts += _alarms(number, watched, alerting)
    body = "\n".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" width="{_WIDTH}" height="{height}"'
        ' font-family="Helvetica, Arial, sans-serif">\n'
        "<title>Architecture: the stacks, their functions, and the alarms</title>\n"
        '<defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto">'
        f'<path d="M0 0L8 4L0 8z" fill="{_FAINT}"/></marker></defs>\n'
        f'<rect width="{_WIDTH}" height="{height}" fill="{_PAPER}"/>\n{body}\n</svg>\n'
    )


def _functions_by_stack(templates: Templates) -> dict[str, list[str]]:
    """Folders of `lambdas/`, by the stack's name without service and environment."""
    shared = _common_start(list(templates.documents))
    found: dict[str, list[str]] = {stack.removeprefix(shared): [] for stack in templates.documents}
    for function in templates.of_type("AWS::Lambda::Function"):
        found[function.stack.removeprefix(shared)].append(function.properties["Handler"].split(".")[1])
    return found


def _common_start(names: Sequence[str]) -> str:
    """`junkos-prod-` of stacks that are called so."""
    service, environment, *_ = names[0].split("-")
    return f"{service}-{environment}-"


def _alarmed(templates: Templates) -> set[str]:
    """The functions with an alarm on their errors."""
    names = (alarm.properties["AlarmName"].split("-", 2)[2] for alarm in templates.of_type("AWS::CloudWatch::Alarm"))
    return {name.removesuffix("-errors").replace("-", "_") for name in names if name.endswith("-errors")}


def _check(stacks: Mapping[str, Sequence[str]], alarmed: set[str]) -> None:
    drawn = {(stack, box.title) for stack, flows in FLOWS.items() for flow in flows for box in _functions_in(flow)}
    there = {(stack, name) for stack, names in stacks.items() for name in names}
    if unknown := sorted(drawn - there):
        raise FlowError(f"no such function: {', '.join(f'{name} in {stack}' for stack, name in unknown)}")
    if missing := sorted(name for _, name in there - drawn if name in alarmed):
        raise FlowError(f"in no flow: {', '.join(missing)}")
    if undrawn := sorted(stacks.keys() - FLOWS.keys()):
        raise FlowError(f"no flow for the stacks {', '.join(undrawn)}")


def _functions_in(flow: Flow) -> Iterable[Box]:
    return (box for box in flow.boxes if box.is_function)


@dataclass(frozen=True)
class _Lane:
    """A stack, and where it is drawn."""

    stack: str
    flows: Sequence[Flow]
    others: Sequence[str]
    """Its functions that run at a deployment only."""
    top: int

    @property
    def bottom(self) -> int:
        foot = _FOOT_HIGH if self.others else 0
        return self.top + _TITLE_HIGH + len(self.flows) * _FLOW_HIGH + foot

    def middle_of(self, number: int) -> int:
        """Of a flow, by its number."""
        return self.top + _TITLE_HIGH + number * _FLOW_HIGH + _HIGH // 2

    def drawn(self) -> Iterator[str]:
        yield _rectangle(_BETWEEN, self.top, _LANE, self.bottom - self.top, paper=_GROUND, edge=_EDGE)
        yield _text(_BETWEEN + _LEFT, self.top + 19, f"stack {self.stack}", size=13, font_weight="bold", anchor="start")
        for number, flow in enumerate(self.flows):
            yield from _boxes(flow, self.middle_of(number))
        if self.others:
            said = f"at deployment: {', '.join(self.others)}"
            yield _text(_BETWEEN + _LEFT, self.bottom - 9, said, colour=_FAINT, anchor="start")


def _lanes(stacks: Mapping[str, Sequence[str]]) -> Iterator[_Lane]:
    top = _BETWEEN
    for stack, flows in FLOWS.items():
        drawn = {box.title for flow in flows for box in _functions_in(flow)}
        lane = _Lane(stack, flows, [name for name in stacks[stack] if name not in drawn], top)
        yield lane
        top = lane.bottom + _BETWEEN


def _boxes(flow: Flow, middle: int) -> Iterator[str]:
    for number, box in enumerate(flow.boxes):
        x, y = _left_of(flow.column_of(number)), middle - _HIGH // 2
        paper, edge = (_FUNCTION_PAPER, _FUNCTION_EDGE) if box.is_function else (_PAPER, _EDGE)
        yield _rectangle(x, y, _BOX, _HIGH, paper=paper, edge=edge)
        family = _MONOSPACE if box.is_function else ""
        weight = "" if box.is_function else "bold"
        yield _text(x + _BOX // 2, y + 20, box.title, size=12, font_weight=weight, font_family=family)
        yield _text(x + _BOX // 2, y + 36, box.says, colour=_FAINT)
        if number:
            begin, end = (x + _BOX + _GAP, x + _BOX) if flow.leftward else (x - _GAP, x)
            yield _arrow(begin, middle, end, middle)


def _alarms(number: int, watched: Sequence[_Lane], alerting: _Lane) -> Iterator[str]:
    """The column at the right: what the flows end in, and what the alerting begins with."""
    alarmed = [lane for lane in watched if any(flow.to is Target.ALARMS for flow in lane.flows)]
    x, top, bottom = _BETWEEN + _LANE + _GAP, alarmed[0].top, alarmed[-1].bottom
    middle, down = x + _ALARMS // 2, alerting.middle_of(0)
    yield _rectangle(x, top, _ALARMS, bottom - top, paper=_ALARM_PAPER, edge=_ALARM_EDGE)
    heading = ("CloudWatch", "alarms")
    says = (f"{number} with on-call;", "each has a level,", "an owner and", "a runbook, and", "says what it")
    says_more = ("means when there", "is no data")
    for line, text in enumerate((*heading, "", *says, *says_more)):
        weight = "bold" if text in heading else ""
        yield _text(middle, top + 60 + 18 * line, text, size=12, font_weight=weight)
    for lane in watched:
        for row, flow in enumerate(lane.flows):
            begin, at = _left_of(len(flow.boxes) - 1) + _BOX, lane.middle_of(row)
            if flow.to is not Target.NOTHING:
                yield _arrow(begin, at, x if flow.to is Target.ALARMS else middle, at)
    yield _arrow(middle, bottom, middle, down, end=False)
    yield _arrow(middle, down, _left_of(_COLUMNS - 1) + _BOX, down)


def _left_of(column: int) -> int:
    return _BETWEEN + _LEFT + column * (_BOX + _GAP)


def _rectangle(x: int, y: int, width: int, height: int, *, paper: str, edge: str) -> str:
    return f'<rect x="{x}" y="{y}" width="{width}" height="{height}" rx="5" fill="{paper}" stroke="{edge}"/>'


def _arrow(x1: int, y1: int, x2: int, y2: int, *, end: bool = True) -> str:
    head = ' marker-end="url(#head)"' if end else ""
    return f'<path d="M{x1} {y1}L{x2} {y2}" stroke="{_FAINT}" stroke-width="1.3" fill="none"{head}/>'


def _text(x: int, y: int, text: str, *, size: int = 11, colour: str = _INK, anchor: str = "middle", **more: str) -> str:
    """`more` are further attributes, with underscores for dashes; an empty one is left out."""
    wanted = {"text-anchor": anchor, **{name.replace("_", "-"): value for name, value in more.items() if value}}
    attributes = "".join(f' {name}="{value}"' for name, value in wanted.items())
    return f'<text x="{x}" y="{y}" font-size="{size}" fill="{colour}"{attributes}>{escape(text)}</text>'
