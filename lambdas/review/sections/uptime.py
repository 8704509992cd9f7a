"""How much of the time each endpoint answered, by the probes."""

from dataclasses import dataclass

from lambdas.review.section import Figure, Found, Section, Situation, UnknownError
from lambdas.review.span import DAY
from lambdas.shared.documents.document import Table
from lambdas.shared.endpoint_state.table import StateTable
from lambdas.shared.quantities import counted, duration_of_seconds
from lambdas.vocabulary.reviews import UPTIME_PERCENT, State


@dataclass(frozen=True)
class _Uptime:
    endpoint: str
    checks: int
    """Outside of announced maintenance, and such as say something."""
    failed: int
    down_seconds: float

    @property
    def percent(self) -> float | None:
        return 100 * (1 - self.failed / self.checks) if self.checks else None

    @property
    def is_low(self) -> bool:
        return self.percent is not None and self.percent < UPTIME_PERCENT


def _look(situation: Situation) -> Found:
    table = StateTable(situation.client("dynamodb"), situation.here.named("endpoint-states"))
    found = [_uptime(table, name, situation) for name in situation.endpoints]
    known = sorted((each for each in found if each.checks), key=lambda each: (each.percent or 0, each.endpoint))
    if not known:
        raise UnknownError("no probe of this time is recorded (runbook prober-silent)")
    low = [each for each in known if each.is_low]
    worst = known[0]
    return Found(
        State.ATTENTION if low else State.GOOD,
        f"{worst.endpoint} {_percent(worst.percent)}"
        + (f", the worst of {counted(len(known), 'endpoint')}" if len(known) > 1 else "")
        + (f"; {len(low)} below {UPTIME_PERCENT:g} %" if low else ""),
        tuple(_figure(each, situation) for each in known[:1]),
        (
            Table(
                ("Endpoint", "Uptime", "Probes", "Failed", "Down for about"),
                tuple(map(_row, [*known, *(each for each in found if not each.checks)])),
            ),
        ),
    )


def _uptime(table: StateTable, endpoint: str, situation: Situation) -> _Uptime:
    span = situation.span
    last = span.days[-1].date()
    checks = failed = 0
    seconds = 0.0
    for day in table.history(endpoint, span.since.date(), last).days:
        of_day, failed_of_day = day.counted_since(max(span.since, day.midnight))
        checks, failed = checks + of_day, failed + failed_of_day
        seconds += failed_of_day * day.slot_seconds
    return _Uptime(endpoint, checks, failed, seconds)


def _figure(uptime: _Uptime, situation: Situation) -> Figure:
    table = situation.here.named("endpoint-states")
    source = f"table {table}: single probes, without announced maintenance, {len(situation.span.days)} x {DAY.days} d"
    return Figure(
        "worst_uptime_percent", f"Uptime of {uptime.endpoint}", uptime.percent, _percent(uptime.percent), source
    )


def _row(uptime: _Uptime) -> tuple[str, ...]:
    down = duration_of_seconds(uptime.down_seconds) if uptime.failed else "-"
    return uptime.endpoint, _percent(uptime.percent), str(uptime.checks), str(uptime.failed), down


def _percent(percent: float | None) -> str:
    """Never rounded up to a hundred."""
    if percent is None:
        return "unknown"
    return "100 %" if percent == 100 else f"{min(percent, 99.999):.3f} %"  # noqa: PLR2004  (per cent)


UPTIME = Section("uptime", "Uptime", _look, lambda situation: "" if situation.endpoints else "no endpoint is probed")
