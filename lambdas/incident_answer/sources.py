"""What pages and calendars are made of, read from the table."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from lambdas.shared.clock import Clock
from lambdas.shared.incidents.keys import Keys, stored_keys
from lambdas.shared.incidents.table import IncidentTable
from lambdas.shared.on_call.overrides import Overrides, pass_over
from lambdas.shared.on_call.rotation import on_call_at, shift_at
from lambdas.vocabulary.incidents import REVIEWS, Entry, Gathered, Incident
from lambdas.vocabulary.on_call import OnCall, Override, Person, Rota


@dataclass(frozen=True)
class Duty:
    now: OnCall
    until: datetime
    """When that changes, by the rota's clock."""
    next: OnCall


@dataclass(frozen=True)
class View:
    """One incident, as its page shows it."""

    incident: Incident
    timeline: tuple[Entry, ...]
    gathered: Gathered | None
    duty: Duty
    at: datetime


@dataclass(frozen=True)
class Sources:
    """`table` is read only; `review` is the HTML of an incident's review, None where there is none."""

    table: IncidentTable
    review: Callable[[int], bytes | None]
    rota: Rota
    people: tuple[Person, ...]
    clock: Clock

    def keys(self) -> Keys:
        return stored_keys(self.table, self.clock())

    def view(self, number: int) -> View | None:
        incident = self.table.incident(number)
        if incident is None:
            return None
        timeline, gathered = tuple(self.table.timeline(number)), self.table.evidence(number)
        moment = self.clock()
        return View(incident, timeline, gathered, self.duty(moment), moment)

    def duty(self, moment: datetime) -> Duty:
        urgent = self.overrides()
        shift = shift_at(self.rota, moment, urgent)
        following = on_call_at(self.rota, shift.until, urgent)
        return Duty(OnCall(shift.person, shift.backup), shift.until.astimezone(ZoneInfo(self.rota.timezone)), following)

    def overrides(self) -> tuple[Override, ...]:
        """Those of the table."""
        names = [person.name for person in self.people]
        return Overrides(self.table.dynamodb, self.table.name, self.clock).all(names, pass_over)


def reviews_in(s3: Any, bucket: str) -> Callable[[int], bytes | None]:
    def review(number: int) -> bytes | None:
        try:
            answer = s3.get_object(Bucket=bucket, Key=f"{REVIEWS}{number}/review.html")
        except s3.exceptions.ClientError as error:
            # Whoever may not list a bucket is answered AccessDenied for what is not there.
            if error.response["Error"]["Code"] in ("NoSuchKey", "AccessDenied"):
                return None
            raise
        content: bytes = answer["Body"].read()
        return content

    return review
