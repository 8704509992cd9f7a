"""The quarter's full drill: the dump restored, and whether RDS could go back to a point in time."""

from dataclasses import replace

from botocore.exceptions import BotoCoreError, ClientError

from lambdas.review.gather import reason_of
from lambdas.review.section import Figure, Found, Section, Situation
from lambdas.review.sections.restore_drill import drills_of, found_in
from lambdas.shared.documents.document import Text
from lambdas.shared.lines import one_line
from lambdas.shared.quantities import duration
from lambdas.vocabulary.reviews import State


def _look(situation: Situation) -> Found:
    found = found_in(situation, drills_of(situation))
    figure, note = _point_in_time(situation)
    said = f"{found.summary}; point in time: {figure.shown}"
    # A restore to a point in time is a second instance, which is paid for: no schedule makes one.
    state = State.UNKNOWN if found.state is State.GOOD else found.state
    return replace(found, state=state, summary=said, figures=(*found.figures, figure), blocks=(*found.blocks, note))


def _point_in_time(situation: Situation) -> tuple[Figure, Text]:
    """What RDS says of it; that it can be restored is shown by restoring it alone."""
    note = Text(
        "No restore to a point in time is made by schedule: it makes a second instance. The steps are in"
        " docs/operations.md (Restore by hand); rehearse them once in the quarter."
    )
    source = "RDS: LatestRestorableTime"
    if situation.settings.instance is None:
        return _figure(None, "not at RDS", source), Text("The database is not an instance of RDS that is known.")
    try:
        asked = {"DBInstanceIdentifier": situation.settings.instance}
        instance = situation.client("rds").describe_db_instances(**asked)["DBInstances"][0]
    except (ClientError, BotoCoreError) as error:
        return _figure(None, "unknown", source), Text(one_line(reason_of(error)))
    latest = instance.get("LatestRestorableTime")
    if latest is None:
        return _figure(None, "off (automatic backups)", source), note
    behind = situation.at - latest
    return _figure(behind.total_seconds(), f"restorable to {duration(behind)} ago, not rehearsed", source), note


def _figure(value: float | None, shown: str, source: str) -> Figure:
    return Figure("restorable_seconds_ago", "Point in time", value, shown, source)


DISASTER_DRILL = Section("disaster_drill", "Disaster drill", _look)
