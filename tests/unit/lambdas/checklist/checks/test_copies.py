"""Whether backups have a copy in a second region, by the alarms of the check that looks there."""

import pytest

from lambdas.checklist.checks.database.copies import COPIED
from lambdas.vocabulary.checklist import Verdict
from tests.unit.lambdas.checklist.accounts import DENIED, Account, ask
from tests.unit.lambdas.checklist.alarming import SUBSCRIBED, alarm, alarms

AGE, FAULTS = alarm("recovery-copied-backup-age"), alarm("recovery-copy-faults")


def account(*found):
    return Account({"cloudwatch.describe_alarms": alarms(*found), "sns.list_subscriptions_by_topic": SUBSCRIBED})


def test_without_a_second_region_it_is_not_asked():
    answer = ask(COPIED, account(), copy_region=None)
    assert (answer.verdict, answer.text) == (Verdict.NOT_APPLICABLE, "backups.copy_region names no second region")


def test_fine_alarms_pass():
    assert ask(COPIED, account(AGE, FAULTS)).verdict is Verdict.PASS


@pytest.mark.parametrize(
    ("found", "said"),
    [
        ((FAULTS,), "junkos-prod-recovery-copied-backup-age is missing"),
        (({**AGE, "StateValue": "ALARM"}, FAULTS), "junkos-prod-recovery-copied-backup-age is in alarm"),
        (
            (AGE, {**FAULTS, "StateValue": "ALARM"}),
            "copy-faults is in alarm: see the faults in /aws/lambda/junkos-prod",
        ),
        (({**AGE, "ActionsEnabled": False, "AlarmActions": []}, FAULTS), "has its actions disabled"),
    ],
)
def test_what_is_wrong_is_named(found, said):
    answer = ask(COPIED, account(*found))
    assert (answer.verdict, said in answer.text) == (Verdict.FAIL, True), answer.text


def test_what_cannot_be_read_is_unknown():
    answer = ask(COPIED, Account(rest=DENIED))
    assert answer.verdict is Verdict.UNKNOWN
