"""Alarms, answers and ticks as the function is invoked with them: who is paged, once, and what is kept."""

import json
from dataclasses import replace
from datetime import timedelta
from functools import partial

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from lambdas.incident.chat import ChatTarget
from lambdas.incident.respond import BadEventError, NotDoneError
from lambdas.shared.incidents.keys import stored_keys
from lambdas.shared.incidents.links import Purpose, read
from lambdas.vocabulary.codec import encode
from lambdas.vocabulary.incidents import Answer, Evidence, Gathered, State, Way
from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.notices import TEST_ALERT, Change, Notice
from lambdas.vocabulary.on_call import Override
from tests.unit.lambdas.incident.samples import MINUTE, START
from tests.unit.lambdas.incident.world import BUCKET, ROTA, World, link_in

CHAT = ChatTarget("secret", "chat", allow_private=True).to_json()


@pytest.fixture
def account():
    with mock_aws():
        client = partial(boto3.client, region_name="us-east-1")
        client("s3").create_bucket(Bucket=BUCKET)
        client("secretsmanager").create_secret(Name="chat", SecretString="https://chat.example/hook")
        yield client


@pytest.fixture
def world(account):
    return World(account)


@pytest.fixture
def chatting(account):
    return World(account, chat=CHAT)


def test_night_goes_by_the_rules(world):
    """Primary, again, backup; taken; reminded; over; written up."""
    world.notices(world.raised())
    world.tick_until(16)
    assert world.sns.pages() == ["ana", "ana", "ben"]
    world.reply(Answer.TAKE, "ben")
    assert ("ana", "Incident 1: ben took it (by link)") in world.sns.mails()
    world.tick_until(46)
    assert world.sns.pages() == ["ana", "ana", "ben", "ben"]
    world.reply(Answer.TAKE, "ben")
    world.at(50).notices(world.recovered())
    world.tick_until(61)
    assert world.incident().state is State.CLOSED
    assert len(world.sns.pages()) == 4
    assert "resolved after 50 min" in world.story()
    assert [it["Key"] for it in world.aws_client("s3").list_objects_v2(Bucket=BUCKET)["Contents"]] == [
        "reviews/1/review.html",
        "reviews/1/review.md",
    ]


def test_page_has_a_link_of_its_person(world):
    world.notices(world.raised())
    token = link_in(world.sns.sent[0]).rpartition("/")[2]
    link = read(stored_keys(world.table, START), token, START, Purpose.ANSWER)
    assert (link.incident, link.person, link.expires_at) == (1, "ana", START + timedelta(days=7))


def test_evidence_is_gathered_once(world):
    world.notices(world.raised())
    world.tick()
    assert world.functions.invoked == [("evidence", {"incident": 1})]


def test_doubled_notice_pages_once(world):
    notice = world.raised()
    world.notices(notice, notice)
    world.notices(notice)
    assert world.sns.pages() == ["ana"]
    assert world.incident(2) is None


def test_recovery_that_overtakes_its_alarm(world):
    """Both are late: what began is over already, and nobody is paged for it."""
    began = world.raised()
    world.at(2).notices(world.recovered())
    world.at(3).notices(began)
    assert world.sns.pages() == []
    assert world.incident(1) is None


def test_doubled_delivery_after_the_end(world):
    notice = world.raised()
    world.notices(notice)
    world.at(2).notices(world.recovered())
    world.tick_until(20)
    world.at(25).notices(notice)
    assert world.incident(2) is None


@pytest.mark.slow
def test_many_alarms_are_one_incident(world):
    """500 alarms in ten seconds: one incident, one page, and all of them in it."""
    for start in range(0, 500, 40):
        world.moment = START + timedelta(seconds=start / 50)
        world.notices(*(world.raised(f"alarm-{number}", Level.HIGH) for number in range(start, min(start + 40, 500))))
    assert world.sns.pages() == ["ana"]
    assert world.incident(2) is None
    assert len(world.incident().subjects) == 500
    world.at(2).notices(*(world.recovered(f"alarm-{number}", Level.HIGH) for number in range(500)))
    assert world.incident().state is State.RESOLVED


def test_later_alarm_is_another_incident(world):
    world.notices(world.raised())
    world.at(31).notices(world.raised("other"))
    assert world.incident(2).title == "other is down"


def test_stale_incident_takes_no_alarm_in(world):
    """Its timers stopped: what is new would page nobody."""
    world.notices(world.raised())
    week = 7 * 24 * 60
    world.at(week).tick()
    world.reply(Answer.NOTE, "ana", text="still looking")
    world.at(week + 1).notices(world.raised("other"))
    assert world.incident(2).title == "other is down"
    assert world.sns.pages()[-1] == world.incident(2).paged[0]


