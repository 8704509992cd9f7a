"""The function of reviews as it would be deployed: what it may, when it runs, what depends on the environment file."""

import json

import pytest

from demo.pictures.production import production_with_on_call
from lambdas.review.sections import SECTIONS
from stacks.alerting_stack import AlertingStack
from stacks.application import new_app
from stacks.functions.review import RIGHTS, SCHEDULES
from stacks.reviews_stack import ReviewsStack
from stacks.settings import load
from stacks.settings.reviews import Reviews
from tests.infra.test_permissions import FORBIDDEN, everywhere, named_in_vain
from tests.permissions import Permissions, documented_for

FOLDER = "review"
OF_ALL_FUNCTIONS = ("logs:CreateLogStream", "logs:PutLogEvents", "sqs:")


class Deployed:
    """The stack of reviews and that of alerting, in an environment of which sections are changed."""

    def __init__(self, environment=None, *, instance="junkos-staging", **sections):
        environment = (environment or load("prod")).model_copy(update=sections)
        app, name = new_app(), environment.name
        alerting = AlertingStack(app, f"junkos-{name}-alerting", environment=environment)
        stack = ReviewsStack(
            app,
            f"junkos-{name}-reviews",
            environment=environment,
            alarms=alerting.alarms,
            backups_key="arn:aws:kms:us-east-1:123456789012:key/Key",
            instance=instance,
        )
        templates = {each.stack_name: each.template for each in app.synth().stacks}
        self.template = templates[stack.stack_name]
        self.permissions = Permissions(name, templates)

    @property
    def own(self):
        """Action and resource, without what every function may."""
        grants = {it for it in self.permissions.grants if it.holder == FOLDER}
        return {(it.action, it.resource) for it in grants if not it.action.startswith(OF_ALL_FUNCTIONS)}

    def of_type(self, kind):
        found = (one["Properties"] for one in self.template["Resources"].values() if one["Type"] == kind)
        return [one for one in found if "review" in json.dumps(one.get("FunctionName", one.get("Name", "-review-")))]


@pytest.fixture(scope="module")
def deployed():
    """With people on call, whom production's own file does not name."""
    return Deployed(production_with_on_call())


def test_rights_are_on_the_page(deployed):
    said = {(it.action, it.resource) for it in documented_for(FOLDER, in_a_vpc=False)}
    assert deployed.own - said == set()


def test_rights_break_no_rule(deployed):
    of = deployed.permissions
    assert {it for it in everywhere(of) | named_in_vain(of) if it.startswith(f"{FOLDER} ")} == set()
    assert [action for action, _ in deployed.own if FORBIDDEN.fullmatch(action)] == []


def test_every_section_has_its_rights():
    assert set(RIGHTS) == {section for sections in SECTIONS.values() for section in sections}


def test_it_writes_its_own_reports_alone(deployed):
    written = {resource for action, resource in deployed.own if action == "s3:PutObject"}
    assert written == {f"reports/{kind}/*" for kind in ("week", "month", "quarter", "dependencies")}


def test_each_review_has_its_schedule(deployed):
    found = {one["Name"].partition("-review-")[2]: one for one in deployed.of_type("AWS::Scheduler::Schedule")}
    assert {period: found[period]["ScheduleExpression"] for period in SCHEDULES} == SCHEDULES
    for period in SCHEDULES:
        event = json.loads(found[period]["Target"]["Input"])
        assert (event["period"], event["slot"]) == (period, "<aws.scheduler.scheduled-time>")
        assert event.get("quiet", False) is (period == "dependencies")


def test_variables_have_room(deployed):
    """Lambda takes 4 KB of them."""
    (function,) = deployed.of_type("AWS::Lambda::Function")
    assert len(json.dumps(function["Environment"]["Variables"])) < 3500


def test_its_failures_are_seen_elsewhere(deployed):
    assert not [one for one in deployed.template["Resources"].values() if one["Type"] == "AWS::CloudWatch::Alarm"]


def test_what_is_not_in_use_needs_no_rights():
    """Nobody is on call, errors are not tracked, the database is not at RDS, no lock file is named."""
    errors = load("prod").errors.model_copy(update={"enabled": False})
    bare = Deployed(instance=None, errors=errors).own
    assert not [resource for _, resource in bare if "incidents" in resource or "table/errors" in resource]
    assert not [action for action, _ in bare if action.startswith("rds:")]


def test_lock_file_is_the_one_object_that_is_read():
    own = Deployed(reviews=Reviews(lock_file="s3://builds/backend/sbom.json")).own
    assert {(action, resource) for action, resource in own if "builds" in resource} == {
        ("s3:GetObject", "builds/backend/sbom.json")
    }
