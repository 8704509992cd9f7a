from datetime import timedelta

from lambdas.checklist.compare import compared
from lambdas.vocabulary.checklist import Difference, Verdict
from tests.unit.lambdas.checklist.accounts import AT
from tests.unit.lambdas.checklist.reports import answer, report

YESTERDAY = AT - timedelta(days=1)


def test_the_first_report_changes_nothing() -> None:
    found = compared(report(answer(Verdict.FAIL)), None)
    assert (found.changed, found.compared_with) == ((), None)
    assert found.answers[0].since == AT


def test_what_became_worse_stands_first() -> None:
    before = report(answer(Verdict.FAIL, "a"), answer(Verdict.PASS, "b"), answer(Verdict.PASS, "c"), at=YESTERDAY)
    now = report(answer(Verdict.PASS, "a"), answer(Verdict.PASS, "b"), answer(Verdict.FAIL, "c"))
    found = compared(now, before)
    assert found.changed == (
        Difference("c", Verdict.PASS, Verdict.FAIL),
        Difference("a", Verdict.FAIL, Verdict.PASS),
    )
    assert found.compared_with == YESTERDAY


def test_a_new_check_is_a_change() -> None:
    found = compared(report(answer(Verdict.PASS)), report(at=YESTERDAY))
    assert found.changed == (Difference("guardduty", None, Verdict.PASS),)


def test_a_verdict_that_lasts_keeps_its_begin() -> None:
    begin = AT - timedelta(days=9)
    before = report(answer(Verdict.FAIL, "a", since=begin), answer(Verdict.PASS, "b", since=begin), at=YESTERDAY)
    found = compared(report(answer(Verdict.FAIL, "a"), answer(Verdict.FAIL, "b")), before)
    assert [each.since for each in found.answers] == [begin, AT]