def test_worst_of_a_batch_is_paged(world):
    world.notices(world.raised("latency", Level.HIGH), world.raised("api", Level.CRITICAL))
    assert world.sns.pages() == ["ana"]
    assert (world.incident().level, world.incident().title) == (Level.CRITICAL, "api is down")


def test_medium_pages_nobody(world):
    world.notices(world.raised("slow", Level.MEDIUM), world.raised("certificate", Level.LOW))
    world.tick_until(30)
    assert world.sns.pages() == []
    assert world.incident(1) is None


def test_lasting_medium_is_repeated(world):
    world.notices(world.raised("slow", Level.MEDIUM))
    world.tick_until(250, every=10)
    titles = [notice.title for notice in world.sns.notices()]
    assert titles == ["Still, after 2 h: slow is down", "Still, after 4 h: slow is down"]
    world.notices(world.recovered("slow", Level.MEDIUM))
    world.tick_until(500, every=30)
    assert len(world.sns.notices()) == 2


def test_nothing_is_lost_with_the_invocation(world, monkeypatch):
    """The function is killed between the change and the page: the next tick pages."""

    def killed(_):
        raise SystemExit

    monkeypatch.setattr(type(world.responder.worker), "do", lambda *_: killed(None))
    with pytest.raises(SystemExit):
        world.notices(world.raised())
    monkeypatch.undo()
    assert world.sns.pages() == []
    world.at(1).tick()
    assert world.sns.pages() == ["ana"]


def test_page_whose_note_was_lost_comes_again(world, monkeypatch):
    """Killed between the page and its note: whether it went out nobody knows, and twice is better than never."""

    def killed(*_):
        raise SystemExit

    monkeypatch.setattr(type(world.table), "page_sent", killed)
    with pytest.raises(SystemExit):
        world.notices(world.raised())
    monkeypatch.undo()
    world.moment += timedelta(seconds=30)
    world.tick()
    assert world.sns.pages() == ["ana"]  # the first one may still be at work
    world.moment += timedelta(seconds=40)
    world.tick()
    assert world.sns.pages() == ["ana", "ana"]


def test_dead_topic_leaves_the_chat(chatting):
    """The notifier's way is dead while it escalates: the next way is used."""
    chatting.sns.fault = "InternalError"
    chatting.notices(chatting.raised())
    assert chatting.sns.pages() == []
    assert chatting.chats.posted[0]["text"].startswith("<@UANA> [prod] CRITICAL: api is down (incident 1)")
    assert chatting.incident().first_paged_at == START


def test_dead_ways_are_tried_again_and_reported(chatting):
    chatting.sns.fault, chatting.chats.fails = "InternalError", True
    chatting.notices(chatting.raised())
    chatting.at(1).tick()
    with pytest.raises(NotDoneError, match="waited for minutes"):
        chatting.at(6).tick()
    chatting.sns.fault, chatting.chats.fails = "", False
    chatting.at(7).tick()
    assert set(chatting.sns.pages()) == {"ana"}


def test_one_refused_person_holds_up_nobody(world):
    world.sns.refused = {"ana"}
    world.notices(world.raised())
    world.at(5).tick()
    world.at(15)
    with pytest.raises(NotDoneError):
        world.tick()
    assert world.sns.pages() == ["ben"]


def test_nobody_is_paged_for_what_was_taken_meanwhile(world):
    """A page that could not be sent, and somebody took it: it is not sent later."""
    world.sns.fault = "InternalError"
    world.notices(world.raised())
    world.at(1).reply(Answer.TAKE, "ben", via=Way.COMMAND)
    world.sns.fault = ""
    world.at(2).tick()
    assert world.sns.pages() == []


def test_throttled_table_is_the_callers_to_repeat(world, monkeypatch):
    error = ClientError({"Error": {"Code": "ProvisionedThroughputExceededException"}}, "Query")

    def throttled(*_, **__):
        raise error

    monkeypatch.setattr(type(world.table), "open_incidents", throttled)
    with pytest.raises(ClientError):
        world.notices(world.raised())
    monkeypatch.undo()
    world.notices(world.raised())
    assert world.sns.pages() == ["ana"]


def test_two_openings_at_once_are_one_incident(world, monkeypatch):
    """Both have seen that nothing is open: the second one joins the first."""
    table, stored = type(world.table), []
    original = table.store

    def after_another(self, change):
        if not stored:
            stored.append(change)
            world.notices(world.raised("database"))
        return original(self, change)

    monkeypatch.setattr(table, "store", after_another)
    world.notices(world.raised("api"))
    assert world.incident(2) is None
    assert {subject.title for subject in world.incident().subjects} == {"api is down", "database is down"}
    assert world.sns.pages() == ["ana"]


