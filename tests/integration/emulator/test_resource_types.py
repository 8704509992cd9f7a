"""CloudFormation on the embedded account, above all the types that MiniStack lacks."""

import json
import re

import pytest
from botocore.exceptions import ClientError

from emulator.account import ACCOUNT_ID, REGION
from tests.integration.emulator.stack import Stack, template

TOPIC = f"arn:aws:sns:{REGION}:{ACCOUNT_ID}:alerts"
ALARM = {
    "Type": "AWS::CloudWatch::Alarm",
    "Properties": {
        "AlarmName": "age",
        "Namespace": "JunkOS",
        "MetricName": "Age",
        "Statistic": "Maximum",
        "Period": 60,
        "ComparisonOperator": "GreaterThanThreshold",
        "Threshold": 1,
        "EvaluationPeriods": 1,
    },
}
NETWORK = {
    "Network": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}},
    "Group": {
        "Type": "AWS::EC2::SecurityGroup",
        "Properties": {"GroupDescription": "database", "VpcId": {"Ref": "Network"}},
    },
}
PEER = {"Peer": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.1.0.0/16"}}}
RULE = {"GroupId": {"Ref": "Group"}, "IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432, "CidrIp": "10.0.0.0/16"}
ANOMALY = {"Namespace": "JunkOS", "MetricName": "Age", "Stat": "Average"}
NIGHTLY = {"Schedule": {"Expression": "cron(0 2 * * *)", "Duration": "PT1H"}}
INSIGHT_RULE = {
    "RuleName": "who",
    "RuleState": "ENABLED",
    "RuleBody": json.dumps(
        {
            "Schema": {"Name": "CloudWatchLogRule", "Version": 1},
            "LogGroupNames": ["api"],
            "LogFormat": "JSON",
            "Contribution": {"Keys": ["$.address"]},
            "AggregateOn": "Count",
        }
    ),
}
CHANNEL = {
    "ConfigurationName": "alerts",
    "IamRoleArn": f"arn:aws:iam::{ACCOUNT_ID}:role/chat",
    "SlackChannelId": "C1",
    "SlackWorkspaceId": "T1",
}
OPTIONS = {"EngineName": "postgres", "MajorEngineVersion": "17", "OptionGroupDescription": "none"}

# type: (its properties, a change in place, a change that makes a new resource, what its attribute and Ref look like,
#        the attribute, other resources that it needs)
UUID = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
TYPES = {
    "AWS::CloudWatch::AnomalyDetector": (ANOMALY, {"Configuration": {}}, {"Stat": "Sum"}, UUID, "Id", {}),
    "AWS::CloudWatch::AlarmMuteRule": (
        {"Name": "night", "Rule": NIGHTLY}, {"Description": "at night"}, {"Name": "day"},
        rf"arn:aws:cloudwatch:{REGION}:{ACCOUNT_ID}:alarm-mute-rule:(night|day)", "Arn", {},
    ),
    "AWS::CloudWatch::InsightRule": (
        INSIGHT_RULE, {"RuleState": "DISABLED"}, {"RuleName": "other"},
        rf"arn:aws:cloudwatch:{REGION}:{ACCOUNT_ID}:insight-rule/(who|other)", "Arn", {},
    ),
    "AWS::Logs::QueryDefinition": (
        {"Name": "errors", "QueryString": "fields @message"}, {"Name": "failures"}, None, UUID, "QueryDefinitionId", {},
    ),
    "AWS::Chatbot::SlackChannelConfiguration": (
        CHANNEL, {"SlackChannelId": "C2"}, {"ConfigurationName": "other"},
        rf"arn:aws:chatbot::{ACCOUNT_ID}:chat-configuration/slack-channel/(alerts|other)", "Arn", {},
    ),
    "AWS::CloudWatch::CompositeAlarm": (
        {"AlarmName": "both", "AlarmRule": "ALARM(age)"}, {"AlarmDescription": "either"}, {"AlarmName": "new"},
        r"both|new", None, {"Age": ALARM},
    ),
    "AWS::EC2::FlowLog": (
        {"ResourceId": {"Ref": "Network"}, "ResourceType": "VPC", "LogGroupName": "flows"},
        {"Tags": [{"Key": "a", "Value": "b"}]}, {"TrafficType": "REJECT"}, r"fl-[0-9a-f]{17}", "Id", NETWORK,
    ),
    "AWS::RDS::OptionGroup": (
        OPTIONS, {"Tags": [{"Key": "a", "Value": "b"}]}, {"OptionGroupName": "named"}, r"[a-z0-9-]+", None, {},
    ),
    "AWS::EC2::VPCPeeringConnection": (
        {"VpcId": {"Ref": "Network"}, "PeerVpcId": {"Ref": "Peer"}}, {"Tags": [{"Key": "a", "Value": "b"}]},
        {"PeerVpcId": {"Ref": "Network"}}, "pcx-[0-9a-fA-F]{17}", "Id", NETWORK | PEER,
    ),
    "AWS::EC2::SecurityGroupIngress": (
        RULE, {"Description": "app"}, {"ToPort": 5433}, "sgr-[0-9a-f]{17}", "Id", NETWORK,
    ),
    "AWS::EC2::SecurityGroupEgress": (
        RULE, {"Description": "app"}, {"ToPort": 5433}, "sgr-[0-9a-f]{17}", "Id", NETWORK,
    ),
}  # fmt: skip


@pytest.fixture
def stack(client):
    stack = Stack(client)
    yield stack
    stack.delete()


@pytest.fixture(params=TYPES)
def kind(request):
    return request.param, *TYPES[request.param]


def test_resource_type_life_cycle(kind, stack):
    """A type is created updated replaced and deleted."""
    name, properties, in_place, anew, looks, attribute, others = kind
    outputs = {"Ref": {"Ref": "It"}} | ({"Att": {"Fn::GetAtt": ["It", attribute]}} if attribute else {})

    def resources(**changes):
        return others | {"It": {"Type": name, "Properties": properties | changes}}

    status, created = stack.create(resources(), outputs)
    assert status == "CREATE_COMPLETE", stack.reasons()
    assert re.fullmatch(looks, created["Ref"])
    assert created.get("Att", created["Ref"]) == created["Ref"]
    assert stack.update(resources(**in_place), outputs) == ("UPDATE_COMPLETE", created)
    if anew:
        status, replaced = stack.update(resources(**anew), outputs)
        assert status == "UPDATE_COMPLETE", stack.reasons()
        assert replaced["Ref"] != created["Ref"]


@pytest.mark.parametrize("name", TYPES)
def test_unknown_property_is_refused(name, stack):
    """A property that the type does not have is refused."""
    properties, _, _, _, _, others = TYPES[name]
    status, _ = stack.create(others | {"It": {"Type": name, "Properties": properties | {"NoSuch": 1}}})
    assert status == "ROLLBACK_COMPLETE"
    assert "extraneous key [NoSuch] is not permitted" in stack.reasons()


def test_missing_property_is_refused(stack):
    """A required property that is missing is refused."""
    status, _ = stack.create({"It": {"Type": "AWS::Logs::QueryDefinition", "Properties": {"Name": "errors"}}})
    assert status == "ROLLBACK_COMPLETE"
    assert "required key [QueryString] not found" in stack.reasons()


def test_a_type_that_nobody_provides_stays_refused(client):
    with pytest.raises(ClientError, match=r"Unrecognized resource types: \[AWS::Macie::Session\]"):
        Stack(client, "unknown").create({"It": {"Type": "AWS::Macie::Session", "Properties": {}}})


def test_security_group_rules_follow_resources(client, stack):
    """A security group has its rules and loses them with their resources."""
    rules = {"In": {"Type": "AWS::EC2::SecurityGroupIngress", "Properties": RULE}}
    _, outputs = stack.create(NETWORK | rules, {"Group": {"Ref": "Group"}})

    def ports():
        (group,) = client("ec2").describe_security_groups(GroupIds=[outputs["Group"]])["SecurityGroups"]
        return [rule["FromPort"] for rule in group["IpPermissions"]]

    assert ports() == [5432]
    stack.update(NETWORK, {"Group": {"Ref": "Group"}})
    assert ports() == []


def test_composite_alarm_needs_its_parts(stack):
    """A composite alarm needs the alarms it names."""
    status, _ = stack.create(
        {"It": {"Type": "AWS::CloudWatch::CompositeAlarm", "Properties": {"AlarmRule": "ALARM(nobody)"}}}
    )
    assert status == "ROLLBACK_COMPLETE"
    assert "nobody] in the alarm rule do not exist" in stack.reasons()


def test_an_update_that_fails_is_rolled_back(client, stack):
    topic = {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "alerts", "DisplayName": "before"}}
    stack.create({"Topic": topic})
    changed = {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "alerts", "DisplayName": "after"}}
    broken = {
        "Type": "AWS::CloudWatch::CompositeAlarm",
        "DependsOn": "Topic",
        "Properties": {"AlarmRule": "ALARM(nobody)"},
    }
    status, _ = stack.update({"Topic": changed, "Broken": broken})
    assert status == "UPDATE_ROLLBACK_COMPLETE"
    attributes = client("sns").get_topic_attributes(TopicArn=TOPIC)["Attributes"]
    assert attributes["DisplayName"] == "before"


