"""Urgent overrides, made and removed by the function that pages: it writes down who did it."""

from datetime import datetime

from lambdas.shared.on_call.overrides import event_of
from lambdas.shared.on_call.rotation import shifts
from lambdas.vocabulary.on_call import Override
from ops.account import operator
from ops.errors import UsageError
from ops.on_call.team import Team

FUNCTION = "incident"


def override_of(team: Team, person: str, instead_of: str, start: datetime, until: datetime, now: datetime) -> Override:
    """Raises UsageError for one that cannot be."""
    if until <= now:
        raise UsageError("--until has passed: an override of the past changes nothing")
    try:
        return Override(team.person(person), start, until, team.person(instead_of), made_by=operator())
    except ValueError as error:
        raise UsageError(f"no such override: {error}") from None


def add(team: Team, override: Override) -> str:
    """Its identifier."""
    return str(team.chosen.account.invoke(FUNCTION, **event_of(override))["identifier"])


def remove(team: Team, identifier: str) -> None:
    team.chosen.account.invoke(FUNCTION, remove_override={"identifier": identifier, "by": operator()})


def changes_something(team: Team, override: Override) -> bool:
    """Whether anybody else is on call by it, in any part of its time."""
    window, before = (override.start, override.until), team.urgent
    latest = Override(**{**vars(override), "identifier": "~"})  # sorted behind all
    return [*shifts(team.rota, *window, before)] != [*shifts(team.rota, *window, (*before, latest))]
