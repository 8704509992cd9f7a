from dataclasses import dataclass
from datetime import timedelta

from lambdas.shared.environment import FunctionSettings


@dataclass(frozen=True)
class Settings(FunctionSettings):
    """Tables, topics and logs that are named after the environment are not among them: see `Here`."""

    region: str
    owner: str
    """Who answers for the environment."""
    reports: str
    """The bucket of reports."""
    topic: str
    """The ARN of the topic of level low, to which the summary is published."""
    backups: str
    """The bucket of backups."""
    database: str
    """The database's name in the catalogue of backups."""
    promises: tuple[str, ...]
    """What availability is counted from, each an `Objective` of `error_budget` as JSON; the API's own is the first."""
    channels: tuple[str, ...]
    """Of `notify`, as its metric of failures names them."""
    database_check_interval: timedelta
    projects: tuple[str, ...]
    """Of errors; none where errors are not tracked."""
    on_call: bool
    """Whether somebody is, so that there are incidents."""
    api_log: str
    """The log group of the API."""
    runbooks: tuple[str, ...]
    """`<page>=<digest of its text>`, as it was deployed."""
    instance: str | None = None
    """The identifier of the database's instance of RDS; None where it is not known or not one."""
    lock_file: str | None = None
    """`s3://<bucket>/<key>` of the backend's lock file or SBOM."""
