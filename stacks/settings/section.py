"""What is alike in every section of an environment file."""

from typing import Final

from pydantic import BaseModel, ConfigDict
from pydantic_core import PydanticCustomError

REFUSED: Final = "refused"
"""The type of errors that `refused` makes."""


class Section(BaseModel):
    """A section of an environment file: unknown settings are refused, and defaults are checked like values."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, validate_default=True)


def refused(setting: str, reason: str) -> PydanticCustomError:
    """An error about a setting of the section that is checked, such as `person[0].phone`.

    The section's other values stay unsaid, unlike those of a ValueError: they may be somebody's address or number.
    """
    return PydanticCustomError(REFUSED, "{setting}: {reason}", {"setting": setting, "reason": reason})
