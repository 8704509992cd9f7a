"""What each channel is sent."""

import hashlib
import hmac
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from demo.inboxes import receivers
from lambdas.notify.channel import Channel, Store
from lambdas.notify.channels import renderer
from lambdas.notify.channels.slack_webhook.render import SECTION_LENGTH
from lambdas.notify.message import Message, merged
from lambdas.shared.service import SERVICE_TITLE
from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.notices import Change, Notice

AT = datetime(2026, 11, 24, 20, 33, 7, tzinfo=UTC)
SLACK_URL = "https://hooks.slack.example/services/x"
PAGER = Channel(
    "pager", "pagerduty", (Level.CRITICAL,), Store.SECRET, "s", url="https://events.pagerduty.com/v2/enqueue"
)
CHAT = Channel("chat", "slack_webhook", tuple(Level), Store.SECRET, "s")
HOOK = Channel("hook", "webhook", tuple(Level), Store.SECRET, "s", url="https://hook.example/in")
RAISED = Notice(
    "arn:aws:cloudwatch:x:1:alarm:a",
    Level.CRITICAL,
    Change.RAISED,
    "A & B <down>",
    AT,
    measured="up 0 (below 1)",
    runbook="https://runbooks.example/a.md",
    console="https://console.example/a",
    owner="team",
)
RECOVERED = Notice(RAISED.key, Level.CRITICAL, Change.RECOVERED, RAISED.title, AT + timedelta(hours=2), since=AT)


def requests(channel, *notices, secret=SLACK_URL):
    return renderer(channel.kind)(Message("prod", "delivery-1", merged(notices)), channel, secret, AT)


def documents(channel, *notices, **options):
    return [json.loads(request.body) for request in requests(channel, *notices, **options)]


def test_slack_gets_one_message():
    """Slack gets one message at the secret url that it takes."""
    (request,) = requests(CHAT, RAISED)
    assert request.url == "https://hooks.slack.example/services/x"
    _, _, arrival = receivers.slack(request.body, {})
    assert arrival.text.splitlines() == [
        "[prod] CRITICAL: A & B <down>",
        "*How bad*: up 0 (below 1)",
        "*Since*: 24 Nov 2026, 20:33:07 UTC",
        "*Runbook*: <https://runbooks.example/a.md|runbook>",
        "*Console*: <https://console.example/a|console>",
        "*Owner*: team",
    ]


def test_slack_takes_no_markup_from_an_alarm():
    second = Notice("b", Level.LOW, Change.HAPPENED, "<!channel> & more", AT)
    (document,) = documents(CHAT, RAISED, second)
    assert "&lt;!channel&gt; &amp; more" in document["blocks"][1]["text"]["text"]


def test_plain_chat_gets_same_text():
    """A chat without blocks is sent as much."""
    (document,) = documents(CHAT, RAISED, replace(RAISED, key="b", title="second"))
    assert document["text"].splitlines()[0] == "[prod] 2 alerts: 2 critical"
    shown = "\n".join(block["text"]["text"] for block in document["blocks"][1:])
    assert document["text"].partition("\n")[2] == shown


def test_slack_takes_a_storm_whole():
    """It has refused messages from 11 300 characters on."""
    storm = [replace(RAISED, key=f"k{n}", title=f"alarm {n} " + "x" * 250, meaning="y" * 900) for n in range(60)]
    for notices in (storm, storm[:1], [replace(RAISED, title="x" * 20_000, measured="<" * 20_000)]):
        (document,) = documents(CHAT, *notices)
        assert sum(len(block["text"]["text"]) for block in document["blocks"]) < 10_000
        assert len(document["text"]) < 10_000


def test_slack_lists_are_shortened():
    """Slack gets a list of forty and of a thousand."""

    def storm(number):
        return [Notice(f"k{n}", Level.HIGH, Change.RAISED, f"alarm {n:04} " + "x" * 120, AT) for n in range(number)]

    (request,) = requests(CHAT, *storm(40))
    text = receivers.slack(request.body, {})[2].text
    assert all(f"alarm {n:04}" in text for n in range(40))
    (request,) = requests(CHAT, *storm(2000))
    assert receivers.slack(request.body, {})[2].text.splitlines()[-1].startswith("and ")
    assert all(len(block["text"]["text"]) <= SECTION_LENGTH for block in json.loads(request.body)["blocks"])


