from lambdas.checklist.checks.security import CHECKS
from lambdas.vocabulary.checklist import Verdict
from tests.unit.lambdas.checklist.accounts import DENIED, Account, ask

(GUARDDUTY,) = CHECKS
ON = Account({"guardduty.list_detectors": {"DetectorIds": ["d1"]}, "guardduty.get_detector": {"Status": "ENABLED"}})


def test_an_enabled_detector_passes() -> None:
    assert ask(GUARDDUTY, ON).verdict is Verdict.PASS


def test_a_suspended_detector_fails_and_is_named() -> None:
    answer = ask(GUARDDUTY, ON.but(guardduty__get_detector={"Status": "DISABLED"}))
    assert answer.verdict is Verdict.FAIL
    assert "d1" in answer.text


def test_a_detector_on_the_second_page_is_found() -> None:
    pages = [{"DetectorIds": []}, {"DetectorIds": ["d1"]}]
    assert ask(GUARDDUTY, ON.but(guardduty__list_detectors=pages)).verdict is Verdict.PASS


def test_a_page_that_fails_is_unknown() -> None:
    pages = [{"DetectorIds": ["d1"]}, DENIED]
    assert ask(GUARDDUTY, ON.but(guardduty__list_detectors=pages)).verdict is Verdict.UNKNOWN


def test_guardduty_that_is_not_wanted_is_not_applicable() -> None:
    assert ask(GUARDDUTY, Account(), guardduty=False).verdict is Verdict.NOT_APPLICABLE
