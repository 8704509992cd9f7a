"""What a point-in-time drill may do, and that its state machine ends in the deletion whatever happens."""

import json

import pytest
from ministack.services import eventbridge

from lambdas.vocabulary.account_changes import AccountChange
from lambdas.vocabulary.point_in_time import LEFTOVER_AGE, drill_instance
from stacks.resources.account_changes import API_CALL, patterns
from stacks.settings import load
from tests.infra.conftest import of_type, resources_of, synthesized
from tests.infra.test_backups_stack import statements
from tests.permissions import Permissions, as_list
from tests.unit.lambdas.security_finding.events import ANNA, record, role

HOURS = 3600


@pytest.fixture(scope="module")
def staging():
    return resources_of(synthesized("staging"))


@pytest.fixture(scope="module")
def permissions():
    return Permissions("staging", {stack.stack_name: stack.template for stack in synthesized("staging").stacks})


def drills_of(resources):
    machines = of_type(resources, "AWS::StepFunctions::StateMachine").values()
    return [it for it in machines if it["StateMachineName"].endswith("-point-in-time-drill")]


@pytest.fixture(scope="module")
def machine(staging):
    (found,) = drills_of(staging)
    return found


@pytest.fixture(scope="module")
def steps(machine):
    """Its definition, with each function known by its logical id."""
    _, parts = machine["DefinitionString"]["Fn::Join"]
    return json.loads("".join(part if isinstance(part, str) else part["Fn::GetAtt"][0] for part in parts))


def of_rds(staging):
    found = [it for it in statements(staging, "pointintimedrillrole") if str(it["Action"]).find("rds:") >= 0]
    return {(action, json.dumps(it["Resource"])): it for it in found for action in as_list(it["Action"])}


def test_there_is_none_unless_it_is_wanted():
    assert drills_of(resources_of(synthesized("prod"))) == []


def test_only_one_instance_is_made_and_deleted(staging, permissions):
    """By its full name, and by the tag that it is made with."""
    name = drill_instance(load("staging"))
    assert name == "junkos-staging-point-in-time-drill"
    deleting = [it for it in permissions.grants if it.action == "rds:DeleteDBInstance"]
    assert [(it.holder, it.resource) for it in deleting] == [("point_in_time_drill", "db:point-in-time-drill")]
    for (action, resource), statement in of_rds(staging).items():
        if action == "rds:DeleteDBInstance":
            assert statement["Condition"] == {"StringEquals": {"aws:ResourceTag/purpose": "point-in-time-drill"}}
        elif name in resource and action != "rds:DescribeDBInstances":
            assert statement["Condition"] == {"StringEquals": {"aws:RequestTag/purpose": "point-in-time-drill"}}


def test_restore_is_allowed_on_all_that_aws_asks_for(permissions):
    """By the service authorization reference: both instances, and the groups."""
    restoring = {it.resource for it in permissions.grants if it.action == "rds:RestoreDBInstanceToPointInTime"}
    assert restoring == {"db:junkos-staging", "db:point-in-time-drill", "og:*", "pg:*", "subgrp:*"}


def test_temporary_instance_is_reached_by_the_check_alone(staging):
    """And reaches nobody: its group has no way out but the CDK's to nowhere."""
    groups = of_type(staging, "AWS::EC2::SecurityGroup")
    ours = {key: it for key, it in groups.items() if "drills" in it["GroupDescription"]}
    ((key, group),) = ours.items()
    assert [it["CidrIp"] for it in group["SecurityGroupEgress"]] == ["255.255.255.255/32"]
    assert "SecurityGroupIngress" not in group
    admitted = [
        it
        for (stack, _), it in of_type(staging, "AWS::EC2::SecurityGroupIngress").items()
        if stack == key[0] and it["GroupId"] == {"Fn::GetAtt": [key[1], "GroupId"]}
    ]
    assert [(it["FromPort"], it["ToPort"], "Check" in json.dumps(it["SourceSecurityGroupId"])) for it in admitted] == [
        (5432, 5432, True)
    ]


