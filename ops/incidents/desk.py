"""The incidents of one environment: read from their table, answered by the function `incident`."""

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from lambdas.operator_view.incident_sources import IncidentSources
from lambdas.operator_view.views import incident as one_incident
from lambdas.operator_view.views.incident import Shown
from lambdas.shared.clock import now
from lambdas.shared.documents.html import page
from lambdas.shared.documents.markdown import markdown
from lambdas.shared.incidents.review.compose import Known, compose
from lambdas.shared.incidents.review.write import HTML, MARKDOWN, newest_review, read_review
from lambdas.shared.incidents.table import IncidentTable
from lambdas.vocabulary.codec import encode
from lambdas.vocabulary.incidents import Action, Answer, Reply, Way, bucket_of_reviews
from lambdas.vocabulary.names import physical_name
from ops.account import Account, operator
from ops.errors import OpsError, UsageError
from stacks.settings import OnCall

MORNING: Final = "morning"
REFUSED: Final = "refused"
_SNOOZE = re.compile(r"([1-9]\d{0,3})([mh])")


@dataclass(frozen=True)
class Desk:
    account: Account

    @cached_property
    def on_call(self) -> OnCall:
        """Raises UsageError where the environment file has none."""
        found = self.account.environment.on_call
        if found is None:
            name = self.account.environment.name
            raise UsageError(
                f"nobody is on call in {name}, so it has no incidents: [on_call] in its file makes them"
                " (docs/settings.md), then deploy"
            )
        return found

    @cached_property
    def table(self) -> IncidentTable:
        assert self.on_call  # noqa: S101  (raises its own error)
        return IncidentTable(self.account.client("dynamodb"), physical_name(self.account.environment, "incidents"))

    @property
    def bucket(self) -> str:
        environment = self.account.environment
        return bucket_of_reviews(environment, self.account.number(), environment.region)

    def sources(self) -> IncidentSources:
        people = tuple(person.name for person in self.on_call.persons())
        return IncidentSources(self.table, self.on_call.rota(), people)

    def shown(self, number: int) -> Shown:
        """Raises NotFoundError."""
        sources = self.sources()
        return one_incident.read(one_incident.asking({"incident": number}, sources), sources)

    def answer(
        self, number: int, answer: Answer, by: str | None, *, text: str = "", minutes: int = 0
    ) -> dict[str, Any]:
        """What the function said; raises OpsError where it refused."""
        assert self.on_call  # noqa: S101  (raises its own error)
        reply = Reply(number, answer, Way.COMMAND, now(), by or operator(), text, minutes)
        said: dict[str, Any] = self.account.invoke("incident", reply=encode(reply))
        if said.get("outcome") == REFUSED:
            raise OpsError(f"incident {number}: {said.get('text', 'it was refused')}")
        return said

    def add_action(self, action: Action) -> str:
        """Its identifier."""
        self.shown(action.incident)  # raises for one that is not there
        return str(self.account.invoke("incident", action=encode(action))["identifier"])

    def end_action(self, identifier: str, by: str) -> None:
        if identifier not in [action.identifier for action in self.sources().actions()]:
            raise OpsError(f"there is no action {identifier} (`incidents actions` lists them)")
        self.account.invoke("incident", action_done={"identifier": identifier, "by": by})

    def review(self, number: int, name: str) -> tuple[bytes, bool]:
        """The newest draft, and whether it is stored; one of now where none is.  `name` is MARKDOWN or HTML."""
        shown = self.shown(number)
        s3 = self.account.client("s3")
        if key := newest_review(s3, self.bucket, number, name):
            return read_review(s3, self.bucket, key), True
        known = Known(
            shown.incident,
            shown.timeline,
            now(),
            shown.gathered,
            actions=shown.actions,
            timezone=self.on_call.timezone,
            environment=self.account.environment.name,
        )
        written = {MARKDOWN: lambda: markdown(compose(known)).encode(), HTML: lambda: page(compose(known))}
        return written[name](), False


def minutes_of(snooze: str) -> int:
    """Of `30m`, `2h`, or `morning`, which is 0.  Raises UsageError."""
    if snooze == MORNING:
        return 0
    found = _SNOOZE.fullmatch(snooze)
    if not found:
        raise UsageError(f"--for must be such as 30m or 2h, or {MORNING}")
    number, unit = found.groups()
    return int(number) * (60 if unit == "h" else 1)
