from dataclasses import dataclass
from datetime import timedelta

from lambdas.error_budget.objective import Series
from lambdas.shared.environment import FunctionSettings


@dataclass(frozen=True)
class Route:
    """What is asked by GET; `weight` is its share among all routes."""

    url: str
    """https, on one of the hosts that the environment file names."""
    weight: int = 1


@dataclass(frozen=True)
class Settings(FunctionSettings):
    hosts: tuple[str, ...]
    """The only ones that are asked."""
    routes: tuple[Route, ...]
    allow_private: bool
    """Whether the hosts may lie on private or loopback addresses."""
    mark: str
    """The value of the header `X-Load-Test`."""
    step: timedelta
    """How long requests are due in each step."""
    timeout: timedelta
    """How long one answer may take."""
    max_requests: int
    """Of the whole test."""
    max_error_percent: float
    max_p95_ms: int
    requests: tuple[Series, ...]
    """Their sum counts the API's requests."""
    requests_count: bool
    """Whether requests of a load test are counted among those of users, in alarms and objectives too."""
    reports: str
    """The bucket of reports."""
    backups: str
    """The bucket of backups."""
    database: str
    """Whose backups they are."""
    proven_within: timedelta
    """The age that the newest proven backup may have."""
