"""From the incident's number to the function that keeps incidents."""

import io
import json

import pytest
from moto import mock_aws

from lambdas.incident_evidence import gather_evidence as module
from lambdas.incident_evidence.gather_evidence import NotKeptError, UnknownIncidentError, gather_evidence
from lambdas.incident_evidence.source import Found, Source
from lambdas.shared import aws
from lambdas.shared.incidents.table import Change, IncidentTable
from lambdas.vocabulary.codec import decode
from lambdas.vocabulary.incidents import Evidence, Gathered
from tests.unit.lambdas.incident_evidence.situation import INCIDENTS, NOW, incident, incidents_in, settings


class Functions:
    def __init__(self):
        self.asked, self.error = [], {}

    def invoke(self, **asked):
        self.asked.append(asked)
        return {"Payload": io.BytesIO(b"{}"), **self.error}


def no_lines(_situation):
    raise OSError("refused")


SOURCES = (
    Source("Refused", no_lines),
    Source("Changes", lambda found: Found((found.incident.title,), suspected=True)),
    Source("Elsewhere", lambda _: Found(), needs="instance"),
)


@pytest.fixture
def functions(monkeypatch):
    monkeypatch.setattr(module, "SOURCES", SOURCES)
    return Functions()


@pytest.fixture
def run(functions):
    with mock_aws():
        dynamodb = aws.client("dynamodb")
        incidents_in(dynamodb)
        IncidentTable(dynamodb, INCIDENTS).store(Change(incident(1), is_new=True))
        clients = {"dynamodb": dynamodb, "lambda": functions}
        yield lambda number: gather_evidence(
            {"incident": number}, settings(instance=None), clients.__getitem__, lambda: NOW
        )


def test_evidence_is_handed_over(run, functions):
    answer = run(1)
    (asked,) = functions.asked
    assert (asked["FunctionName"], asked["InvocationType"]) == ("junkos-prod-incident", "RequestResponse")
    payload = json.loads(asked["Payload"])["evidence"]
    gathered = decode(Gathered, payload["gathered"])
    assert payload["incident"] == 1
    assert gathered.at == NOW
    assert gathered.evidence == (
        Evidence("Changes", ("The API fails",), suspected=True),
        Evidence("Refused", failed="refused"),
    )
    assert answer == {"incident": 1, "seconds": gathered.seconds, "sources": 2, "failed": ["Refused"]}


def test_unkept_evidence_is_an_error(run, functions):
    functions.error = {"FunctionError": "Unhandled"}
    with pytest.raises(NotKeptError, match="did not keep the evidence of incident 1"):
        run(1)


def test_unknown_incident_is_an_error(run, functions):
    with pytest.raises(UnknownIncidentError, match="incident 2 is not in table junkos-prod-incidents"):
        run(2)
    assert functions.asked == []


def test_real_sources_need_known_settings():
    """A source that needs a setting of no such name would never be there."""
    names = set(vars(settings()))
    assert {source.needs for source in module.SOURCES} - {""} <= names


def test_every_source_is_there_in_full():
    assert len({source.name for source in module.SOURCES}) == len(module.SOURCES)
    bare = settings(errors=None, instance=None, guardduty=False, deployments=())
    assert [source.name for source in module.SOURCES if source.is_there(bare)] == [
        "Alarms in alarm",
        "Database",
        "Mutes in force",
        "Earlier incidents",
    ]
