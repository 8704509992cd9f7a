"""Least privilege as the templates say it, in every environment; `tests/e2e/test_least_privilege.py` tries it."""

import copy
import json
import re

import pytest
from cfnlint.data import AdditionalSpecs
from cfnlint.helpers import load_resource

from tests.infra.conftest import ENVIRONMENTS, WITH_ON_CALL, synthesized
from tests.permissions import EVERY, IN_A_VPC, Permissions, as_list, documented, documented_for

FORBIDDEN = re.compile(
    r".*\*|s3:Delete.*|kms:(?!Decrypt$|GenerateDataKey$).*|iam:(?!Get|List).*|sts:.*|organizations:.*"
)
"""Actions that no role may have; those on keys are left to the two that S3 uses in a role's name, those on identities
to reading."""
REPLICATION = ("backups-replication", "kms:Encrypt")
"""S3 encrypts copies with it, as AWS documents; it has no function's code."""
OF_A_SERVICE = re.compile(r"role/aws-service-role/[\w.-]+/\w+")
"""A role, named in full, that only an AWS service can take, and whose permissions AWS fixes."""
ACTIONS = load_resource(AdditionalSpecs, "Policies.json")
"""AWS's service authorization reference, as cfn-lint has it: each service's actions and what resources they take."""


ALL = (*ENVIRONMENTS, WITH_ON_CALL)


def permissions(name):
    return Permissions(name.partition(",")[0], {stack.stack_name: stack.template for stack in synthesized(name).stacks})


@pytest.fixture(scope="module", params=ALL)
def environment(request):
    return permissions(request.param)


def forbidden_actions(of):
    return {
        f"{it.holder} may {it.action}"
        for it in of.grants
        if FORBIDDEN.fullmatch(it.action)
        and not makes_a_role_of_a_service(it)
        and not hands_over_to_an_instance(it)
        and (it.holder, it.action) != REPLICATION
    }


def hands_over_to_an_instance(grant):
    """A role that is named in full; `test_large_runs.py` holds that it is EC2 alone that gets it."""
    return (grant.holder, grant.action) == ("large_run", "iam:PassRole") and "*" not in grant.resource


def makes_a_role_of_a_service(grant):
    """The one thing of IAM that may be done: it gives nobody else anything."""
    return grant.action == "iam:CreateServiceLinkedRole" and OF_A_SERVICE.fullmatch(grant.resource) is not None


def unnamed_secrets(of):
    """A name's six random letters are the only pattern that a secret or a parameter may be given by."""
    reading = [it for it in of.grants if it.action.startswith(("secretsmanager:", "ssm:"))]
    return {f"{it.holder} may {it.action} on {it.resource}" for it in reading if "*" in it.resource}


def everywhere(of):
    """What may be done to any resource there is, without the page saying why."""
    reasons = {(action, row.holder) for row in documented() if "*" in row.resources for action in row.actions}
    holders = {IN_A_VPC: of.in_a_vpc}
    said = {(action, name) for action, holder in reasons for name in holders.get(holder, {holder})}
    return {
        f"{it.holder} may {it.action} on everything"
        for it in of.grants
        if it.resource == "*" and (it.action, it.holder) not in said
    }


def named_in_vain(of):
    """Actions that take no resource, on one: the statement allows nothing."""
    return {f"{it.holder} may {it.action} on {it.resource}" for it in of.grants if not takes(it.action, it.resource)}


def takes(action, resource):
    service, _, name = action.lower().partition(":")
    return resource == "*" or name == "*" or "Resources" in ACTIONS[service]["Actions"].get(name, {})


def shared_roles(of):
    roles = [json.dumps([stack, it["Role"]]) for stack, _, it in of.of_type("AWS::Lambda::Function")]
    return {f"{role} is the role of {roles.count(role)} functions" for role in roles if roles.count(role) > 1}


def foreign_policies(of):
    """Policies that are written elsewhere, and statements that allow all but something."""
    roles = [(role, it) for _, role, it in of.of_type("AWS::IAM::Role")]
    managed = {f"{role} has {arn}" for role, it in roles for arn in map(str, it.get("ManagedPolicyArns", ()))}
    inverted = {
        f"{role} is allowed all but something"
        for _, role, statement in of._statements()
        if statement["Effect"] == "Allow" and {"NotAction", "NotResource"} & statement.keys()
    }
    return managed | inverted


def roles_for_others(of):
    """A function's role is for Lambda alone."""
    found = set()
    for stack, role, properties in of.of_type("AWS::IAM::Role"):
        if (stack, role) in of.functions:
            for statement in properties["AssumeRolePolicyDocument"]["Statement"]:
                if statement["Principal"] != {"Service": "lambda.amazonaws.com"}:
                    found.add(f"{role} can be assumed by {json.dumps(statement['Principal'])}")
    return found


def open_invocations(of):
    """A service may invoke a function for one named source of ours, not for anybody's."""
    return {
        f"{logical_id} lets {it['Principal']} invoke a function for any source"
        for _, logical_id, it in of.of_type("AWS::Lambda::Permission")
        if "SourceArn" not in it or "*" in as_list(it["Principal"])
    }


RULES = (
    forbidden_actions,
    unnamed_secrets,
    everywhere,
    named_in_vain,
    shared_roles,
    foreign_policies,
    roles_for_others,
    open_invocations,
)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_no_role_breaks(rule, environment):
    assert rule(environment) == set()


def documented_grants(of):
    """What the page says of the functions of this environment."""
    folders = set(of.functions.values())
    return {grant for folder in folders for grant in documented_for(folder, in_a_vpc=folder in of.in_a_vpc)}


