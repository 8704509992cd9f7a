"""Each check answers alone, whatever happens to the others; waivers and attestations hold until their day is over."""

import threading
from dataclasses import replace
from datetime import date, timedelta

import pytest

from lambdas.checklist.check import Check, Outcome, Reads, Situation, failed, passed, unknown
from lambdas.checklist.evaluate import evaluate
from lambdas.shared.service import Here
from lambdas.vocabulary.checklist import Attestation, Importance, Line, Seen, Verdict, Waiver
from tests.unit.lambdas.checklist.accounts import AT, DENIED, SETTINGS, THROTTLED, Account, ask, refusal

HERE = Here("prod", "junkos")


def check(look, name: str = "sample", **more) -> Check:
    return Check(
        name=name,
        line=Line.GUARDDUTY,
        question="Is it so?",
        why="Why.",
        passes="It is so.",
        remedy="Make it so.",
        look=look,
        **more,
    )


def lists_topics(situation: Situation) -> Outcome:
    topics = situation.account.pages("sns", "list_topics", "Topics")
    return passed(f"{len(topics)} topics", Seen("topics", str(len(topics)))) if topics else failed("no topic")


LISTING = check(lists_topics, reads=(Reads(("sns:ListTopics",), because="It reads only."),))


def test_every_page_is_read() -> None:
    answer = ask(LISTING, Account({"sns.list_topics": [{"Topics": [1, 2]}, {"Topics": [3]}]}))
    assert (answer.verdict, answer.text) == (Verdict.PASS, "3 topics")
    assert [(call.action, call.at) for call in answer.calls] == [("sns:ListTopics", AT)]


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (DENIED, "was denied"),
        (THROTTLED, "was throttled"),
        (refusal("OptInRequired", "not subscribed"), "OptInRequired"),
        (refusal("InternalError"), "InternalError"),
    ],
    ids=["denied", "throttled", "a region switched off", "broken"],
)
def test_a_listing_that_breaks_off_is_no_listing(error: Exception, says: str) -> None:
    answer = ask(LISTING, Account({"sns.list_topics": [{"Topics": [1]}, error]}))
    assert answer.verdict is Verdict.UNKNOWN
    assert says in answer.text
    assert answer.remedy


def test_a_check_that_is_wrong_takes_no_other_with_it() -> None:
    def wrong(_: Situation) -> Outcome:
        raise KeyError("Topics")

    answers = evaluate([check(wrong, "a"), check(lambda _: passed("fine"), "b")], SETTINGS, HERE, Account().client)
    assert [answer.verdict for answer in answers] == [Verdict.UNKNOWN, Verdict.PASS]
    assert "the check itself failed: KeyError" in answers[0].text


def test_a_check_that_hangs_is_not_waited_for() -> None:
    ends = threading.Event()

    def hangs(_: Situation) -> Outcome:
        ends.wait(30)
        return passed("too late")

    checks = [check(hangs, "a"), check(lambda _: passed("fine"), "b")]
    answers = evaluate(checks, SETTINGS, HERE, Account().client, limit=0.2)
    ends.set()
    assert [answer.verdict for answer in answers] == [Verdict.UNKNOWN, Verdict.PASS]


def test_what_two_checks_ask_is_asked_once() -> None:
    asked = []

    def identity() -> dict[str, str]:
        asked.append(1)
        return {"Account": "123456789012"}

    def look(situation: Situation) -> Outcome:
        return passed(str(situation.account.get("sts", "get_caller_identity")))

    checks = [check(look, f"number-{number}") for number in range(20)]
    answers = evaluate(checks, SETTINGS, HERE, Account({"sts.get_caller_identity": identity}).client)
    assert len(asked) == 1
    assert all([call.action for call in answer.calls] == ["sts:GetCallerIdentity"] for answer in answers)


def test_an_error_is_that_of_everybody_who_asks() -> None:
    checks = [check(lists_topics, f"number-{number}") for number in range(20)]
    answers = evaluate(checks, SETTINGS, HERE, Account({"sns.list_topics": DENIED}).client)
    assert {answer.verdict for answer in answers} == {Verdict.UNKNOWN}


def test_what_was_seen_is_masked_and_in_one_line() -> None:
    said = "postgresql://ana:hunter2-secret@db/shop\nsecond"
    answer = ask(check(lambda _: failed(said, Seen("url", said))), Account())
    assert "hunter2-secret" not in str(answer)
    assert "\n" not in answer.text + answer.seen[0].value


@pytest.mark.parametrize(
    ("until", "verdict"),
    [(AT.date(), Verdict.WAIVED), (AT.date() - timedelta(days=1), Verdict.FAIL)],
    ids=["on its last day", "after it"],
)
def test_a_waiver_holds_until_its_day_is_over(until: date, verdict: Verdict) -> None:
    wanted = check(lambda _: failed("junkos-prod-x is off"), importance=Importance.BLOCKER)
    answer = ask(wanted, Account(), waivers=(Waiver("sample", until, "ana", "moved in May"),))
    assert answer.verdict is verdict
    assert answer.blocks is (verdict is Verdict.FAIL)
    for said in ("junkos-prod-x is off", "ana", str(until)):
        assert said in answer.text


def test_a_waiver_of_what_passes_changes_nothing() -> None:
    given = (Waiver("sample", AT.date(), "ana", "moved in May"),)
    assert ask(check(lambda _: passed("on")), Account(), waivers=given).verdict is Verdict.PASS


def test_what_is_unknown_can_be_waived() -> None:
    given = (Waiver("sample", AT.date(), "ana", "no plan for that"),)
    assert ask(check(lambda _: unknown("denied")), Account(), waivers=given).verdict is Verdict.WAIVED


def test_an_attestation_holds_until_its_day_is_over() -> None:
    held = check(None)
    given = Attestation("sample", AT.date(), "ben", "the wiki's page")
    assert ask(held, Account()).verdict is Verdict.UNKNOWN
    answer = ask(held, Account(), attestations=(given,))
    assert answer.verdict is Verdict.ATTESTED
    assert "ben" in answer.text
    over = replace(given, until=AT.date() - timedelta(days=1))
    assert ask(held, Account(), attestations=(over,)).verdict is Verdict.UNKNOWN


def test_a_remedy_names_the_environment() -> None:
    advised = Check(
        name="sample",
        line=Line.GUARDDUTY,
        question="Is it so?",
        why="Why.",
        passes="It is so.",
        remedy="Run `ops <environment> self-test`.",
        look=lambda _: failed("not so"),
    )
    assert ask(advised, Account()).remedy == "Run `ops prod self-test`."
