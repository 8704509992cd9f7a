"""Section `[checklist]`: what people answer for, until a date."""

from datetime import date
from typing import Annotated

from pydantic import AfterValidator, Field, field_validator

from lambdas.checklist.checks import CHECKS
from stacks.settings.section import Section
from stacks.settings.types import Allowed, Text, refuse_repeated

_A_DATE = Allowed("a date without quotes, such as 2027-03-31")
_MOST_CHARACTERS = 2000  # a function has room for 4 KB of settings
_ALL = {check.name for check in CHECKS}
_ATTESTED = {check.name for check in CHECKS if check.look is None}


def _is_a_check(name: str) -> str:
    if name not in _ALL:
        raise ValueError("must be the name of a check (docs/checklist.md lists them)")
    return name


def _is_attested(name: str) -> str:
    if name not in _ATTESTED:
        raise ValueError(f"must be a check that no API can answer: {', '.join(sorted(_ATTESTED))}")
    return name


class Waived(Section):
    """A check that does not pass, and is accepted until a date; after it, it counts again."""

    check: Annotated[str, AfterValidator(_is_a_check), Allowed("a check's name"), Field(description="Which check.")]
    until: Annotated[date, _A_DATE, Field(description="The last day (UTC) on which that is accepted.")]
    owner: Annotated[Text, Field(description="Who answers for it.")]
    reason: Annotated[Text, Field(description="Why it is accepted; it stands in every report.")]


class Attested(Section):
    """What no API can show, such as that post-mortems are held, and who answers for it until a date."""

    check: Annotated[
        str,
        AfterValidator(_is_attested),
        Allowed("the name of a check that a person attests"),
        Field(description="Which check."),
    ]
    until: Annotated[date, _A_DATE, Field(description="The last day (UTC) on which that holds.")]
    by: Annotated[Text, Field(description="Who answers for it.")]
    note: Annotated[Text | None, Field(description="Where it can be seen, such as a page of your wiki.")] = None


class ChecklistSettings(Section):
    """The production checklist: it is answered every day, and on demand."""

    waivers: tuple[Waived, ...] = Field(default=(), strict=False)
    attestations: tuple[Attested, ...] = Field(default=(), strict=False)

    @field_validator("waivers", "attestations")
    @classmethod
    def _each_once(cls, given: tuple[Waived, ...] | tuple[Attested, ...]) -> tuple[Waived, ...] | tuple[Attested, ...]:
        refuse_repeated([each.check for each in given], "the check")
        total = sum(len(text) for each in given for text in each.model_dump(mode="json").values() if text)
        if total > _MOST_CHARACTERS:
            raise ValueError(f"must be {_MOST_CHARACTERS} characters in all at most: a function has room for 4 KB")
        return given
