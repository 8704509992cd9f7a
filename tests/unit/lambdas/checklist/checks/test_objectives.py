"""Objectives: what was measured against what is promised, and a cost that somebody knows."""

import json
from datetime import timedelta
from typing import Any

import pytest

from lambdas.checklist.checks.objectives import CHECKS
from lambdas.vocabulary.backups import Verdict as Proof
from lambdas.vocabulary.checklist import Verdict
from lambdas.vocabulary.reports import JSON, Kind, folder_of
from tests.unit.lambdas.checklist.accounts import AT, DENIED, Account, ask
from tests.unit.lambdas.checklist.alarming import SUBSCRIBED, alarm, alarms
from tests.unit.lambdas.checklist.proofs import backup, drill
from tests.unit.lambdas.checklist.stored import Objects, bucket

OF = {check.name: check for check in CHECKS}
ALARMS = tuple(alarm(f"recovery-{name}") for name in ("backup-age", "verified-backup-age", "duration"))
COST = {"name": "cost", "state": "good", "summary": "$31.20 in the month to 2026-11-01, +2 %"}


def review(*sections: dict[str, Any], days: float = 27) -> Objects:
    written = json.dumps({"period": "month", "sections": sections}).encode()
    return {folder_of(Kind.MONTH, AT - timedelta(days=days)) + JSON: written}


def held(*objects: Objects) -> dict[str, Any]:
    together = {key: body for each in objects for key, body in each.items()}
    return {name.replace(".", "__"): each for name, each in bucket(together).items()}


GOOD = Account({"cloudwatch.describe_alarms": alarms(*ALARMS), "sns.list_subscriptions_by_topic": SUBSCRIBED}).but(
    **held(backup(), drill(), review(COST))
)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.name)
def test_a_healthy_account_passes(check) -> None:
    answer = ask(check, GOOD)
    assert answer.verdict is Verdict.PASS, answer.text
    assert answer.calls


FAILING = [
    ("recovery-time", held(drill()), "no backup of junkos is proven"),
    ("recovery-time", held(backup(seconds=3700), drill()), "took 1 h 1 min, more than 1 h"),
    ("recovery-time", held(backup(), drill(seconds=4000)), "took 1 h 6 min, more than 1 h"),
    ("recovery-time", {"cloudwatch__describe_alarms": alarms()}, "junkos-prod-recovery-duration is missing"),
    ("recovery-point", held(backup(verdict=None)), "no backup of junkos is proven, so all data may be lost"),
    ("recovery-point", held(backup(hours=27)), "the newest proven backup of junkos is 27 h old"),
    ("recovery-point", held(backup(hours=2, verdict=Proof.FAILED), backup(hours=30)), "is 30 h old"),
    ("recovery-point", {"cloudwatch__describe_alarms": alarms(ALARMS[0])}, "recovery-verified-backup-age is missing"),
    ("cost-known", held(), "has no monthly review of the last 35 days"),
    ("cost-known", held(review(COST, days=36)), "has no monthly review of the last 35 days"),
]


@pytest.mark.parametrize(("name", "changed", "said"), FAILING, ids=[f"{name}: {said}" for name, _, said in FAILING])
def test_what_is_wrong_fails_and_is_named(name: str, changed: dict[str, Any], said: str) -> None:
    answer = ask(OF[name], GOOD.but(**changed))
    assert (answer.verdict, said in answer.text) == (Verdict.FAIL, True), answer.text
    assert answer.remedy


@pytest.mark.parametrize("sections", [(), ({**COST, "state": "unknown", "summary": "Cost Explorer is off"},)])
def test_a_review_that_knows_no_cost_is_unknown(sections: tuple[dict[str, Any], ...]) -> None:
    assert ask(OF["cost-known"], GOOD.but(**held(review(*sections)))).verdict is Verdict.UNKNOWN


def test_a_cost_that_grew_is_known() -> None:
    grown = {**COST, "state": "needs attention"}
    assert ask(OF["cost-known"], GOOD.but(**held(review(grown)))).verdict is Verdict.PASS


def test_grace_is_part_of_the_recovery_point() -> None:
    """A backup is made and proven while the one before is a little older than the objective."""
    account = GOOD.but(**held(backup(hours=25)))
    assert ask(OF["recovery-point"], account).verdict is Verdict.PASS
    assert ask(OF["recovery-point"], account, grace_hours=1, recovery_point_objective_hours=23).verdict is Verdict.FAIL


def test_a_page_of_backups_that_fails_is_unknown() -> None:
    pages = [bucket(backup())["s3.list_objects_v2"](Bucket="b", Prefix="junkos/"), DENIED]
    assert ask(OF["recovery-point"], GOOD.but(s3__list_objects_v2=pages)).verdict is Verdict.UNKNOWN


def test_a_recovery_without_a_drill_is_measured_by_its_proof() -> None:
    assert ask(OF["recovery-time"], GOOD.but(**held(backup()))).verdict is Verdict.PASS
