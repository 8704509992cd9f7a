from dataclasses import dataclass

from lambdas.error_intake.projects import ProjectKeys
from lambdas.shared.environment import FunctionSettings


@dataclass(frozen=True)
class Settings(FunctionSettings):
    table: str
    """The error tracker's, in which used quota is counted."""
    bucket: str
    """Where batches lie that are too large for the queue."""
    queue_url: str
    """Of the digest."""
    projects: tuple[str, ...]
    """Each a `ProjectKeys` as JSON."""
    relay_queue_url: str | None
    """Of the relay to Sentry, where there is one."""

    @property
    def known_projects(self) -> tuple[ProjectKeys, ...]:
        return tuple(map(ProjectKeys.from_json, self.projects))
