"""Whether the health endpoint speaks of what the API stands on."""

import re
from typing import Final

from lambdas.checklist.check import Check, Outcome, Situation, failed, passed
from lambdas.checklist.endpoints import READS, Endpoint, endpoints_of, stale_after
from lambdas.shared.quantities import duration
from lambdas.vocabulary.checklist import Importance, Line, Seen
from lambdas.vocabulary.endpoints import State
from lambdas.vocabulary.runbooks import Runbook

_DATABASE: Final = re.compile(
    r"database|datasource|postgres|(?<![a-z])(?:db|pg|sql|rds)(?![a-z])|prisma|sequelize|typeorm|knex", re.IGNORECASE
)
"""What frameworks call the check of it."""


def _healthy(situation: Situation) -> Outcome:
    if not situation.settings.endpoints:
        return failed("no endpoint is probed: uptime.endpoints is empty in the environment's file")
    endpoints = endpoints_of(situation)
    seen = [Seen(f"endpoint {each.name}", _in_words(each)) for each in endpoints]
    checking = [each for each in endpoints if _names_database(each)]
    if not checking:
        return failed("no endpoint's body names a check of its database", *seen)
    healthy = [each for each in checking if each.current.state in (State.UP, State.SLOW) and _is_fresh(situation, each)]
    if not healthy:
        first = checking[0]
        fresh = (
            "" if _is_fresh(situation, first) else f", and was not seen in the last {duration(stale_after(situation))}"
        )
        return failed(f"endpoint {first.name} is {first.current.state}{fresh}", *seen)
    return passed(f"endpoint {healthy[0].name} answers as it should, and checks its database", *seen)


def _names_database(endpoint: Endpoint) -> bool:
    return any(_DATABASE.search(name) for name in endpoint.current.named_checks)


def _is_fresh(situation: Situation, endpoint: Endpoint) -> bool:
    known = endpoint.current.known_at
    return known is not None and situation.at - known <= stale_after(situation)


def _in_words(endpoint: Endpoint) -> str:
    named = ", ".join(endpoint.current.named_checks) or "nothing"
    return f"{endpoint.current.state}, its body checks {named}"


HEALTH_ENDPOINT: Final = Check(
    name="health-endpoint",
    line=Line.HEALTH_ENDPOINT,
    question="Does a health endpoint answer 200 and check its database?",
    why="An endpoint that always says ok is up while nobody can log in.",
    passes="The body of one names a check of its database, as `checks.database`, and the newest probe found the answer"
    " as the environment's file wants it, by default a status of 2xx.",
    remedy="Let /health ask the database and name it under `checks`, and probe it as [[uptime.endpoints]].",
    importance=Importance.BLOCKER,
    runbook=Runbook.SERVICE_DOWN,
    reads=READS,
    look=_healthy,
)
