"""The shifts as a calendar that programs subscribe to: iCalendar, RFC 5545 with the names and intervals of RFC 7986.

It is made of the shifts that the pager knows, so what an override took away is not in it.
"""

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from lambdas.shared.on_call.rotation import last_handoff, shifts
from lambdas.vocabulary.on_call import Override, Rota, Shift, Who

CONTENT_TYPE: Final = "text/calendar; charset=utf-8"
PAST, AHEAD = timedelta(weeks=4), timedelta(weeks=26)
_REFRESH: Final = "PT1H"
_LONGEST_LINE: Final = 75  # octets, without the line's end
_CONTROL: Final = re.compile(r"[\x00-\x09\x0b-\x1f\x7f]")  # RFC 5545 has none in a text, but for the line feed


@dataclass(frozen=True)
class Calendar:
    """Which calendar it is.  `name` makes its events' identifiers unique, such as `junkos-prod`; `title` is shown."""

    name: str
    title: str
    person: str | None = None
    """Whose shifts are shown; all where nobody is named."""


def feed(
    calendar: Calendar,
    rota: Rota,
    made_at: datetime,
    further: Sequence[Override] = (),
    *,
    past: timedelta = PAST,
    ahead: timedelta = AHEAD,
) -> str:
    """All from the handoff before `past` until `ahead`, counted from `made_at`; no shift is cut at the beginning.

    A person who has no shift in that time has a calendar without events.
    """
    found = shifts(rota, last_handoff(rota, made_at - past), made_at + ahead, further)
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:-//{_text(calendar.name)}//on call//EN",
        f"NAME:{_text(_shown(calendar))}",
        f"X-WR-CALNAME:{_text(_shown(calendar))}",
        f"REFRESH-INTERVAL;VALUE=DURATION:{_REFRESH}",
        f"X-PUBLISHED-TTL:{_REFRESH}",  # the same for older programs
        *(line for shift in found for line in _events(calendar, shift, made_at)),
        "END:VCALENDAR",
    ]
    return "".join(f"{_folded(line)}\r\n" for line in lines)


def _shown(calendar: Calendar) -> str:
    return f"{calendar.title}: {calendar.person}" if calendar.person else calendar.title


def _events(calendar: Calendar, shift: Shift, made_at: datetime) -> Iterator[str]:
    primary, backup = shift.person or "nobody", shift.backup or "nobody"
    both = f"Primary: {primary}\nBackup: {backup}"
    if calendar.person is None:
        role, summary = "shift", f"{primary} (backup: {backup})"
    elif calendar.person == shift.person:
        role, summary = Who.PRIMARY, f"On call: {calendar.title}"
    elif calendar.person == shift.backup:
        role, summary = Who.BACKUP, f"Backup: {calendar.title}"
    else:
        return
    yield "BEGIN:VEVENT"
    yield f"UID:{_identifier(calendar, shift, role)}"
    yield f"DTSTAMP:{_time(made_at)}"
    yield f"DTSTART:{_time(shift.start)}"
    yield f"DTEND:{_time(shift.until)}"
    yield f"SUMMARY:{_text(summary)}"
    yield f"DESCRIPTION:{_text(both)}"
    yield "TRANSP:TRANSPARENT"  # who is on call is not busy
    yield "END:VEVENT"


def _identifier(calendar: Calendar, shift: Shift, role: str) -> str:
    """The same whenever the calendar is made, and without a name, as RFC 7986 (5.3) asks."""
    of = f"{calendar.name}\n{calendar.person or ''}\n{role}\n{_time(shift.start)}"
    return f"{hashlib.sha256(of.encode()).hexdigest()[:32]}@{_text(calendar.name)}"


def _time(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _text(text: str) -> str:
    """A value of type TEXT (3.3.11)."""
    escaped = re.sub(r"([\\;,])", r"\\\1", text.replace("\r\n", "\n"))
    return _CONTROL.sub("", escaped.replace("\n", "\\n"))


def _folded(line: str) -> str:
    """In lines of 75 octets at most (3.1), none of which ends within a character."""
    parts, size = [""], 0
    for letter in line:
        octets = len(letter.encode())
        if size + octets > _LONGEST_LINE:
            parts.append("")
            size = 1  # the space that begins a continued line
        parts[-1] += letter
        size += octets
    return "\r\n ".join(parts)
