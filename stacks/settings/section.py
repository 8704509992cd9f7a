"""What is alike in every section of an environment file."""

from pydantic import BaseModel, ConfigDict


class Section(BaseModel):
    """A section of an environment file: unknown settings are refused, and defaults are checked like values."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, validate_default=True)
