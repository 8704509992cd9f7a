"""What an endpoint is given."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any

from lambdas.error_releases.http import RefusedError, Request
from lambdas.shared.clock import Deadline
from lambdas.shared.error_tracking.table import ErrorTable


@dataclass(frozen=True)
class Dependencies:
    table: ErrorTable
    s3: Any
    """A client."""
    bucket: str
    organization: str
    environment: str
    """Of its deployments the dashboard has a mark."""
    clock: Callable[[], datetime]


@dataclass(frozen=True)
class Call:
    """A request of somebody who may write the releases and source maps of `project`."""

    request: Request
    project: str
    to: Dependencies
    deadline: Deadline

    def document(self) -> dict[str, Any]:
        """The request's, about no other project than the token's; raises RefusedError."""
        document = self.request.document()
        projects = document.get("projects") or []
        if not isinstance(projects, list):
            raise RefusedError(HTTPStatus.BAD_REQUEST, "projects: no list")
        self.refuse_others(projects)
        return document

    def refuse_others(self, projects: list[Any]) -> None:
        if any(project != self.project for project in projects):
            raise RefusedError(
                HTTPStatus.FORBIDDEN, f"this token is of project {self.project!r} alone (is SENTRY_PROJECT right?)"
            )


Endpoint = Callable[[Call, Mapping[str, str]], dict[str, Any]]
"""Answers a call; the second argument is what the path names, such as the version."""