def test_slack_drops_links_before_alerts():
    """Slack gets a list without links before any alert is left out."""
    links = {"runbook": "https://runbooks.example/a", "console": f"https://console.example/{'c' * 150}"}
    storm = [Notice(f"k{n}", Level.HIGH, Change.RAISED, f"alarm {n:03} " + "x" * 80, AT, **links) for n in range(70)]
    (few,), (many,) = documents(CHAT, *storm[:20]), documents(CHAT, *storm)
    assert few["text"].count("|console>") == 20
    assert [f"alarm {n:03}" in many["text"] for n in range(70)] == [True] * 70
    assert "|console>" not in many["text"]


def test_pagerduty_event_resolves_by_key():
    """Pagerduty gets an event that resolves under the same key."""
    (trigger,) = documents(PAGER, RAISED, secret=receivers.ROUTING_KEY)
    (resolve,) = documents(PAGER, RECOVERED, secret=receivers.ROUTING_KEY)
    for event in (trigger, resolve):
        assert receivers.pagerduty(json.dumps(event).encode(), {})[0] == 202
    assert trigger["dedup_key"] == resolve["dedup_key"] == RAISED.key
    assert (trigger["event_action"], resolve["event_action"]) == ("trigger", "resolve")
    assert trigger["payload"]["severity"] == "critical"
    assert trigger["payload"]["summary"] == "[prod] CRITICAL: A & B <down>: up 0 (below 1)"
    assert trigger["payload"]["custom_details"]["How bad"] == "up 0 (below 1)"
    assert [link["text"] for link in trigger["links"]] == ["Runbook", "Console"]
    assert trigger["client_url"] == RAISED.console


def test_pagerduty_takes_the_longest_alarm():
    long = replace(RAISED, meaning="m" * 600_000, runbook=f"https://x.example/{'r' * 5000}")
    (event,) = documents(PAGER, long)
    assert len(json.dumps(event)) < 100_000
    assert [link["text"] for link in event["links"]] == ["Console"]


def test_pagerduty_wakes_nobody_for_what_is_over():
    (event,) = documents(PAGER, RAISED, RECOVERED)
    assert event["event_action"] == "resolve"


def test_pagerduty_gets_one_event_for_each_alarm():
    others = [Notice(f"k{n}", Level.CRITICAL, Change.RAISED, "bad", AT) for n in range(3)]
    assert [event["dedup_key"] for event in documents(PAGER, *others)] == ["k0", "k1", "k2"]


@pytest.mark.parametrize(("level", "severity"), list(zip(Level, ["critical", "error", "warning", "info"], strict=True)))
def test_every_level_has_a_severity(level, severity):
    (event,) = documents(PAGER, Notice("k", level, Change.RAISED, "bad", AT))
    assert event["payload"]["severity"] == severity


def test_long_key_is_shortened_uniquely():
    """A long key is shortened to one that is as unique."""
    keys = {
        documents(PAGER, Notice("k" * 300 + end, Level.LOW, Change.RAISED, "bad", AT))[0]["dedup_key"] for end in "ab"
    }
    assert len(keys) == 2
    assert all(len(key) <= 255 for key in keys)


def test_webhook_signature_has_a_time():
    """A webhook can verify who sent it and when."""
    (request,) = requests(HOOK, RAISED, secret="the key")
    assert request.url == HOOK.url
    assert request.headers["JunkOS-Timestamp"] == str(int(AT.timestamp()))
    signed = request.headers["JunkOS-Timestamp"].encode() + b"." + request.body
    assert request.headers["JunkOS-Signature"] == f"v1={hmac.new(b'the key', signed, hashlib.sha256).hexdigest()}"


def test_webhook_gets_notice_with_identifiers():
    """A webhook gets the notice whole with identifiers to know a repeated one by."""
    (document,) = documents(HOOK, RAISED, RECOVERED)
    assert document["delivery"] == "delivery-1"
    (notice,) = document["notices"]
    assert (notice["key"], notice["over"], notice["change"]) == (RAISED.key, True, "recovered")
    assert notice["text"] == "Was critical for 2 h: A & B <down>"
    assert notice["id"]


def test_messages_are_of_the_service(monkeypatch):
    monkeypatch.setenv(SERVICE_TITLE, "Acme Shop")
    (hook,) = requests(HOOK, RAISED, secret="the key")
    assert {name for name in hook.headers if name != "Content-Type"} == {
        "Acme-Shop-Delivery",
        "Acme-Shop-Timestamp",
        "Acme-Shop-Signature",
    }
    (event,) = documents(PAGER, RAISED)
    assert (event["client"], event["payload"]["source"]) == ("Acme Shop Monitoring", "acme-shop-prod")


def test_logged_request_has_no_secret():
    """No secret can be read from a request that is logged."""
    (chat,) = requests(CHAT, RAISED, secret="https://hooks.slack.example/services/the-secret")
    assert "the-secret" not in repr(chat)
