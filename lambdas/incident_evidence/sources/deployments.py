"""Deployments that were recorded at their releases, whoever reported them."""

from collections.abc import Iterator
from typing import Final

from lambdas.incident_evidence.changes import Change, found_in
from lambdas.incident_evidence.source import Found, Situation, Source
from lambdas.shared.error_tracking.table import ErrorTable

_RELEASES: Final = 50
"""Of each project, the newest: one that is older is rarely deployed again."""


def _look(situation: Situation) -> Found:
    return found_in(_changes(situation), situation)


def _changes(situation: Situation) -> Iterator[Change]:
    table = ErrorTable(situation.client("dynamodb"), str(situation.settings.errors))
    for project in situation.settings.projects:
        for release in table.releases(project, limit=_RELEASES):
            for deployment in release.deployments:
                if deployment.environment == situation.settings.environment:
                    by = f" by {deployment.name}" if deployment.name else ""
                    url = f", {deployment.url}" if deployment.url else ""
                    yield Change(deployment.at, f"release {release.version} of {project} deployed", f"{by}{url}")


DEPLOYMENTS = Source("Deployments", _look, needs="errors")