def test_check_has_no_way_to_the_source(staging):
    """Its own group, whose rules lead to the gateways and to the temporary instance."""
    (check,) = (
        it for it in of_type(staging, "AWS::Lambda::Function").values() if "point_in_time_check" in str(it["Handler"])
    )
    (group,) = check["VpcConfig"]["SecurityGroupIds"]
    egress = [
        it
        for it in of_type(staging, "AWS::EC2::SecurityGroupEgress").values()
        if it["GroupId"] == group and "DestinationSecurityGroupId" in it
    ]
    assert ["Instance" in json.dumps(it["DestinationSecurityGroupId"]) for it in egress] == [True]
    of_database = [it["GroupId"] for it in of_type(staging, "AWS::EC2::SecurityGroupIngress").values()]
    sources = [it["SourceSecurityGroupId"] for it in of_type(staging, "AWS::EC2::SecurityGroupIngress").values()]
    assert load("staging").database.security_group_id not in [
        of for of, source in zip(of_database, sources, strict=True) if source == group
    ]


def test_every_failure_goes_on_to_the_deletion(steps):
    states = steps["States"]
    for name in ("Order", "Look", "Check"):
        assert states[name]["Catch"] == [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.error", "Next": "Delete"}]
    assert states["Restoring?"]["Default"] == "Delete"
    assert states["Delete"]["Next"] == "Record"
    assert [it["Next"] for it in states["Delete"]["Catch"]] == ["Record"]
    endings = {name for name, state in states.items() if state.get("End") or state["Type"] in ("Fail", "Succeed")}
    assert endings == {"Record", "Refused"}  # what is refused has ordered nothing


def test_a_drill_is_over_before_it_is_a_leftover(steps):
    longest = load("staging").backups.point_in_time_drill.time_limit_minutes * 60 + 3 * HOURS
    assert steps["TimeoutSeconds"] == longest < LEFTOVER_AGE.total_seconds()


def test_what_breaks_off_is_ended_by_a_rule(staging):
    rules = [it for it in of_type(staging, "AWS::Events::Rule").values() if "EventPattern" in it]
    (rule,) = (it for it in rules if it["Name"] == "junkos-staging-point-in-time-drill-broke-off")
    assert rule["EventPattern"]["source"] == ["aws.states"]
    assert rule["EventPattern"]["detail"]["status"] == ["FAILED", "TIMED_OUT", "ABORTED"]
    assert "pointintimedrill" in json.dumps(rule["Targets"])


def test_drills_and_looks_for_leftovers_are_scheduled(staging):
    schedules = {it["Name"]: it for it in of_type(staging, "AWS::Scheduler::Schedule").values()}
    drill, reap = (schedules[f"junkos-staging-point-in-time-drill{end}"] for end in ("", "-reap"))
    assert drill["ScheduleExpression"] == "cron(0 5 2 * ? *)"
    assert json.loads(drill["Target"]["Input"]) == {"slot": "<aws.scheduler.scheduled-time>"}
    assert reap["ScheduleExpression"] == "rate(1 hour)"
    assert json.loads(reap["Target"]["Input"]) == {"step": "reap"}


@pytest.mark.parametrize(
    ("by", "instance", "told"),
    [
        ("junkos-staging-point-in-time-drill", "junkos-staging-point-in-time-drill", False),
        ("junkos-staging-point-in-time-drill", "junkos-staging", True),
        ("another", "junkos-staging-point-in-time-drill", True),
        (None, "junkos-staging-point-in-time-drill", True),
    ],
)
def test_a_drills_own_deletion_is_no_act_against_the_account(by, instance, told):
    """Any other deletion of an instance is told to people, whoever does it."""
    caller = role(by, by) if by else ANNA
    written = record("rds", "DeleteDBInstance", {"dBInstanceIdentifier": instance}, by=caller)
    view = eventbridge._pattern_event_view(
        {"Source": "aws.rds", "DetailType": API_CALL, "Detail": json.dumps(written), "Time": 0}
    )
    found = patterns(load("staging"), "backups")[AccountChange.DATABASE_UNPROTECTED]
    fits = [it for it in found if eventbridge._matches_pattern_view(json.dumps(it), view, "rule")]
    assert bool(fits) is told
