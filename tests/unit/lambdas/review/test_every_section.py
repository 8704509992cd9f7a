"""What every section says when it cannot read: unknown, alone, with the reason."""

import threading

import pytest

from lambdas.review.gather import gather
from lambdas.review.section import Found, Section
from lambdas.review.sections import SECTIONS
from lambdas.vocabulary.reviews import Period, State
from tests.unit.lambdas.review.situation import DENIED, THROTTLED, Account, refusal, situation

CASES = [
    (period, section)
    for period, sections in SECTIONS.items()
    for section in sections
    if section.name != "own"  # asks OSV, not AWS
]
ALL = {"lock_file": "s3://builds/backend/package-lock.json"}


@pytest.mark.parametrize(("period", "section"), CASES, ids=[f"{period}-{section.name}" for period, section in CASES])
@pytest.mark.parametrize("error", [DENIED, THROTTLED, refusal("InternalError")], ids=["denied", "throttled", "failing"])
def test_refusal_is_unknown(period, section, error):
    (result,) = gather(situation(Account(rest=error), period, **ALL), [section])
    assert result.found.state is State.UNKNOWN
    assert error.response["Error"]["Code"] in result.found.summary


def test_denial_names_its_remedy():
    (result,) = gather(situation(Account(rest=DENIED)), [SECTIONS[Period.WEEK][0]])
    assert "the role of the function review needs this permission" in result.found.summary


def test_late_section_is_not_waited_for():

    done = threading.Event()

    def wait(_situation):
        done.wait(5)
        return Found(State.GOOD, "late")

    quick = Section("quick", "Quick", lambda _: Found(State.GOOD, "fine"))
    late, other = gather(situation(Account()), [Section("late", "Late", wait), quick], limit=0.2)
    done.set()
    assert (late.found.state, late.found.summary) == (State.UNKNOWN, "no answer within 0.2 s")
    assert other.found.summary == "fine"


def test_defect_of_one_section_is_its_own():
    broken = Section("broken", "Broken", lambda _: {}["none"])
    (result,) = gather(situation(Account()), [broken])
    assert result.found.state is State.UNKNOWN


def test_names_are_unique():
    for sections in SECTIONS.values():
        assert len({section.name for section in sections}) == len(sections)
