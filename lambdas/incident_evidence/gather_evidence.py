"""What was found when an incident opened, handed to the function that keeps incidents."""

import json
import time
from collections.abc import Mapping
from typing import Any

from lambdas.incident_evidence.gather import gather
from lambdas.incident_evidence.settings import Settings
from lambdas.incident_evidence.source import Client, Situation
from lambdas.incident_evidence.sources import SOURCES
from lambdas.shared.clock import Clock, now
from lambdas.shared.incidents.table import IncidentTable
from lambdas.shared.service import Here, own_names
from lambdas.vocabulary.codec import encode
from lambdas.vocabulary.incidents import Gathered


class UnknownIncidentError(LookupError):
    """No incident has this number."""


class NotKeptError(RuntimeError):
    """The function that keeps incidents failed; the platform tries all of it again."""


def gather_evidence(event: Mapping[str, Any], settings: Settings, client: Client, clock: Clock = now) -> dict[str, Any]:
    """Gather for `event["incident"]`, hand it over, and say what failed.

    Raises UnknownIncidentError, NotKeptError, and what the clients raise for the table and that function.
    """
    number, began = int(event["incident"]), time.monotonic()
    incident = IncidentTable(client("dynamodb"), settings.incidents).incident(number)
    if incident is None:
        raise UnknownIncidentError(f"incident {number} is not in table {settings.incidents} (was it named by hand?)")
    situation = Situation(incident, clock(), Here(settings.environment, own_names().service), settings, client)
    evidence = gather(situation, [source for source in SOURCES if source.is_there(settings)])
    gathered = Gathered(situation.at, evidence, seconds=round(time.monotonic() - began, 1))
    _hand_over(number, gathered, settings, client)
    failed = [each.source for each in evidence if each.failed]
    return {"incident": number, "seconds": gathered.seconds, "sources": len(evidence), "failed": failed}


def _hand_over(number: int, gathered: Gathered, settings: Settings, client: Client) -> None:
    payload = {"evidence": {"incident": number, "gathered": encode(gathered)}}
    answer = client("lambda").invoke(
        FunctionName=settings.incident_function,
        InvocationType="RequestResponse",  # else nobody would see that it was not kept
        Payload=json.dumps(payload).encode(),
    )
    if "FunctionError" in answer:
        raise NotKeptError(f"{settings.incident_function} did not keep the evidence of incident {number} (its log?)")
