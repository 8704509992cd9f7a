"""Section `[security]`: GuardDuty, security events of the API and the account's hygiene."""

from typing import Annotated

from pydantic import Field

from stacks.settings.section import Section


class Security(Section):
    """What is watched for intruders."""

    guardduty: Annotated[bool, Field(description="Switch GuardDuty on in this region, and be told its findings.")] = (
        True
    )
