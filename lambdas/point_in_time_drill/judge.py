"""A drill's record, from what its steps left behind."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from lambdas.point_in_time_drill.settings import Settings
from lambdas.shared.clock import CLOCK_TOLERANCE
from lambdas.shared.lines import one_line
from lambdas.shared.quantities import duration
from lambdas.shared.state_machines import caught
from lambdas.vocabulary.backups import UNPROVEN, Check, Result, Seconds, Verdict
from lambdas.vocabulary.codec import decode
from lambdas.vocabulary.drills import Drill, Kind
from lambdas.vocabulary.point_in_time import Progress, Restored

FRESH = "restorable to a recent moment"


@dataclass(frozen=True)
class Outcome:
    """What the steps left behind; each is there as far as the drill came."""

    progress: Progress
    restored: Restored | None = None
    error: str = ""
    """Of a step that raised, or of the execution that broke off."""
    not_deleted: str = ""
    """Why the instance is still there."""

    @classmethod
    def of(cls, progress: Progress, state: Mapping[str, Any]) -> "Outcome":
        """From the state machine's own document."""
        found = state.get("restored")
        return cls(
            progress,
            decode(Restored, found, ignore_unknown=True) if found else None,
            one_line(caught(state.get("error"))),
            one_line(caught(state.get("not_deleted"))),
        )


def judge(outcome: Outcome, settings: Settings) -> Drill:
    """Proven is what was restored, logged in to and found to be as it must be; nothing less."""
    progress, restored = outcome.progress, outcome.restored
    checks = [*_freshness(progress, settings), *(restored.checks if restored else ())]
    failure = progress.failure or outcome.error or ("" if restored else "the restored database was not checked")
    verdict = Verdict.FAILED if failure else Verdict.of([check.result for check in checks])
    findings = [f"{check.name}: {check.detail}" for check in checks if check.result in UNPROVEN]
    if failure:
        findings.insert(0, f"restore: {failure}")
    if outcome.not_deleted:
        findings.append(f"deletion: {settings.drill_instance} is still there: {outcome.not_deleted}")
    return Drill(
        at=progress.at,
        occasion=progress.occasion,
        database=settings.database,
        backup=settings.instance_identifier,
        snapshot_at=progress.restorable_at or progress.at,
        database_bytes=restored.database_bytes if restored else 0,
        verdict=verdict,
        proven=verdict is Verdict.PROVEN,
        seconds=_seconds(progress, restored),
        recovery_time_objective=settings.recovery_time_objective.total_seconds(),
        server_version=restored.server_version if restored else "",
        requested_by=progress.requested_by,
        reason=progress.reason,
        findings=tuple(findings),
        kind=Kind.POINT_IN_TIME,
    )


def _freshness(progress: Progress, settings: Settings) -> list[Check]:
    if progress.restorable_at is None or progress.ordered_at is None:
        return []
    lost, objective = progress.ordered_at - progress.restorable_at, settings.recovery_point_objective
    text = f"{duration(max(lost, timedelta()))} before the order, of {duration(objective)} that are allowed"
    fresh = -CLOCK_TOLERANCE <= lost <= objective
    return [Check(FRESH, Result.PASSED if fresh else Result.FAILED, text)]


def _seconds(progress: Progress, restored: Restored | None) -> Seconds:
    """From the order to the login, which is a recovery's time at RDS, and the checks."""
    if restored is None or progress.ordered_at is None:
        return Seconds(0, 0, 0)
    to_login = (restored.logged_in_at - progress.ordered_at).total_seconds()
    return Seconds(fetch=0, restore=to_login, verify=restored.seconds)