def test_late_ticks_catch_up(world):
    """The tick was dead for ten minutes: people are paged once, and get their time."""
    world.notices(world.raised())
    world.at(25).tick()
    assert world.sns.pages() == ["ana", "ben"]
    world.at(26).tick()
    assert len(world.sns.pages()) == 2


def test_doubled_tick_pages_once(world):
    world.notices(world.raised())
    world.at(5).tick()
    world.tick()
    assert world.sns.pages() == ["ana", "ana"]


def test_test_alert_pages_who_is_on_call(world):
    notice = Notice(f"{TEST_ALERT}prod/1", Level.CRITICAL, Change.RAISED, "Test alert: nothing is wrong", START)
    world.notices(notice)
    assert world.sns.pages() == ["ana"]
    assert "TEST" in world.sns.sent[0]["Subject"]
    world.at(1).notices(replace(notice, change=Change.RECOVERED, at=world.moment, since=START))
    assert world.incident().is_open  # somebody is to take it
    assert world.at(2).reply(Answer.TAKE, "ana")["text"] == "the test page ends with it"
    assert world.incident().state is State.CLOSED
    assert world.functions.invoked == []


def test_unanswered_test_page_ends(world):
    world.notices(Notice(f"{TEST_ALERT}prod/1", Level.CRITICAL, Change.RAISED, "Test alert", START))
    world.tick_until(120, every=5)
    assert world.incident().state is State.CLOSED
    assert "nobody took the test page" in world.story()


def test_test_page_takes_no_alarm_in(world):
    world.notices(Notice(f"{TEST_ALERT}prod/1", Level.CRITICAL, Change.RAISED, "Test alert", START))
    world.at(1).notices(world.raised())
    assert world.incident(2).title == "api is down"


def test_form_is_accepted_once(world):
    world.notices(world.raised())
    assert world.reply(Answer.SNOOZE, "ana", minutes=30, nonce="n1")["outcome"] == "done"
    world.tick_until(31)
    assert world.incident().state is State.TRIGGERED
    assert world.reply(Answer.TAKE, "ana", nonce="n1")["outcome"] == "repeated"
    assert world.incident().state is State.TRIGGERED


@pytest.mark.parametrize(
    ("answer", "fields", "reason"),
    [
        (Answer.TAKE, {"by": " "}, "say who you are"),
        (Answer.NOTE, {"by": "ana", "text": " "}, "a note needs a text"),
        (Answer.NOTE, {"by": "ana", "text": "x" * 2001}, "2000 characters"),
        (Answer.SNOOZE, {"by": "ana", "minutes": 100_000}, "a snooze lasts"),
        (Answer.TAKE, {"by": "ana", "number": 7}, "no incident 7"),
        (Answer.RESOLVE, {"by": "ana"}, "still fires"),
    ],
)
def test_impossible_answers_are_refused(world, answer, fields, reason):
    world.notices(world.raised())
    before = world.incident()
    said = world.reply(answer, **fields)
    assert said["outcome"] == "refused"
    assert reason in said["text"]
    assert world.incident() == before


def test_snooze_until_morning_ends_at_local_eight(world):
    world.notices(world.raised())
    world.reply(Answer.SNOOZE, "ana")
    assert world.incident().snoozed_until.isoformat() == "2026-11-02T07:00:00+00:00"


def test_note_stands_in_the_reminder(world):
    world.notices(world.raised())
    world.reply(Answer.TAKE, "ana")
    world.at(5).reply(Answer.NOTE, "ana", text="restarted the pooler")
    world.tick_until(31)
    reminder = json.loads(world.sns.sent[-1]["Message"])["email"]
    assert "restarted the pooler" in reminder
    assert "Still open" in world.sns.sent[-1]["Subject"]


def test_override_while_a_step_waits(world):
    """The next page goes to who is on call by then."""
    world.notices(world.raised())
    world.at(2).responder.respond(
        {
            "override": {
                "person": "cem",
                "instead_of": "ana",
                "start": world.moment.isoformat(),
                "until": (world.moment + 60 * MINUTE).isoformat(),
                "by": "ben",
            }
        }
    )
    assert {person for person, _ in world.sns.mails()} == {"ana", "cem"}
    world.tick_until(5)
    assert world.sns.pages() == ["ana", "cem"]


