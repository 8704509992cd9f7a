"""Webhooks of PagerDuty, version 3: who has acknowledged or resolved there what we sent.

https://developer.pagerduty.com/docs/webhooks-overview
What a user did counts.  What has another agent is passed over: most of it is our own acknowledgement, which came back.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from lambdas.incident_answer.pass_on import nonce_of
from lambdas.shared.pagerduty import deduplication_key
from lambdas.vocabulary.incidents import Answer, Incident, Reply, Way
from lambdas.vocabulary.on_call import Person

OLDEST: Final = timedelta(days=3)
"""PagerDuty tries for two days; nonces are kept for longer."""
_ANSWERS: Final = {"incident.acknowledged": Answer.TAKE, "incident.resolved": Answer.RESOLVE}
_USER: Final = "user_reference"


@dataclass(frozen=True)
class Event:
    """What a user did to an incident of PagerDuty."""

    identifier: str
    """The same in each attempt, and signed; the header X-Webhook-Id is not."""
    answer: Answer
    user: str
    at: datetime
    key: str
    """By which we sent it."""


def event_of(body: bytes, now: datetime) -> Event | None:
    """None for whatever is not to be answered: another event, another agent, one that is days old."""
    try:
        event = json.loads(body)["event"]
        if event["event_type"] not in _ANSWERS or event["agent"]["type"] != _USER:
            return None
        at = datetime.fromisoformat(event["occurred_at"])
        found = Event(
            event["id"], _ANSWERS[event["event_type"]], event["agent"]["summary"], at, event["data"]["incident_key"]
        )
        is_new = timedelta(0) <= max(now - at, timedelta(0)) <= OLDEST
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return found if is_new and _all_texts(found.identifier, found.user, found.key) else None


def replies_of(event: Event, incidents: Iterable[Incident], people: Iterable[Person], now: datetime) -> Iterator[Reply]:
    """One for each of our incidents that this is about: those that are not closed and have its alarm."""
    by = _person(event.user, people)
    for incident in incidents:
        if any(each.notice_key and deduplication_key(each.notice_key) == event.key for each in incident.subjects):
            nonce = nonce_of(Way.PAGERDUTY, event.identifier)
            yield Reply(incident.number, event.answer, Way.PAGERDUTY, min(event.at, now), by, nonce=nonce)


def _person(user: str, people: Iterable[Person]) -> str:
    """Of the rota, by the name or what stands before the @ of an address; else as PagerDuty names them."""
    name = user.partition("@")[0].casefold().strip()
    return next((each.name for each in people if each.name.casefold() == name), user)


def _all_texts(*values: Any) -> bool:
    return all(isinstance(value, str) and value for value in values)
