"""Full drills, for the operator: as data, and as lines."""

from typing import Any, Final

from lambdas.shared.drills import Trend
from lambdas.shared.quantities import duration, moment, seconds_taken, size
from lambdas.vocabulary.drills import Drill, Kind

HEADINGS: Final = ("drill", "backup", "verdict", "fetch", "restore", "verify", "of the RTO")


def summary_of(drill: Drill) -> dict[str, Any]:
    """One of `backup drills --json`, and `backup drill --json`."""
    seconds = drill.seconds
    return {
        "kind": str(drill.kind),
        "at": drill.at.isoformat(),
        "occasion": str(drill.occasion),
        "backup": drill.backup,
        "snapshot_at": drill.snapshot_at.isoformat(),
        "database_bytes": drill.database_bytes,
        "verdict": str(drill.verdict),
        "proven": drill.proven,
        "seconds": {"fetch": seconds.fetch, "restore": seconds.restore, "verify": seconds.verify},
        "total_seconds": round(seconds.total, 3),
        "recovery_time_objective_seconds": drill.recovery_time_objective,
        "within_objective": drill.is_within_objective,
        "server_version": drill.server_version,
        "requested_by": drill.requested_by,
        "reason": drill.reason,
        "findings": list(drill.findings),
    }


def fields_of(drill: Drill) -> list[tuple[str, object]]:
    seconds, restores_rds = drill.seconds, drill.kind is Kind.POINT_IN_TIME
    restored = f"{drill.backup} as of {moment(drill.snapshot_at)}" if restores_rds else drill.backup
    parts = ", ".join(f"{name} {seconds_taken(getattr(seconds, name))}" for name in ("fetch", "restore", "verify"))
    return [
        ("drill", f"{drill.occasion}, {moment(drill.at)}"),
        ("instance" if restores_rds else "backup", f"{restored} ({size(drill.database_bytes)} at the source)"),
        ("restored into", f"PostgreSQL {drill.server_version}" if drill.server_version else "no server"),
        ("verdict", drill.verdict),
        ("took", f"{seconds_taken(seconds.total)}: {parts}"),
        ("objective", f"{seconds_taken(drill.recovery_time_objective)}, {_share(drill)} of it were needed"),
    ]


def row_of(drill: Drill) -> tuple[object, ...]:
    seconds = drill.seconds
    times = (seconds_taken(each) for each in (seconds.fetch, seconds.restore, seconds.verify))
    restored = f"RDS: {drill.backup}" if drill.kind is Kind.POINT_IN_TIME else drill.backup
    return f"{drill.at:%Y-%m-%d} {drill.occasion}", restored, drill.verdict, *times, _share(drill)


def line_of(trend: Trend | None, kind: Kind = Kind.BACKUP) -> str:
    """Where the times of a kind are going."""
    said = _line_of(trend)
    return f"RDS's own backups: {said}" if kind is Kind.POINT_IN_TIME else said


def _line_of(trend: Trend | None) -> str:
    if trend is None:
        return "none of them proved its backup: there is no time of a recovery"
    compared = "the first that proved its backup"
    if trend.change is not None:
        more = "longer than" if trend.change >= 0 else "less than"
        compared = f"{seconds_taken(abs(trend.change))} {more} the one before"
    ahead = ""
    if trend.over_objective_in is not None:
        ahead = f"; at this growth the objective is exceeded in {duration(trend.over_objective_in)}"
    took = f"the newest took {seconds_taken(trend.seconds)}, {trend.share_of_objective:.0%} of the RTO"
    return f"{took}, {compared}{ahead}"


def _share(drill: Drill) -> str:
    return f"{drill.seconds.total / drill.recovery_time_objective:.0%}"
