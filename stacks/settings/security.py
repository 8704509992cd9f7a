"""Section `[security]`: GuardDuty, security events of the API and the account's hygiene."""

from typing import Annotated

from pydantic import Field

from lambdas.vocabulary.guardduty import Plan
from stacks.settings.section import Section
from stacks.settings.types import LogGroupName, ProtectionPlans


class Security(Section):
    """What is watched for intruders."""

    guardduty: Annotated[
        bool, Field(description="Hold GuardDuty on in this region; findings of one that is on anyway are told as well.")
    ] = True
    guardduty_plans: Annotated[
        ProtectionPlans,
        Field(description="Protection plans that are switched on; what somebody else switched on stays on."),
    ] = (Plan.RDS_LOGIN_EVENTS, Plan.LAMBDA_NETWORK_LOGS, Plan.S3_DATA_EVENTS)
    account_changes: Annotated[
        bool, Field(description="Tell of acts that weaken the account; needs a CloudTrail trail in it.")
    ] = True
    failed_logins_per_minute: Annotated[
        int, Field(ge=1, le=10_000, description="More failed logins at the API in one minute are an alarm.")
    ] = 10
    suspicious_requests: Annotated[
        int, Field(ge=1, le=10_000, description="More suspicious requests in five minutes are an alarm.")
    ] = 10
    database_failed_logins: Annotated[
        int, Field(ge=1, le=10_000, description="More logins that PostgreSQL refuses in five minutes are an alarm.")
    ] = 5
    database_log_group: Annotated[
        LogGroupName | None,
        Field(
            description="The log group with PostgreSQL's log, once it is there. Left out: that of a created database,"
            " and of any other none."
        ),
    ] = None
    contributor_insights: Annotated[
        bool,
        Field(description="Alarm on single addresses and user names too (Contributor Insights, $1.20 a month)."),
    ] = False
    failed_logins_of_one: Annotated[
        int,
        Field(ge=1, le=10_000, description="More failed logins by one of these in five minutes are an alarm."),
    ] = 10
