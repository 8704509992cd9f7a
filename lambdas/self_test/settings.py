from dataclasses import dataclass
from datetime import timedelta

from lambdas.shared.environment import FunctionSettings


@dataclass(frozen=True)
class Settings(FunctionSettings):
    """Names of functions and stacks are not among them: they are made of the environment's own (`Situation.name`)."""

    owner: str
    runbook_url: str
    """Where the runbooks can be read."""
    reports: str
    """The bucket of reports."""
    medium_topic: str
    """The ARN of the topic to which a failure and its end are published."""
    log_group: str
    """Into which a line is written that must be masked: this function's own."""
    database: str
    """The value of the dimension `database` of its metrics."""
    database_check_interval: timedelta
    status_page_stale_after: timedelta | None
    """How old the status page may be; None where there is none."""
    on_call: bool
    """Whether somebody is on call, so that there is a front where incidents are answered."""
    project: int | None
    """The number of the first project to which clients send errors; None where there is none."""
    project_key: str | None
    """The public key of its DSN."""
