"""The draft of an incident's review, once it is closed."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from lambdas.incident.links import LinkMaker
from lambdas.incident.settings import Settings
from lambdas.shared.incidents.table import IncidentTable
from lambdas.vocabulary.incidents import ACTIONS, Action, Incident


@dataclass(frozen=True)
class ReviewWriter:
    table: IncidentTable
    s3: Callable[[], Any]
    """Makes a client: it is needed after an incident only."""
    settings: Settings
    timezone: str
    links: LinkMaker

    def write(self, incident: Incident) -> str:
        """Returns where it can be read."""
        # Imported here: no page waits for what is needed after the end.
        from lambdas.shared.incidents.review.compose import Known, compose  # noqa: PLC0415
        from lambdas.shared.incidents.review.write import write_review  # noqa: PLC0415

        actions = [Action.from_json(written) for written in self.table.documents(ACTIONS)]
        known = Known(
            incident,
            self.table.timeline(incident.number),
            self.links.clock(),
            gathered=self.table.evidence(incident.number),
            actions=[action for action in actions if action.incident == incident.number],
            timezone=self.timezone,
            environment=self.settings.environment,
        )
        write_review(self.s3(), self.settings.bucket, compose(known))
        return self.links.to_review(incident.number)
