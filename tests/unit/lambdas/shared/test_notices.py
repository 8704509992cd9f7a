"""A notice in the form that each kind of subscriber reads."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from lambdas.shared.notices import facts, headline, publish_notice
from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.notices import Change, Notice, identifier_of

AT = datetime(2026, 11, 24, 20, 33, 7, tzinfo=UTC)
RAISED = Notice(
    "finding/1",
    Level.HIGH,
    Change.RAISED,
    "Somebody tries keys é often",
    AT,
    measured="12 times in 5 min",
    runbook="https://runbooks.example/security-finding.md",
)


class Sns:
    def publish(self, **message):
        self.message = message


def published(notice):
    sns = Sns()
    publish_notice(sns, "arn:topic", notice)
    return sns.message, json.loads(sns.message["Message"])


def test_functions_get_the_notice():
    message, forms = published(RAISED)
    assert message["MessageStructure"] == "json"
    assert Notice.from_json(forms["default"]) == RAISED


def test_amazon_q_gets_required_schema():
    """Amazon q gets the schema that it does not drop."""
    _, forms = published(RAISED)
    document = json.loads(forms["https"])
    assert (document["version"], document["source"]) == ("1.0", "custom")
    assert document["content"]["title"] == "HIGH: Somebody tries keys é often"


def test_foreign_names_are_escaped():
    """Names that others chose neither link nor mention in the chat."""
    _, forms = published(replace(RAISED, title="<!channel> & more", measured="user <https://evil.example|console>"))
    content = json.loads(forms["https"])["content"]
    assert content["title"] == "HIGH: &lt;!channel&gt; &amp; more"
    assert "*How bad*: user &lt;https://evil.example|console&gt;" in content["description"]


def test_a_subject_is_one_that_sns_takes():
    message, _ = published(Notice("k", Level.LOW, Change.HAPPENED, "line\nbreak é " + "x" * 200, AT))
    assert len(message["Subject"]) < 100
    assert message["Subject"].isascii()
    assert message["Subject"].startswith("LOW: line break ? x")


def test_a_recovery_says_how_long_it_lasted():
    recovered = Notice("k", Level.HIGH, Change.RECOVERED, "it was down", AT, since=AT - timedelta(minutes=125))
    assert headline(recovered) == "Recovered after 2 h 5 min: it was down"
    assert facts(recovered)["Until"] == "24 Nov 2026, 20:33:07 UTC"


def test_a_repeated_notice_says_how_often():
    assert headline(Notice("k", Level.LOW, Change.HAPPENED, "seen", AT, count=12)) == "LOW: seen (12 times)"


def test_copies_share_one_identifier():
    """Copies of a notice have one identifier and its changes have others."""
    copy = Notice.from_json(RAISED.to_json())
    assert identifier_of(copy) == identifier_of(RAISED)
    recovered = Notice(RAISED.key, Level.HIGH, Change.RECOVERED, RAISED.title, AT)
    assert identifier_of(recovered) != identifier_of(RAISED)
