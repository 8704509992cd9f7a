"""Sections `[[alerts.maintenance]]`: times at which work is done on the system, and what is muted meanwhile."""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints, ValidationInfo, field_validator
from pydantic.types import Strict

from stacks.settings.section import Section
from stacks.settings.types import Allowed

_FORM = "cron(minutes hours day-of-month month day-of-week) or at(yyyy-mm-ddThh:mm)"
_FIELD = r"(?:\*|[0-9A-Z]+(?:-[0-9A-Z]+)?)(?:,[0-9A-Z]+(?:-[0-9A-Z]+)?)*"
_EXPRESSION = re.compile(rf"cron\({_FIELD}(?: {_FIELD}){{4}}\)|at\(\d{{4}}-\d\d-\d\dT\d\d:\d\d\)")
_LONGEST = 15 * 24 * 60  # minutes: CloudWatch's own limit

SectionName = Literal["up", "users", "database", "recovery", "security", "itself"]
LevelName = Literal["critical", "high", "medium", "low"]


def _readable(expression: str) -> str:
    if not _EXPRESSION.fullmatch(expression):
        raise ValueError(f"must be {_FORM}; steps such as */5 and the word ? are not known here")
    return expression


def _text(pattern: str, allowed: str) -> tuple[StringConstraints, Allowed]:
    return StringConstraints(pattern=rf"^(?:{pattern})\z"), Allowed(allowed)


_WindowName = Annotated[str, *_text(r"[a-z][a-z0-9-]{0,39}", "1 to 40 lower-case letters, digits and dashes")]
_AlarmName = Annotated[str, *_text(r"[A-Za-z0-9._-]+", "an alarm's name without junkos-<environment>-")]
_Timezone = Annotated[str, *_text(r"[A-Za-z0-9_+/-]{1,50}", "a time zone, such as Europe/Berlin")]
_IN_A_LIST = Strict(strict=False)


class Maintenance(Section):
    """One window: its alarms are evaluated and shown as ever, and told to nobody until it ends.

    An alarm is muted when it is of one of `sections`, of one of `levels` and one of `alarms`, as far as they are given.
    """

    name: Annotated[_WindowName, Field(description="What the work is; the mute rule is called by it.")]
    schedule: Annotated[str, AfterValidator(_readable), Allowed(_FORM), Field(description="When a window begins.")]
    minutes: Annotated[int, Field(ge=1, le=_LONGEST, description="How long it lasts.")]
    timezone: Annotated[_Timezone, Field(description="The time zone of `schedule`.")] = "UTC"
    sections: Annotated[
        tuple[SectionName, ...], _IN_A_LIST, Field(description="The questions whose alarms are muted.")
    ] = ()
    levels: Annotated[tuple[LevelName, ...], _IN_A_LIST, Field(description="The levels that are muted.")] = ()
    alarms: Annotated[tuple[_AlarmName, ...], _IN_A_LIST, Field(description="Alarms that are muted, by name.")] = ()

    @field_validator("alarms")
    @classmethod
    def _says_what(cls, alarms: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        if not (alarms or info.data.get("sections") or info.data.get("levels")):
            raise ValueError("must name alarms where neither sections nor levels say what is muted")
        return alarms
