"""The function of reviews as it would be deployed: when it runs, and what depends on the environment file."""

import json

import pytest

from lambdas.review.sections import SECTIONS
from stacks.application import app_of
from stacks.functions.review import RIGHTS, SCHEDULES
from stacks.settings import load
from stacks.settings.reviews import Reviews
from tests.infra.conftest import of_type, resources_of, synthesized


def schedules_of(resources):
    found = of_type(resources, "AWS::Scheduler::Schedule").values()
    return {one["Name"].partition("-review-")[2]: one for one in found if "-review-" in one["Name"]}


def statements_of(assembly):
    (policy,) = (
        one
        for one in of_type(resources_of(assembly), "AWS::IAM::Policy").values()
        if any("reviewRole" in json.dumps(role) for role in one["Roles"])
    )
    return policy["PolicyDocument"]["Statement"]


def test_each_review_has_its_schedule():
    found = schedules_of(resources_of(synthesized("prod")))
    assert {period: one["ScheduleExpression"] for period, one in found.items()} == {
        period.value: when for period, when in SCHEDULES.items()
    }
    for period, one in found.items():
        event = json.loads(one["Target"]["Input"])
        assert (event["period"], event["slot"]) == (period, "<aws.scheduler.scheduled-time>")
        assert event.get("quiet", False) is (period == "dependencies")
        assert one["ScheduleExpressionTimezone"] == "Etc/UTC"


def test_every_section_has_its_rights():
    assert set(RIGHTS) == {section for sections in SECTIONS.values() for section in sections}


def test_variables_have_room(resources):
    """Lambda takes 4 KB of them."""
    (function,) = (one for one in of_type(resources, "AWS::Lambda::Function").values() if ".review." in one["Handler"])
    assert len(json.dumps(function["Environment"]["Variables"])) < 3500


def test_unused_parts_need_no_rights():
    """Where nobody is on call and no lock file is named, nothing of either is read."""
    written = json.dumps(statements_of(synthesized("prod")))
    assert "incidents" not in written
    assert "builds" not in written


@pytest.mark.slow
def test_lock_file_is_the_one_object_that_is_read():
    environment = load("prod").model_copy(update={"reviews": Reviews(lock_file="s3://builds/backend/sbom.json")})
    statements = statements_of(app_of(environment).synth())
    (found,) = (one for one in statements if "builds" in json.dumps(one))
    assert found["Action"] == "s3:GetObject"
    assert json.dumps(found["Resource"]).endswith(':s3:::builds/backend/sbom.json"]]}')
