"""What is said of incidents: who is on call and answers, runbooks, reviews and actions."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from lambdas.checklist.checks.incidents import CHECKS
from lambdas.shared.incidents.review.write import key_of
from lambdas.vocabulary.checklist import Attestation, Verdict
from lambdas.vocabulary.codec import JsonDocument
from lambdas.vocabulary.incidents import Action, Incident
from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.on_call import Override, Step
from tests.unit.lambdas.checklist.accounts import AT, DENIED, Account, ask
from tests.unit.lambdas.checklist.checks.environment import ROTA, alarm, deployed, incident, page_of

CHECK = {check.name: check for check in CHECKS}
DAY = timedelta(days=1)
HAD = Incident(
    number=7,
    level=Level.CRITICAL,
    title="api is down",
    opened_at=AT - 3 * DAY,
    changed_at=AT - 2 * DAY,
    subjects=(),
    first_paged_at=AT - 3 * DAY,
    first_taken_at=AT - 3 * DAY + timedelta(minutes=4),
    taken_by="ana",
    closed_at=AT - 2 * DAY,
)
ACTION = Action("a1", 7, "add an index", "ben", "2026-12-24")


def table(**records: tuple[JsonDocument, ...]) -> Callable[..., dict[str, Any]]:
    """The table of incidents, by its partitions."""

    def answer(**asked: Any) -> dict[str, Any]:
        found = records.get(asked["ExpressionAttributeValues"][":record"]["S"], ())
        items = [{"id": {"S": str(number)}, "document": {"S": each.to_json()}} for number, each in enumerate(found)]
        return {"Items": items}

    return answer


def account(*, settings: Any = None, keys: tuple[str, ...] = (key_of(7),), **records: Any) -> Account:
    return Account(
        {
            "lambda.get_function_configuration": deployed(incident=settings or incident()),
            "dynamodb.query": table(**records),
            "s3.list_objects_v2": {"Contents": [{"Key": key} for key in keys]},
        }
    )


@pytest.mark.parametrize(
    ("given", "verdict", "said"),
    [
        (HAD, Verdict.PASS, "page of incident 7: ana answered after 4 min, 2 d 23 h ago"),
        (replace(HAD, is_test=True), Verdict.PASS, "the last test page"),
        (replace(HAD, first_taken_at=AT - 36 * DAY), Verdict.FAIL, "36 d ago"),
        (replace(HAD, first_taken_at=None), Verdict.FAIL, "no page was ever answered"),
    ],
)
def test_the_last_page(given: Incident, verdict: Verdict, said: str) -> None:
    answer = ask(CHECK["page-answered"], account(incident=(given,)))
    assert answer.verdict is verdict
    assert said in answer.text


def test_incidents_that_cannot_be_read_are_unknown() -> None:
    for name in ("page-answered", "rotation-without-holes", "post-mortem-actions", "post-mortem-drafts"):
        assert ask(CHECK[name], account().but(dynamodb__query=DENIED)).verdict is Verdict.UNKNOWN, name


def test_four_weeks_of_two_people_pass() -> None:
    answer = ask(CHECK["rotation-without-holes"], account())
    assert answer.verdict is Verdict.PASS
    assert "5 shifts" in answer.text


def away(person: str, stand_in: str) -> Override:
    """For a day of the second week, while the other one is the primary."""
    return Override(stand_in, AT + 8 * DAY, AT + 9 * DAY, person, "o1")


def test_hole_is_named_with_its_time() -> None:
    """Ana stands in for Ben, so that Ana has no backup."""
    answer = ask(CHECK["rotation-without-holes"], account(override=(away("ben", "ana"),)))
    assert answer.verdict is Verdict.FAIL
    assert "2026-12-06 06:00 to 2026-12-07 06:00 UTC (ana alone)" in answer.text


def test_override_by_a_third_person_leaves_no_hole() -> None:
    assert ask(CHECK["rotation-without-holes"], account(override=(away("ben", "cem"),))).verdict is Verdict.PASS


def test_rota_of_one_is_a_hole_throughout() -> None:
    alone = replace(ROTA, people=("ana",))
    answer = ask(CHECK["rotation-without-holes"], account(settings=incident(rota=alone)))
    assert answer.verdict is Verdict.FAIL


@pytest.mark.parametrize(
    ("steps", "verdict", "said"),
    [
        ((Step(("primary",), 15), Step(("everybody",))), Verdict.PASS, "after 15 min"),
        ((Step(("primary",), 30), Step(("everybody",))), Verdict.FAIL, "after 30 min"),
        ((Step(("everybody",)),), Verdict.FAIL, "not the primary"),
        ((Step(("primary",)), Step(("primary",))), Verdict.FAIL, "never pages the backup"),
        ((), Verdict.NOT_APPLICABLE, "PagerDuty"),
    ],
)
def test_escalation(steps: tuple[Step, ...], verdict: Verdict, said: str) -> None:
    answer = ask(CHECK["escalation"], account(settings=incident(steps=steps)))
    assert answer.verdict is verdict
    assert said in answer.text


@pytest.mark.parametrize("name", [name for name in CHECK if name not in ("runbooks", "post-mortems-held")])
def test_without_anybody_on_call_all_fail(name: str) -> None:
    answer = ask(CHECK[name], account(), on_call=False)
    assert answer.verdict is Verdict.FAIL
    assert "nobody is on call" in answer.text


PAGES = ("service-down", "high-error-rate", "database-trouble")


@pytest.mark.parametrize(
    ("pages", "verdict", "said"),
    [
        (PAGES, Verdict.PASS, "each of 3 alarms names one of 3 runbooks"),
        (PAGES[:2], Verdict.FAIL, "no alarm names the runbook database-trouble"),
        ((*PAGES, "own-page"), Verdict.FAIL, "without a page of docs/runbooks: junkos-prod-alarm-3"),
    ],
)
def test_runbooks(pages: tuple[str, ...], verdict: Verdict, said: str) -> None:
    alarms = [alarm(f"alarm-{number}", page=page) for number, page in enumerate(pages)]
    answer = ask(CHECK["runbooks"], Account({"cloudwatch.describe_alarms": page_of(*alarms)}))
    assert answer.verdict is verdict
    assert said in answer.text


@pytest.mark.parametrize(
    ("given", "keys", "verdict"),
    [
        (HAD, (key_of(7),), Verdict.PASS),
        (HAD, (key_of(70),), Verdict.FAIL),
        (HAD, (), Verdict.FAIL),
        (replace(HAD, is_test=True), (), Verdict.NOT_APPLICABLE),
        (replace(HAD, level=Level.MEDIUM), (), Verdict.NOT_APPLICABLE),
        (replace(HAD, closed_at=AT - 91 * DAY), (), Verdict.NOT_APPLICABLE),
        (replace(HAD, closed_at=None), (), Verdict.NOT_APPLICABLE),
    ],
)
def test_drafts_of_reviews(given: Incident, keys: tuple[str, ...], verdict: Verdict) -> None:
    answer = ask(CHECK["post-mortem-drafts"], account(keys=keys, incident=(given,)))
    assert answer.verdict is verdict
    if verdict is Verdict.FAIL:
        assert "incident 7" in answer.text


@pytest.mark.parametrize(
    ("actions", "verdict", "said"),
    [
        ((ACTION,), Verdict.PASS, "1 action open, none overdue"),
        ((replace(ACTION, due="2026-11-27"),), Verdict.FAIL, "“add an index” (ben, due 2026-11-27)"),
        ((replace(ACTION, due="2026-11-01", done_at=AT - DAY),), Verdict.PASS, "1 done"),
        ((), Verdict.NOT_APPLICABLE, "no review has decided"),
    ],
)
def test_actions(actions: tuple[Action, ...], verdict: Verdict, said: str) -> None:
    answer = ask(CHECK["post-mortem-actions"], account(action=actions))
    assert answer.verdict is verdict
    assert said in answer.text


def test_reviews_are_held_by_somebodys_word() -> None:
    given = Attestation("post-mortems-held", AT.date(), "Ana")
    assert ask(CHECK["post-mortems-held"], Account()).verdict is Verdict.UNKNOWN
    assert ask(CHECK["post-mortems-held"], Account(), attestations=(given,)).verdict is Verdict.ATTESTED
