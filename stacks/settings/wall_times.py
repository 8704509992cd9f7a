"""Times as people write them: what clocks of a zone show."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo


def moment_of(wall: datetime, timezone: str) -> datetime:
    """The moment in UTC at which clocks of `timezone` show `wall`; a time with an offset is a moment already.

    Raises ValueError, saying what to write, for a time that the clocks show twice or never.
    """
    if wall.tzinfo is not None:
        return wall.astimezone(UTC)
    zone = ZoneInfo(timezone)
    first, second = (wall.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    moment = first.astimezone(UTC)
    shown = moment.astimezone(zone)
    if shown.replace(tzinfo=None) != wall:
        raise ValueError(
            f"{wall.isoformat()} does not exist in {timezone}, where clocks go forward then:"
            f" write {shown.replace(tzinfo=None).isoformat()}"
        )
    if first.utcoffset() != second.utcoffset():
        raise ValueError(
            f"{wall.isoformat()} exists twice in {timezone}, where clocks go back then:"
            f" write {first.isoformat()} or {second.isoformat()}"
        )
    return moment