@pytest.mark.parametrize(
    "override",
    [
        {"person": "zoe", "instead_of": "ana"},
        {"person": "ana", "instead_of": "ana"},
        {"person": "ben", "instead_of": "ana", "until": "2026-11-01T00:00:00+00:00"},
    ],
)
def test_impossible_overrides_are_refused(world, override):
    whole = {"start": "2026-10-31T00:00:00+00:00", "until": "2026-11-03T00:00:00+00:00", "by": "ben", **override}
    with pytest.raises(BadEventError):
        world.responder.respond({"override": whole})
    assert world.table.documents("override") == []


def test_override_is_taken_back(world):
    whole = {"start": START.isoformat(), "until": (START + MINUTE).isoformat(), "by": "ben"}
    made = world.responder.respond({"override": {**whole, "person": "cem", "instead_of": "ana"}})
    world.responder.respond({"remove_override": {**made, "by": "ben"}})
    assert world.table.documents("override") == []


def test_handoff_is_written_to_both(world):
    """On Monday at nine in Berlin ben follows ana, and cem him as the backup: once, however late the tick comes."""
    world.tick()
    for minute in (299, 310, 311):
        world.at(minute).tick()
    subjects = world.sns.mails()
    assert ("ana", "[prod] You are no longer on call: ben is") in subjects or len(subjects) >= 2
    assert len(subjects) == len(set(subjects))


def test_hole_is_a_low_notice_once(account):
    gap = Override("ben", START + timedelta(days=3), START + timedelta(days=4), "ana")
    world = World(account, rota=replace(ROTA, people=("ana", "ben"), overrides=(gap,)).to_json())
    world.tick()
    world.tick_until(60, every=20)
    (notice,) = world.sns.notices()
    assert (notice.level, notice.change) == (Level.LOW, Change.RAISED)
    assert "Nobody is backup" in notice.title


def test_evidence_goes_into_the_thread(account):
    """Of an app, whose first message opens the thread that all others are in."""
    app = ChatTarget("secret", "chat", channel="C01", url="https://slack.example/", allow_private=True).to_json()
    world = World(account, chat=app)
    world.chats.answer = b'{"ok": true, "ts": "171.1"}'
    world.notices(world.raised())
    assert [element["action_id"] for element in world.chats.posted[0]["blocks"][1]["elements"]] == [
        "take",
        "snooze",
        "cannot",
    ]
    gathered = Gathered(START, (Evidence("Deployments", ("1.4.2, 12 min before",), suspected=True),))
    world.responder.respond({"evidence": {"incident": 1, "gathered": encode(gathered)}})
    assert world.chats.posted[1]["thread_ts"] == "171.1"
    assert "Deployments: 1.4.2, 12 min before" in world.chats.posted[1]["text"]
    assert world.table.evidence(1) == gathered


@pytest.mark.parametrize("answer", [b'{"ok": false, "error": "channel_not_found"}', b"<html>"])
def test_slack_that_refuses_is_no_success(account, answer):
    app = ChatTarget("secret", "chat", channel="C01", url="https://slack.example/").to_json()
    world = World(account, chat=app)
    world.chats.answer = answer
    world.sns.fault = "InternalError"
    world.notices(world.raised())
    assert world.incident().first_paged_at is None


def test_chat_shows_outside_text_as_it_is(chatting):
    chatting.notices(chatting.raised("<!channel> & <https://evil.example|click>"))
    assert "<!channel>" not in chatting.chats.posted[0]["text"]


def test_actions_are_kept_and_done(world):
    world.notices(world.raised())
    action = {"identifier": "", "incident": 1, "text": "add an index", "owner": "ana", "due": "2026-11-09"}
    kept = world.responder.respond({"action": action})
    world.responder.respond({"action_done": {"identifier": kept["identifier"], "by": "ana"}})
    assert '"done_at": "2026-11-02' in world.table.documents("action")[0]
    with pytest.raises(BadEventError):
        world.responder.respond({"action_done": {"identifier": "none", "by": "ana"}})


def test_overdue_actions_are_a_weekly_notice(world):
    world.tick()
    action = {"identifier": "", "incident": 1, "text": "add an index", "owner": "ana", "due": "2026-11-01"}
    world.responder.respond({"action": action})
    for day in range(1, 15):
        world.at(day * 24 * 60 + 6 * 60).tick()
    assert len([notice for notice in world.sns.notices() if "overdue" in notice.title]) == 2


@pytest.mark.parametrize(
    "event", [{}, {"reply": {"incident": 1}}, {"notices": [{}]}, {"override": {}}, {"evidence": 3}]
)
def test_unknown_event_is_one_line(world, event):
    with pytest.raises(BadEventError) as caught:
        world.responder.respond(event)
    assert "\n" not in str(caught.value)