def test_permissions_match_the_page(environment):
    """Nobody may what the page does not say."""
    others = {grant for row in documented() for grant in row.grants_to(row.holder)}
    assert environment.grants - documented_grants(environment) - others == set()


def test_the_page_says_nothing_that_nobody_may():
    granted = {grant for name in ALL for grant in permissions(name).grants}
    said = {grant for row in documented() if row.holder not in {EVERY, IN_A_VPC} for grant in row.grants_to(row.holder)}
    assert said - granted == set()


def test_common_permissions_are_granted_to_each(environment):
    """What all functions may is granted to each."""
    for folder in set(environment.functions.values()):
        common = {grant for row in documented() if row.holder == EVERY for grant in row.grants_to(folder)}
        assert common <= environment.grants


def test_the_page_gives_a_reason_for_everything():
    assert [row for row in documented() if not row.reason] == []


def allowing(action, resource="arn:aws:service:us-east-1:000000000000:thing"):
    """A change that widens the policy of database_check."""

    def change(templates):
        policies = policies_of(templates, "databasecheck")
        policies[0]["PolicyDocument"]["Statement"].append({"Effect": "Allow", "Action": action, "Resource": resource})

    return change


def policies_of(templates, role):
    resources = [it for template in templates.values() for it in template["Resources"].items()]
    return [it["Properties"] for key, it in resources if it["Type"] == "AWS::IAM::Policy" and key.startswith(role)]


def all_but_one(templates):
    (policy,) = policies_of(templates, "databasecheck")
    policy["PolicyDocument"]["Statement"][0]["NotResource"] = "arn:aws:s3:::elsewhere"


def one_role_for_two(templates):
    functions = [it for it in templates["junkos-local-uptime"]["Resources"].values() if "Handler" in str(it)]
    functions = [it["Properties"] for it in functions if it["Type"] == "AWS::Lambda::Function"]
    functions[0]["Role"] = functions[1]["Role"]


def role(templates):
    resources = templates["junkos-local-uptime"]["Resources"].items()
    (found,) = (it for key, it in resources if key.startswith("databasecheckRole") and it["Type"] == "AWS::IAM::Role")
    return found["Properties"]


def aws_managed(templates):
    role(templates)["ManagedPolicyArns"] = ["arn:aws:iam::aws:policy/AdministratorAccess"]


def for_the_account(templates):
    role(templates)["AssumeRolePolicyDocument"]["Statement"][0]["Principal"] = {"AWS": "*"}


def for_any_source(templates):
    resources = [it for template in templates.values() for it in template["Resources"].values()]
    next(it["Properties"] for it in resources if it["Type"] == "AWS::Lambda::Permission").pop("SourceArn")


@pytest.mark.parametrize(
    ("change", "rule", "finding"),
    [
        (allowing("s3:*"), forbidden_actions, "database_check may s3:*"),
        (allowing("s3:DeleteObjectVersion"), forbidden_actions, "database_check may s3:DeleteObjectVersion"),
        (allowing("iam:PassRole"), forbidden_actions, "database_check may iam:PassRole"),
        (
            allowing("iam:CreateServiceLinkedRole", "arn:aws:iam::000000000000:role/aws-service-role/*"),
            forbidden_actions,
            "database_check may iam:CreateServiceLinkedRole",
        ),
        (allowing("sts:AssumeRole"), forbidden_actions, "database_check may sts:AssumeRole"),
        (allowing("kms:ScheduleKeyDeletion"), forbidden_actions, "database_check may kms:ScheduleKeyDeletion"),
        (
            allowing("secretsmanager:GetSecretValue", "arn:aws:secretsmanager:us-east-1:000000000000:secret:junkos/*"),
            unnamed_secrets,
            "database_check may secretsmanager:GetSecretValue on secret:junkos/*",
        ),
        (allowing("sns:Publish", "*"), everywhere, "database_check may sns:Publish on everything"),
        (allowing("ec2:DescribeSubnets", "*"), everywhere, "database_check may ec2:DescribeSubnets on everything"),
        (
            allowing("guardduty:GetAdministratorAccount", "arn:aws:guardduty:us-east-1:000000000000:detector/1"),
            named_in_vain,
            "database_check may guardduty:GetAdministratorAccount on detector/1",
        ),
        (one_role_for_two, shared_roles, "is the role of 2 functions"),
        (aws_managed, foreign_policies, "has arn:aws:iam::aws:policy/AdministratorAccess"),
        (all_but_one, foreign_policies, "is allowed all but something"),
        (for_the_account, roles_for_others, 'can be assumed by {"AWS": "*"}'),
        (for_any_source, open_invocations, "lets events.amazonaws.com invoke a function for any source"),
    ],
)
def test_broken_template_violates_one_rule(change, rule, finding):
    """A template that breaks a rule is found by it and by no other."""
    templates = copy.deepcopy(permissions("local").templates)
    change(templates)
    broken = Permissions("local", templates)
    (found,) = rule(broken)
    assert finding in found
    assert [it.__name__ for it in RULES if it is not rule and it(broken)] == []


def test_widened_resource_is_not_documented():
    """A widened resource is not on the page."""
    templates = copy.deepcopy(permissions("local").templates)
    text = json.dumps(templates).replace("/*/verification.json", "/*")
    of = Permissions("local", json.loads(text))
    assert {it.action for it in of.grants - documented_grants(of)} >= {"s3:PutObject", "s3:GetObject"}
