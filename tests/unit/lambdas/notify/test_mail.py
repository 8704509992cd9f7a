"""E-mails and text messages, as SNS is given them."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from lambdas.notify.channels.sns.publish import publish
from lambdas.notify.message import Message, merged
from lambdas.shared.delivery_errors import PermanentError, RetryError
from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.notices import Change, Notice

AT = datetime(2026, 11, 24, 9, 5, 7, tzinfo=UTC)
DOWN = Notice(
    "arn:aws:cloudwatch:x:1:alarm:api-down",
    Level.CRITICAL,
    Change.RAISED,
    "api is down é",
    AT,
    measured="up of api 0 (below 1)",
    first_look="the endpoint's newest line",
    runbook="https://runbooks.example/service-down.md",
)
SLOW = replace(DOWN, key="slow", level=Level.MEDIUM, title="api is slow")


class Sns:
    """Takes messages, but those of the levels with a fault."""

    def __init__(self, **faults):
        self.faults, self.published = faults, {}

    def publish(self, **message):
        level = message["MessageAttributes"]["level"]["StringValue"]
        if fault := self.faults.get(level):
            raise fault
        self.published[level] = message["Subject"], json.loads(message["Message"])


def refusal(code):
    return ClientError({"Error": {"Code": code, "Message": "quoted: secret"}}, "Publish")


def sent(*notices, sns=None):
    sns = sns or Sns()
    publish(sns, Message("prod", "id", merged(notices)), "arn:topic")
    return sns.published


def test_mail_says_what_and_when():
    """One alert says what since when and what to do."""
    subject, forms = sent(DOWN)["critical"]
    assert subject == "[prod] CRITICAL: api is down ?, since 09:05 UTC: up of api 0 (below 1)"
    assert forms["sms"] == subject
    assert forms["email"].splitlines() == [
        "CRITICAL: api is down é",
        "How bad: up of api 0 (below 1)",
        "Since: 24 Nov 2026, 09:05:07 UTC",
        "First look: the endpoint's newest line",
        "Runbook: https://runbooks.example/service-down.md",
    ]


def test_its_end_says_how_long_it_lasted():
    over = replace(DOWN, change=Change.RECOVERED, at=AT + timedelta(minutes=10), since=AT, measured="")
    assert sent(over)["critical"][0] == "[prod] Recovered after 10 min: api is down ?, at 09:15 UTC"


def test_forty_alerts_are_mail_per_level():
    """Forty alerts are a mail for each level."""
    storm = [replace(DOWN, key=f"k{n}", title=f"alarm {n:02}") for n in range(40)]
    published = sent(*storm, SLOW)
    assert published["critical"][0].startswith("[prod] 40 alerts: 40 critical: alarm 00; alarm 01; ")
    assert all(f"CRITICAL: alarm {n:02}" in published["critical"][1]["email"] for n in range(40))
    assert "api is slow" not in published["critical"][1]["email"]
    assert published["medium"][0].startswith("[prod] MEDIUM: api is slow")


def test_the_longest_storm_fits():
    storm = [replace(DOWN, key=f"k{n}", meaning="m" * 5000) for n in range(400)]
    _, forms = sent(*storm)["critical"]
    assert len(json.dumps(forms)) < 200_000
    assert forms["email"].rstrip().endswith(" more")
    assert len(sent(replace(DOWN, title="t" * 500))["critical"][0]) < 100


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (refusal("Throttling"), RetryError),
        (refusal("InternalError"), RetryError),
        (EndpointConnectionError(endpoint_url="https://sns"), RetryError),
        (refusal("NotFound"), PermanentError),
        (refusal("AuthorizationError"), PermanentError),
    ],
)
def test_refused_mail_keeps_other_levels(fault, kind):
    """What sns does not take is named and the other levels are sent."""
    sns = Sns(critical=fault)
    with pytest.raises(kind, match="SNS did not accept it: ") as error:
        sent(DOWN, SLOW, sns=sns)
    assert error.value.keys == {DOWN.key}
    assert "secret" not in str(error.value)
    assert set(sns.published) == {"medium"}
