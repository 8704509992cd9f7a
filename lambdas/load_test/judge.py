"""What a step proves, and the whole test."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from lambdas.load_test.plan import PlannedStep
from lambdas.load_test.tally import Tally
from lambdas.shared.quantities import counted, number
from lambdas.vocabulary.load_tests import Failure, Step, Verdict

MOST_LATE: Final = 1
"""Percent of a step's requests."""
KNEE: Final = 2
"""Times the first step's p95."""
LEAST_RISE: Final = 20
"""Milliseconds by which p95 must have risen, too: twice nothing is nothing."""


@dataclass(frozen=True)
class Limits:
    error_percent: float
    p95_ms: float


@dataclass(frozen=True)
class Driven:
    """A step as it went."""

    planned: PlannedStep
    seconds: float
    """How long its requests were due."""
    tally: Tally
    opened: int
    """Connections."""
    stopped: str = ""
    """Why it ended before its time."""


def judged(driven: Driven, limits: Limits) -> Step:
    tally, planned = driven.tally, driven.planned
    verdict, reason = next(_faults(driven, limits), (Verdict.PASSED, ""))
    return Step(
        multiple=planned.multiple,
        target_per_minute=round(planned.per_minute, 2),
        seconds=round(driven.seconds, 2),
        planned=planned.requests,
        sent=tally.sent,
        answered=tally.answered,
        dropped=tally.dropped,
        late=tally.late,
        errors=dict(tally.errors),
        connections_opened=driven.opened,
        latency=tally.latency,
        verdict=verdict,
        reason=reason,
    )


def _faults(driven: Driven, limits: Limits) -> Iterator[tuple[Verdict, str]]:
    """The generator's own come first: they spoil all other numbers."""
    tally, planned, latency = driven.tally, driven.planned.requests, driven.tally.latency
    if driven.stopped:
        yield Verdict.STOPPED, driven.stopped
    if own := tally.errors[Failure.GENERATOR]:
        yield Verdict.INCONCLUSIVE, f"the load test itself failed to send {counted(own, 'request')}"
    if tally.late * 100 > MOST_LATE * planned:
        yield Verdict.INCONCLUSIVE, f"the load test itself was late with {tally.late} of {counted(planned, 'request')}"
    if (failed := sum(tally.errors.values())) * 100 > limits.error_percent * tally.sent:
        percent = number(100 * failed / tally.sent)
        yield Verdict.FAILED, f"{percent} % of the requests failed ({in_words(tally.errors)})"
    if (unsent := planned - tally.sent) > 0:
        whole = counted(planned, "request")
        yield Verdict.INCONCLUSIVE, f"{unsent} of {whole} were never sent: every connection waited for an answer"
    if latency and latency.p95_ms > limits.p95_ms:
        yield Verdict.FAILED, f"p95 was {number(latency.p95_ms)} ms, above {number(limits.p95_ms)} ms"


def in_words(errors: Mapping[Failure, int]) -> str:
    """Such as `5xx 12, timeout 3`, the most frequent first."""
    ordered = sorted(errors.items(), key=lambda pair: (-pair[1], pair[0]))
    return ", ".join(f"{failure} {times}" for failure, times in ordered if times)


def verdict_of(steps: Sequence[Step]) -> tuple[Verdict, str]:
    """That of the first step that did not pass, which is the last one."""
    for step in steps:
        if step.verdict is not Verdict.PASSED:
            return step.verdict, f"at {step.multiple:g} times the busiest minute: {step.reason}"
    return Verdict.PASSED, ""


def knee_of(steps: Sequence[Step]) -> float | None:
    """The first step that bends, as `LoadTestReport.knee_multiple` says."""
    first = steps[0].latency.p95_ms if steps and steps[0].latency else 0.0
    return next((step.multiple for step in steps if _bends(step, first)), None)


def _bends(step: Step, first_p95: float) -> bool:
    if step.verdict is Verdict.FAILED or step.dropped:
        return True
    p95 = step.latency.p95_ms if step.latency else 0.0
    return p95 > max(KNEE * first_p95, first_p95 + LEAST_RISE)
