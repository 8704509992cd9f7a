from dataclasses import dataclass
from datetime import timedelta

from lambdas.shared.environment import FunctionSettings


@dataclass(frozen=True)
class Settings(FunctionSettings):
    table: str
    bucket: str
    medium_topic: str
    runbook_url: str
    """Where the runbooks can be read."""
    owner: str
    issue_retention: timedelta
    """So long an issue is kept after its last event."""
    sample_retention: timedelta
    """So long the bucket keeps samples."""
    new_issues_per_day: int
    """Of one project; what is of further kinds counts to one issue."""
    api_project: str
    """The project of the errors in the API's log."""
    api_log_group: str | None = None
    """None: the API's log is not a source."""
    clients_send: bool = False
    """Whether errors arrive from clients, too: their rates are published.  The alarms on the API count its log's."""
