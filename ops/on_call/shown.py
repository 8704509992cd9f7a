"""Shifts and overrides as a terminal and `--json` show them."""

from typing import Any

from lambdas.vocabulary.codec import encode
from lambdas.vocabulary.on_call import Override, Shift
from ops.on_call.team import Team

SHIFT_HEADINGS = ("from", "until", "primary", "backup")
OVERRIDE_HEADINGS = ("id", "person", "instead of", "from", "until", "by")
NOBODY = "nobody"


def shift_row(team: Team, shift: Shift) -> tuple[str, ...]:
    return team.shown(shift.start), team.shown(shift.until), shift.person or NOBODY, shift.backup or NOBODY


def shift_document(shift: Shift) -> dict[str, Any]:
    start, until = encode(shift.start), encode(shift.until)
    return {"start": start, "until": until, "primary": shift.person, "backup": shift.backup}


def override_row(team: Team, override: Override) -> tuple[str, ...]:
    return (
        override.identifier or "-",
        override.person,
        override.instead_of,
        team.shown(override.start),
        team.shown(override.until),
        override.made_by or "the environment file",
    )


def override_document(override: Override) -> dict[str, Any]:
    document: dict[str, Any] = encode(override)
    return {**document, "identifier": override.identifier or None, "made_by": override.made_by or None}
