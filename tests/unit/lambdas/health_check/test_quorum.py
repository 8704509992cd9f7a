from datetime import UTC, datetime

import pytest

from lambdas.health_check.quorum import agree
from lambdas.health_check.results import Result
from lambdas.vocabulary.endpoints import Reason, State

MOMENT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
REGIONS = ("here", "there", "elsewhere")


def seen(state, region, **more):
    return Result("api", State(state), MOMENT, region, **more)


def agreed(*states, quorum=2):
    """What three regions agree on; a region whose state is None does not answer."""
    by_region = {region: [seen(state, region)] for region, state in zip(REGIONS, states, strict=False) if state}
    (result,) = agree(by_region, ["api"], quorum, MOMENT)
    return result.state


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        (("up", "up", "up"), "up"),
        (("down", "up", "up"), "up"),
        (("down", "down", "up"), "down"),
        (("down", "down", None), "down"),
        (("down", "up", None), "up"),
        (("down", None, None), "unknown"),
        (("up", None, None), "unknown"),
        ((None, None, None), "unknown"),
        (("down", "unknown", "up"), "up"),
        (("down", "unknown", "unknown"), "unknown"),
        (("slow", "slow", "up"), "slow"),
        (("slow", "up", "up"), "up"),
        (("down", "degraded", "up"), "degraded"),
        (("down", "slow", "up"), "slow"),
    ],
)
def test_two_of_three(states, expected):
    assert agreed(*states) == expected


def test_a_quorum_of_one_takes_the_worst():
    assert agreed("up", "down", None, quorum=1) == "down"


def test_agreed_result_names_regions_and_certificate():
    """What is agreed names the places and keeps the first certificate end."""
    by_region = {
        "here": [seen("down", "here", reason=Reason.REFUSED, detail="no", certificate_days_left=9.0)],
        "there": [seen("down", "there", reason=Reason.DNS, detail="none")],
        "elsewhere": [seen("up", "elsewhere", certificate_days_left=5.0)],
    }
    (result,) = agree(by_region, ["api"], 2, MOMENT)
    assert (result.region, result.state, result.certificate_days_left) == ("", "down", 5.0)
    assert result.detail.endswith("(seen from here, there)")


def test_unlisted_endpoint_has_no_vote():
    """An endpoint that a place does not know of has no vote there."""
    other = Result("other", State.DOWN, MOMENT, "there")
    results = agree({"here": [seen("up", "here")], "there": [other]}, ["api"], 2, MOMENT)
    assert [(result.endpoint, result.state) for result in results] == [("api", "unknown")]


def test_result_survives_transport():
    """A result survives the way from another place."""
    result = seen("down", "there", reason=Reason.REFUSED, detail="no", failing_checks=("database",), status=503)
    assert Result.from_dict(result.as_dict()) == result
