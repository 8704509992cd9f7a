"""Section `[alerts]`: whom alarms reach, and how."""

from typing import Annotated

from pydantic import Field

from stacks.settings.maintenance import Maintenance
from stacks.settings.section import Section
from stacks.settings.types import Emails


class Alerts(Section):
    """Where alerts go."""

    email: Annotated[Emails, Field(min_length=1, description="Addresses that receive every alert.")]
    maintenance: tuple[Maintenance, ...] = Field(default=(), strict=False)