SLOW_RESOURCE = """
import json, time, urllib.request
def handler(event, context):
    time.sleep(0.5)
    answer = {"Status": "SUCCESS", "PhysicalResourceId": "slow", "Data": {}}
    request = urllib.request.Request(event["ResponseURL"], json.dumps(answer).encode(), method="PUT")
    urllib.request.urlopen(request)
"""


def test_describe_waits_for_stack(client, stack, function):
    """A describe call waits for a stack in progress."""
    slow = {"Type": "Custom::Slow", "Properties": {"ServiceToken": function(SLOW_RESOURCE).arn}}
    client("cloudformation").create_stack(StackName=stack.name, TemplateBody=template({"Slow": slow}, None))
    (described,) = client("cloudformation").describe_stacks(StackName=stack.name)["Stacks"]
    assert described["StackStatus"] == "CREATE_COMPLETE"
    stack.delete()  # while its function is still there


def test_restorable_time_needs_backups(client):
    """A database with backups has a restorable time and one without has none."""
    rds = client("rds")

    def create(name, retention):
        return rds.create_db_instance(
            DBInstanceIdentifier=name,
            Engine="postgres",
            DBInstanceClass="db.t4g.micro",
            AllocatedStorage=20,
            MasterUsername="master",
            MasterUserPassword="password",
            BackupRetentionPeriod=retention,
        )["DBInstance"]

    kept = create("kept", 7)
    assert kept["LatestRestorableTime"] >= kept["InstanceCreateTime"]
    assert "LatestRestorableTime" not in create("unkept", 0)
    (described,) = rds.describe_db_instances(DBInstanceIdentifier="kept")["DBInstances"]
    assert described["DBInstanceStatus"] == "available"
