"""The quarter's full drill: the dump restored, and RDS's own backups to a point in time."""

from dataclasses import replace

from botocore.exceptions import BotoCoreError, ClientError

from lambdas.review.gather import reason_of
from lambdas.review.section import Figure, Found, Section, Situation
from lambdas.review.sections.restore_drill import drills_of, found_in
from lambdas.shared.documents.document import Text
from lambdas.shared.lines import one_line
from lambdas.shared.quantities import duration, duration_of_seconds, moment
from lambdas.vocabulary.drills import Drill, Kind
from lambdas.vocabulary.reviews import State


def _look(situation: Situation) -> Found:
    found = found_in(situation, drills_of(situation))
    rehearsed = next((drill for drill in drills_of(situation, Kind.POINT_IN_TIME) if _is_in(situation, drill)), None)
    state, figure, note = _rehearsed(situation, rehearsed) if rehearsed else _known(situation)
    said = f"{found.summary}; point in time: {figure.shown}"
    worse = state if found.state is State.GOOD else found.state
    return replace(found, state=worse, summary=said, figures=(*found.figures, figure), blocks=(*found.blocks, note))


def _is_in(situation: Situation, drill: Drill) -> bool:
    return situation.span.holds(drill.at)


def _rehearsed(situation: Situation, drill: Drill) -> tuple[State, Figure, Text]:
    took = duration_of_seconds(drill.seconds.total)
    shown = f"{drill.verdict}, in {took} of {duration_of_seconds(drill.recovery_time_objective)} that are allowed"
    source = f"bucket {situation.settings.backups}: {drill.key}"
    findings = "; ".join(one_line(finding) for finding in drill.findings)
    note = Text(
        f"{drill.backup} was restored on {moment(drill.at)} to {moment(drill.snapshot_at)}."
        + (f" Findings: {findings}." if findings else "")
    )
    state = State.GOOD if drill.is_good else State.ATTENTION
    return state, Figure("point_in_time_drill_seconds", "Point in time", drill.seconds.total, shown, source), note


def _known(situation: Situation) -> tuple[State, Figure, Text]:
    """What RDS says of it; that it can be restored is shown by restoring it alone."""
    note = Text(
        "No restore to a point in time was rehearsed: it makes a second instance. [backups.point_in_time_drill] holds"
        " one by schedule, and `ops <environment> backup drill --point-in-time` on demand; the steps by hand are in"
        " docs/operations.md (Restore by hand)."
    )
    source = "RDS: LatestRestorableTime"
    if situation.settings.instance is None:
        return _unknown(None, "not at RDS", source, Text("The database is not an instance of RDS that is known."))
    try:
        asked = {"DBInstanceIdentifier": situation.settings.instance}
        instance = situation.client("rds").describe_db_instances(**asked)["DBInstances"][0]
    except (ClientError, BotoCoreError) as error:
        return _unknown(None, "unknown", source, Text(one_line(reason_of(error))))
    latest = instance.get("LatestRestorableTime")
    if latest is None:
        return _unknown(None, "off (automatic backups)", source, note)
    behind = situation.at - latest
    return _unknown(behind.total_seconds(), f"restorable to {duration(behind)} ago, not rehearsed", source, note)


def _unknown(value: float | None, shown: str, source: str, note: Text) -> tuple[State, Figure, Text]:
    return State.UNKNOWN, Figure("restorable_seconds_ago", "Point in time", value, shown, source), note


DISASTER_DRILL = Section("disaster_drill", "Disaster drill", _look)
