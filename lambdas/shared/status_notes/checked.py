"""What people type, checked before it is published: bounded, without control characters, of services that are public.

Texts stay texts: whoever shows one escapes it.
"""

import unicodedata
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from lambdas.shared.clock import CLOCK_TOLERANCE
from lambdas.shared.markup import printable
from lambdas.shared.quantities import duration, moment

LONGEST_TITLE: Final = 120
LONGEST_TEXT: Final = 2000
LONGEST_MAINTENANCE: Final = timedelta(days=15)
"""As long as the alarms of one window can be muted."""
FURTHEST_AHEAD: Final = timedelta(days=366)


class BadNoteError(ValueError):
    """What was typed cannot be published; one line that names it, the reason and the remedy."""


def title_of(text: str) -> str:
    """Raises BadNoteError."""
    return _line("the title", text.strip(), LONGEST_TITLE)


def text_of(text: str) -> str:
    """May have several lines.  Raises BadNoteError."""
    lines = text.replace("\r\n", "\n").strip().split("\n")
    _line("the text", " ".join(lines), LONGEST_TEXT)
    return "\n".join(line.rstrip() for line in lines)


def services_of(names: Sequence[str], public: Sequence[str]) -> tuple[str, ...]:
    """Each name once, in the order of `public`, the names that the page shows.  Raises BadNoteError."""
    named = {name.strip() for name in names} - {""}
    known = ", ".join(public) or "none"
    if unknown := sorted(named - set(public)):
        raise BadNoteError(f"{unknown[0]!r} is no service of the page (there are: {known})")
    if not named:
        raise BadNoteError(f"name at least one service (there are: {known})")
    return tuple(name for name in public if name in named)


def refuse_bad_times(start: datetime, until: datetime, now: datetime) -> None:
    """Raises BadNoteError: maintenance that is announced afterwards would make a good uptime of a bad one."""
    if start < now - CLOCK_TOLERANCE:
        said = f"its start, {moment(start)}, lies in the past"
        raise BadNoteError(f"{said}: maintenance is announced beforehand (publish an incident for what is over)")
    if until <= max(start, now):
        raise BadNoteError(f"its end, {moment(until)}, must lie after its start and after now")
    if until - start > LONGEST_MAINTENANCE:
        raise BadNoteError(f"it lasts {duration(until - start)}: announce {duration(LONGEST_MAINTENANCE)} at most")
    if start > now + FURTHEST_AHEAD:
        raise BadNoteError(f"its start, {moment(start)}, is more than a year ahead")


def _line(what: str, text: str, longest: int) -> str:
    if not text:
        raise BadNoteError(f"{what} is empty")
    if len(text) > longest:
        raise BadNoteError(f"{what} has {len(text)} characters: write {longest} at most")
    if bad := next((letter for letter in text if _is_refused(letter)), None):
        raise BadNoteError(f"{what} has the character U+{ord(bad):04X}: write it without control characters")
    return text


def _is_refused(letter: str) -> bool:
    # Joiners of scripts and emoji are no controls to a reader; those that reorder text are, and `printable` knows them.
    return unicodedata.category(letter) in ("Cc", "Cs", "Cn", "Zl", "Zp") or printable(letter) != letter
