"""A database that is down, as the cause of other alarms: nobody is notified of these while its own alarm is on."""

from aws_cdk import Duration

from stacks.alarms.database import CHECKS
from stacks.settings import Environment

DATABASE_UNREACHABLE = "database-unreachable"
"""The alarm's full name."""


def noticed_within(environment: Environment) -> Duration:
    """How soon after its fall a database that is down is alarmed, with a margin for the check itself."""
    return Duration.minutes(CHECKS * environment.database_check.interval_minutes + 2)
