"""What happened when, by two clocks: UTC, and that of the people on call."""

from collections.abc import Sequence
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo

from lambdas.shared.documents.document import Block, Table, Text
from lambdas.shared.incidents.words import entry_text
from lambdas.vocabulary.incidents import Entry


def timeline(entries: Sequence[Entry], timezone: str) -> Block:
    """`timezone` is an IANA name; of UTC there is one column."""
    if not entries:
        return Text("Nothing was recorded.")
    ordered = sorted(entries, key=lambda entry: entry.at)
    further = [ZoneInfo(timezone)] if timezone != "UTC" else []
    clocks = [_by_clock(ordered, zone) for zone in (UTC, *further)]
    dated = len({at.date() for clock in clocks for at in clock}) > 1
    columns = [[_time(at, dated=dated) for at in clock] for clock in clocks]
    rows = zip(*columns, map(entry_text, ordered), strict=True)
    return Table(("UTC", *([timezone] if further else ()), "What"), tuple(rows))


def _by_clock(entries: Sequence[Entry], zone: tzinfo) -> list[datetime]:
    return [entry.at.astimezone(zone) for entry in entries]


def _time(at: datetime, *, dated: bool) -> str:
    """The date only where they are of several days, by either clock."""
    return f"{at.day} {at:%b %H:%M:%S}" if dated else f"{at:%H:%M:%S}"
