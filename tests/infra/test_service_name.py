"""Another service's name: it stands in everything that has one, the default one nowhere, and all names stay short."""

import json
import re
import tomllib
from pathlib import Path

import pytest

from lambdas.shared.service import SERVICE_TITLE
from stacks.application import compose, new_app
from stacks.settings import LONGEST_SERVICE_AND_NAME, Environment
from tests.infra.conftest import of_type, resources_of, synthesized

SERVICE, TITLE, NAME = "acme-removal-1234567", "Acme-Removal 1234567", "north"
PREFIX = f"{SERVICE}-{NAME}"
ACCOUNT, LONGEST_REGION = "1" * 12, "us-isof-south-1"

# As the services' own models and documents have them.
LONGEST = {
    "AWS::Chatbot::SlackChannelConfiguration": {"ConfigurationName": 128},
    "AWS::CloudFront::Distribution": {"Comment": 128},
    "AWS::CloudFront::ResponseHeadersPolicy": {"Name": 128},
    "AWS::CloudWatch::Alarm": {"AlarmName": 255},
    "AWS::CloudWatch::AlarmMuteRule": {"Name": 255},
    "AWS::CloudWatch::CompositeAlarm": {"AlarmName": 255},
    "AWS::CloudWatch::Dashboard": {"DashboardName": 255},
    "AWS::CloudWatch::InsightRule": {"RuleName": 128},
    "AWS::DynamoDB::Table": {"TableName": 255},
    "AWS::EC2::LaunchTemplate": {"LaunchTemplateName": 128},
    "AWS::EC2::SecurityGroup": {"GroupDescription": 255},
    "AWS::Events::Rule": {"Name": 64},
    "AWS::IAM::InstanceProfile": {"InstanceProfileName": 128},
    "AWS::IAM::ManagedPolicy": {"ManagedPolicyName": 128},
    "AWS::IAM::Role": {"RoleName": 64},
    "AWS::KMS::Alias": {"AliasName": 256},
    "AWS::Lambda::Function": {"FunctionName": 64},
    "AWS::Lambda::LayerVersion": {"LayerName": 140},
    "AWS::Logs::LogGroup": {"LogGroupName": 512},
    "AWS::Logs::MetricFilter": {"FilterName": 512},
    "AWS::Logs::SubscriptionFilter": {"FilterName": 512},
    "AWS::Logs::QueryDefinition": {"Name": 255},
    "AWS::RDS::DBInstance": {"DBInstanceIdentifier": 63, "DBName": 63, "MasterUsername": 16},
    "AWS::S3::Bucket": {"BucketName": 63},
    "AWS::SNS::Topic": {"TopicName": 256, "DisplayName": 100},
    "AWS::SQS::Queue": {"QueueName": 80},
    "AWS::Scheduler::Schedule": {"Name": 64},
    "AWS::StepFunctions::StateMachine": {"StateMachineName": 80},
}
LONGEST_STACK, LONGEST_NAMESPACE = 128, 255
NOT_NAMES = {"Description", "AlarmDescription", "DashboardBody", "QueryString", "RuleBody", "Tags"}


@pytest.fixture(scope="module")
def assembly(tmp_path_factory):
    """`prod.toml` of another service, with the longest names that are taken, and all that is named only when set."""
    text = Path("environments/prod.toml").read_text()
    content = tomllib.loads(text.replace("junkos", "acme").replace("JunkOS", "Acme"))
    content |= {"name": NAME, "service": SERVICE, "service_title": TITLE}
    content["uptime"] |= {"probe_regions": ["ap-southeast-1", "eu-central-1"], "quorum": 2}
    content["alerts"]["channels"] = [
        {"kind": "slack", "name": "c" * 32, "workspace_id": "T0123ABCD", "channel_id": "C0123ABCD"}
    ]
    content["security"] = {**content.get("security", {}), "contributor_insights": True, "account_changes": True}
    app = new_app(str(tmp_path_factory.mktemp("acme")))
    compose(app, Environment.model_validate(content))
    return app.synth()


@pytest.fixture(scope="module")
def resources(assembly):
    return resources_of(assembly)


def test_names_are_the_longest_allowed():
    """The names are the longest that are taken."""
    assert len(SERVICE) + len(NAME) == LONGEST_SERVICE_AND_NAME
    assert len(SERVICE) == 20


def test_template_has_no_default_service_name(assembly):
    """No word of the default service is in any template."""
    for stack in assembly.stacks:
        assert "junkos" not in json.dumps([stack.stack_name, stack.template, stack.tags]).lower()


def test_default_names_follow_the_service(assembly):
    """Both in one process: neither takes the other's name."""
    default, other = synthesized("prod"), assembly
    assert {stack.stack_name for stack in default.stacks} <= {
        stack.stack_name.replace(PREFIX, "junkos-prod") for stack in other.stacks
    }
    assert all(stack.stack_name.startswith(f"{PREFIX}-") for stack in other.stacks)
    assert SERVICE not in json.dumps([stack.template for stack in default.stacks])


def test_every_function_knows_its_service(resources):
    functions = of_type(resources, "AWS::Lambda::Function").values()
    ours = [one for one in functions if str(one.get("FunctionName", "")).startswith(PREFIX)]
    assert {one["Environment"]["Variables"][SERVICE_TITLE] for one in ours} == {TITLE}


def test_default_service_needs_no_variable():
    """A function of the default service needs no variable."""
    functions = of_type(resources_of(synthesized("prod")), "AWS::Lambda::Function").values()
    assert not any(SERVICE_TITLE in one.get("Environment", {}).get("Variables", {}) for one in functions)


def test_metrics_are_in_own_namespace(resources):
    """Metrics are in a namespace of their own."""
    namespaces = {
        found for one in resources.values() for found in re.findall(r'"[Nn]amespace": "([^"]*)"', json.dumps(one))
    }
    own = {namespace for namespace in namespaces if not namespace.startswith("AWS/")}
    assert own <= {"Acme-Removal-1234567", f"Acme-Removal-1234567/{NAME}"}
    assert max(map(len, own)) <= LONGEST_NAMESPACE


def test_names_fit_their_limits(assembly, resources):
    """Every name is within the limits of its service."""
    assert all(len(stack.stack_name) <= LONGEST_STACK for stack in assembly.stacks)
    for kind, limits in LONGEST.items():
        for properties in of_type(resources, kind).values():
            for key, limit in limits.items():
                if key in properties:
                    assert len(resolved(properties[key])) <= limit, (kind, resolved(properties[key]))


def test_no_name_is_without_a_limit(resources):
    """A new kind of resource that is called after the service gets its row in `LONGEST`."""
    for resource in resources.values():
        known = LONGEST.get(resource["Type"], {}).keys() | NOT_NAMES
        for key, value in resource.get("Properties", {}).items():
            is_name = key.endswith(("Name", "Identifier", "Username")) and PREFIX in resolved(value)
            assert not is_name or key in known or refers(resource["Type"], key), (resource["Type"], key)


def refers(kind, key):
    """Names of what another resource is, such as a filter's log group."""
    return key in {"LogGroupName", "FunctionName", "SourceTableName"} and kind != "AWS::Lambda::Function"


def resolved(value):
    """As CloudFormation would write it; an unknown reference is no part of a name."""
    match value:
        case {"Ref": "AWS::AccountId"}:
            return ACCOUNT
        case {"Ref": "AWS::Region"}:
            return LONGEST_REGION
        case {"Fn::Join": [separator, parts]}:
            return separator.join(map(resolved, parts))
        case str():
            return value
        case _:
            return ""
