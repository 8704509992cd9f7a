"""What is recognised as a finding or an act that weakens the account, and who may do what about it."""

import json
import tempfile
from functools import cache
from pathlib import Path

import pytest
from ministack.services import eventbridge

from cost.templates import Templates
from lambdas.vocabulary.account_changes import CHANGE, AccountChange
from stacks.resources.account_changes import BY_A_DEPLOYMENT
from tests.infra.conftest import of_type, resources_of, synthesized
from tests.infra.test_backups_stack import statements
from tests.infra.test_uptime_stack import synthesized_with
from tests.permissions import Permissions
from tests.unit.lambdas.security_finding.events import ANNA, ROOT, finding, record, role

API_CALL, SIGN_IN = "AWS API Call via CloudTrail", "AWS Console Sign In via CloudTrail"
BACKUPS = "junkos-prod-backups-111122223333-us-east-1"
MACHINES = "arn:aws:states:us-east-1:111122223333:stateMachine:"
DEPLOYMENT = {"sourceIPAddress": BY_A_DEPLOYMENT, "by": role("cdk-hnb659fds-cfn-exec-role", "AWSCloudFormation")}
ADMINISTRATOR = {"roleName": "app", "policyArn": "arn:aws:iam::aws:policy/AdministratorAccess"}


@pytest.fixture(scope="module")
def prod():
    return resources_of(synthesized("prod"))


CHANNELS = """
[[alerts.channels]]
kind = "slack_webhook"
name = "team-chat"
secret = "junkos/prod/chat"

[[alerts.channels]]
kind = "webhook"
name = "tickets"
url = "https://tickets.example"
parameter = "/junkos/prod/tickets"
"""


@cache
def rules():
    """Name, pattern and target of every rule of production's security stack, with channels that have secrets."""
    with tempfile.TemporaryDirectory() as folder:
        resources = synthesized_with(Path(folder), CHANNELS)
    return [one for key, one in of_type(resources, "AWS::Events::Rule").items() if key[0] == "junkos-prod-security"]


def recognised(written, detail_type=API_CALL):
    """The kinds of act that the rules make of a record, as EventBridge would match it."""
    event = {"Source": "aws.test", "DetailType": detail_type, "Detail": json.dumps(written), "Time": 0}
    view = eventbridge._pattern_event_view(event)
    matching = [rule for rule in rules() if eventbridge._matches_pattern_view(pattern_of(rule), view, rule["Name"])]
    return sorted(json.loads(template_of(rule))[CHANGE] for rule in matching)


def pattern_of(rule):
    text = json.dumps(rule["EventPattern"])
    joined = json.dumps({"Fn::Join": ["", ["junkos-prod-backups-", {"Ref": "AWS::AccountId"}, "-us-east-1"]]})
    return text.replace(joined, json.dumps(BACKUPS))


def template_of(rule):
    return rule["Targets"][0].get("InputTransformer", {}).get("InputTemplate", "{}").replace("<detail>", "{}")


def changed(field, cidr, **rule):
    """A changed rule of a security group, in the words of that call's record."""
    update = {"SecurityGroupRuleId": "sgr-1", "SecurityGroupRule": {field: cidr, **rule}, "tag": 1}
    return {"ModifySecurityGroupRulesRequest": {"GroupId": "sg-1", "SecurityGroupRule": update}}


def opened(port, cidr, protocol="tcp", ranges="ipRanges", field="cidrIp"):
    permission = {"ipProtocol": protocol, "fromPort": port[0], "toPort": port[1], ranges: {"items": [{field: cidr}]}}
    return {"groupId": "sg-1", "ipPermissions": {"items": [permission]}}


TOPIC = "arn:aws:sns:us-east-1:1:junkos-prod-alerts-critical"
NOTIFY, ANOTHER = (f"arn:aws:lambda:us-east-1:1:function:{name}" for name in ("junkos-prod-notify", "another"))
QUEUE, TABLE = "https://sqs.us-east-1.amazonaws.com/1/junkos-prod-notices", "junkos-prod-notices"
LOG, STACK = "/aws/lambda/junkos-prod-notify", "arn:aws:cloudformation:us-east-1:1:stack/junkos-prod-alerting/1"
SECRET = "arn:aws:secretsmanager:us-east-1:1:secret:junkos/prod/chat-AbCdEf"
ACCESS = {"FromPort": 5432, "ToPort": 5432, "IpProtocol": "tcp"}
MAPPING = {"uUID": "14e0db71-0000-4eb5-b481-8945cf9d10c2"}
WORLD, WORLD_V6 = "0.0.0.0/0", ("::/0", "tcp", "ipv6Ranges", "cidrIpv6")
WEAKENING = [
    (AccountChange.ROOT_USED, record("s3", "ListBuckets", by=ROOT)),
    (AccountChange.ROOT_ACCESS_KEY, record("iam", "CreateAccessKey", by=ROOT)),
    (AccountChange.MFA_REMOVED, record("iam", "DeactivateMFADevice", {"userName": "anna"})),
    (AccountChange.ADMINISTRATOR_MADE, record("iam", "AttachRolePolicy", ADMINISTRATOR)),
    (AccountChange.CREDENTIALS_MADE, record("iam", "CreateAccessKey", {"userName": "bert"})),
    (AccountChange.PERMISSIONS_CHANGED, record("iam", "PutUserPolicy", {"userName": "bert"})),
    (AccountChange.PERMISSIONS_CHANGED, record("iam", "AttachUserPolicy", {"policyArn": "arn:aws:iam::1:policy/own"})),
    (AccountChange.TRAIL_STOPPED, record("cloudtrail", "StopLogging", {"name": "trail"})),
    (AccountChange.TRAIL_CHANGED, record("cloudtrail", "PutEventSelectors", {"trailName": "trail"})),
    (AccountChange.TRAIL_CHANGED, record("config", "StopConfigurationRecorder")),
    (AccountChange.DETECTION_STOPPED, record("guardduty", "DeleteDetector", {"detectorId": "d"})),
    (AccountChange.DETECTION_STOPPED, record("guardduty", "UpdateDetector", {"detectorId": "d", "enable": False})),
    (
        AccountChange.DETECTION_NARROWED,
        record("guardduty", "UpdateDetector", {"features": [{"name": "RDS_LOGIN_EVENTS", "status": "DISABLED"}]}),
    ),
    (
        AccountChange.DETECTION_NARROWED,
        record("guardduty", "UpdateDetector", {"features": [{"status": "DISABLED"}]}, by=role("somebody")),
    ),
    (AccountChange.DETECTION_NARROWED, record("guardduty", "CreateFilter", {"action": "ARCHIVE"})),
    (AccountChange.DETECTION_NARROWED, record("guardduty", "CreateIPSet", {"name": "ours"})),
    (AccountChange.ALARMS_SILENCED, record("monitoring", "DisableAlarmActions", {"alarmNames": ["junkos-prod-x"]})),
    (AccountChange.ALARMS_SILENCED, record("events", "DisableRule", {"name": "junkos-prod-guardduty-finding"})),
    (
        AccountChange.ALARMS_SILENCED,
        record("events", "PutRule", {"name": "junkos-prod-guardduty-finding", "state": "DISABLED"}),
    ),
    (AccountChange.ALARMS_SILENCED, record("events", "PutTargets", {"rule": "junkos-prod-guardduty-finding"})),
    (AccountChange.ALARMS_SILENCED, record("events", "RemoveTargets", {"rule": "junkos-prod-guardduty-finding"})),
    (
        AccountChange.ALARMS_SILENCED,
        record("sns", "Unsubscribe", {"subscriptionArn": f"{TOPIC}:0"}),
    ),
    (AccountChange.ALARMS_SILENCED, record("monitoring", "PutMetricAlarm", {"alarmName": "junkos-prod-x"})),
    (AccountChange.ALARMS_SILENCED, record("monitoring", "PutCompositeAlarm", {"alarmName": "junkos-prod-x"})),
    (AccountChange.ALARMS_SILENCED, record("sns", "SetSubscriptionAttributes", {"subscriptionArn": f"{TOPIC}:0"})),
    (AccountChange.ALARMS_SILENCED, record("sns", "SetTopicAttributes", {"topicArn": TOPIC})),
    (AccountChange.ALARMS_SILENCED, record("sns", "RemovePermission", {"topicArn": TOPIC, "label": "1"})),
    (AccountChange.ALARMS_SILENCED, record("lambda", "PutFunctionConcurrency20171031", {"functionName": NOTIFY})),
    (
        AccountChange.ALARMS_SILENCED,
        record("lambda", "PutFunctionConcurrency20171031", {"functionName": "junkos-prod-notify"}),
    ),
    (AccountChange.ALARMS_SILENCED, record("lambda", "DeleteFunction20150331", {"functionName": NOTIFY})),
    (
        AccountChange.ALARMS_SILENCED,
        record("lambda", "UpdateEventSourceMapping20150331", MAPPING, responseElements={"functionArn": NOTIFY}),
    ),
    (
        AccountChange.ALARMS_SILENCED,
        record("lambda", "DeleteEventSourceMapping20150331", MAPPING, responseElements={"functionArn": NOTIFY}),
    ),
    (AccountChange.ALARMS_SILENCED, record("scheduler", "UpdateSchedule", {"name": "junkos-prod-health-check"})),
    (AccountChange.ALARMS_SILENCED, record("scheduler", "DeleteSchedule", {"name": "junkos-prod-health-check"})),
    (
        AccountChange.ALARMS_SILENCED,
        record("states", "UpdateStateMachine", {"stateMachineArn": f"{MACHINES}junkos-prod-database-backup"}),
    ),
    (
        AccountChange.ALARMS_SILENCED,
        record("states", "DeleteStateMachine", {"stateMachineArn": f"{MACHINES}junkos-prod-database-backup"}),
    ),
    (AccountChange.ALARMS_MUTED, record("monitoring", "PutAlarmMuteRule", {"name": "junkos-prod-by-hand-1"})),
    (
        AccountChange.ALARMS_MUTED,
        record("monitoring", "PutAlarmMuteRule", {"name": "x", "muteTargets": {"alarmNames": ["junkos-prod-x"]}}),
    ),
    (AccountChange.KEY_DELETED, record("kms", "ScheduleKeyDeletion", {"keyId": "k"})),
    (AccountChange.BACKUPS_WEAKENED, record("s3", "PutBucketPolicy", {"bucketName": BACKUPS})),
    (AccountChange.BACKUPS_WEAKENED, record("s3", "DeleteBucketLifecycle", {"bucketName": BACKUPS})),
    (AccountChange.SNAPSHOT_PUBLIC, record("rds", "ModifyDBSnapshotAttribute", {"valuesToAdd": ["all"]})),
    (AccountChange.SNAPSHOT_SHARED, record("rds", "ModifyDBSnapshotAttribute", {"valuesToAdd": ["444455556666"]})),
    (AccountChange.DATABASE_UNPROTECTED, record("rds", "ModifyDBInstance", {"deletionProtection": False})),
    (AccountChange.DATABASE_UNPROTECTED, record("rds", "ModifyDBInstance", {"backupRetentionPeriod": 0})),
    (AccountChange.DATABASE_UNPROTECTED, record("rds", "ModifyDBInstance", {"publiclyAccessible": True})),
    (AccountChange.DATABASE_UNPROTECTED, record("rds", "DeleteDBInstance", {"dBInstanceIdentifier": "d"})),
    (AccountChange.DATABASE_OPENED, record("ec2", "AuthorizeSecurityGroupIngress", opened((5432, 5432), WORLD))),
    (AccountChange.DATABASE_OPENED, record("ec2", "AuthorizeSecurityGroupIngress", opened((0, 65535), WORLD))),
    (AccountChange.DATABASE_OPENED, record("ec2", "AuthorizeSecurityGroupIngress", opened((-1, -1), WORLD, "-1"))),
    (AccountChange.DATABASE_OPENED, record("ec2", "AuthorizeSecurityGroupIngress", opened((5432, 5432), *WORLD_V6))),
    (
        AccountChange.DATABASE_OPENED,
        record("ec2", "AuthorizeSecurityGroupIngress", opened((5432, 5432), "128.0.0.0/1")),
    ),
    (AccountChange.DATABASE_OPENED, record("ec2", "ModifySecurityGroupRules", changed("CidrIpv4", WORLD, **ACCESS))),
    (
        AccountChange.DATABASE_OPENED,
        record("ec2", "ModifySecurityGroupRules", changed("CidrIpv4", WORLD, IpProtocol=-1)),
    ),
    (
        AccountChange.DATABASE_OPENED,
        record("ec2", "ModifySecurityGroupRules", changed("CidrIpv6", "2000::/3", **ACCESS)),
    ),
    (AccountChange.ROOT_TAKEN_OVER, record("account", "AcceptPrimaryEmailUpdate", {"primaryEmail": "***"})),
    (AccountChange.ROOT_TAKEN_OVER, record("account", "StartPrimaryEmailUpdate", by=ROOT)),
    (AccountChange.ROOT_TAKEN_OVER, record("signin", "PasswordUpdated", by=ROOT, eventType="AwsConsoleSignIn")),
    (AccountChange.PERMISSIONS_CHANGED, record("iam", "CreatePolicy", {"policyName": "x"})),
    (AccountChange.DATABASE_UNPROTECTED, record("rds", "CreateDBInstance", {"publiclyAccessible": True})),
    (
        AccountChange.DATABASE_UNPROTECTED,
        record("rds", "RestoreDBInstanceToPointInTime", responseElements={"publiclyAccessible": True}),
    ),
    (AccountChange.DATABASE_UNPROTECTED, record("rds", "DeleteDBClusterAutomatedBackup", {"dbClusterResourceId": "c"})),
    (
        AccountChange.DATABASE_UNPROTECTED,
        record("rds", "DeleteDBClusterSnapshot", {"dBClusterSnapshotIdentifier": "s"}),
    ),
    (AccountChange.DATABASE_UNPROTECTED, record("rds", "DeleteDBSnapshot", {"dBSnapshotIdentifier": "s"})),
    (AccountChange.ALARMS_SILENCED, record("lambda", "UpdateFunctionCode20150331v2", {"functionName": NOTIFY})),
    (
        AccountChange.ALARMS_SILENCED,
        record("lambda", "UpdateFunctionConfiguration20150331v2", {"functionName": NOTIFY}),
    ),
    (AccountChange.ALARMS_SILENCED, record("lambda", "RemovePermission20150331v2", {"functionName": NOTIFY})),
    (AccountChange.ALARMS_SILENCED, record("sqs", "SetQueueAttributes", {"queueUrl": QUEUE})),
    (AccountChange.ALARMS_SILENCED, record("sqs", "PurgeQueue", {"queueUrl": QUEUE})),
    (AccountChange.ALARMS_SILENCED, record("dynamodb", "DeleteTable", {"tableName": TABLE})),
    (AccountChange.ALARMS_SILENCED, record("logs", "DeleteMetricFilter", {"logGroupName": "/junkos/prod/backend"})),
    (AccountChange.ALARMS_SILENCED, record("logs", "DeleteLogGroup", {"logGroupName": LOG})),
    (AccountChange.ALARMS_SILENCED, record("logs", "DeleteDataProtectionPolicy", {"logGroupIdentifier": LOG})),
    (AccountChange.ALARMS_SILENCED, record("secretsmanager", "DeleteSecret", {"secretId": "junkos/prod/chat"})),
    (AccountChange.ALARMS_SILENCED, record("ssm", "DeleteParameter", {"name": "/junkos/prod/tickets"})),
    (AccountChange.ALARMS_SILENCED, record("iam", "DetachRolePolicy", {"roleName": "junkos-prod-notify"})),
    (AccountChange.ALARMS_SILENCED, record("monitoring", "DisableInsightRules", {"ruleNames": ["junkos-prod-x"]})),
    (AccountChange.ALARMS_SILENCED, record("cloudformation", "DeleteStack", {"stackName": STACK})),
    (AccountChange.CHANNEL_SECRET_CHANGED, record("secretsmanager", "PutSecretValue", {"secretId": SECRET})),
    (AccountChange.CHANNEL_SECRET_CHANGED, record("ssm", "PutParameter", {"name": "/junkos/prod/tickets"})),
]


@pytest.mark.parametrize(("kind", "written"), WEAKENING)
def test_weakening_act_is_recognised(kind, written):
    """An act that weakens the account is recognised as what it is and nothing else."""
    assert recognised(written) == [kind]


def test_patterns_fit_a_rule():
    """EventBridge takes 2 048 characters a pattern."""
    assert max(len(json.dumps(rule["EventPattern"], separators=(",", ":"))) for rule in rules()) <= 2048


def test_every_act_has_a_rule():
    """Every kind of act is recognised by some rule."""
    named = {json.loads(template_of(rule)).get(CHANGE) for rule in rules()} - {None}
    assert named == set(AccountChange)


def sign_in(by, outcome="Success", mfa="No", name="ConsoleLogin"):
    written = {"responseElements": {name: outcome}, "additionalEventData": {"MFAUsed": mfa}}
    return record("signin", name, by=by, eventType="AwsConsoleSignIn", **written)


@pytest.mark.parametrize(
    ("written", "kinds"),
    [
        (sign_in(ANNA), [AccountChange.SIGN_IN_WITHOUT_MFA]),
        (sign_in(ANNA, mfa="Yes"), []),
        (sign_in(ANNA, outcome="Failure"), []),
        (sign_in(role("AWSReservedSSO_Admin")), []),  # its second factor is the identity provider's
        (sign_in(ROOT, mfa="Yes"), [AccountChange.ROOT_USED]),
        (sign_in(ROOT, outcome="Failure"), []),
        (sign_in(ROOT, name="PasswordRecoveryRequested"), [AccountChange.ROOT_USED]),
        (sign_in(ROOT, name="PasswordUpdated"), [AccountChange.ROOT_TAKEN_OVER]),
        (sign_in(ROOT, name="EmailUpdated"), [AccountChange.ROOT_TAKEN_OVER]),
    ],
)
def test_risky_sign_in_is_reported(written, kinds):
    """A sign in is sent when root does it or a password alone was enough."""
    assert recognised(written, SIGN_IN) == kinds


def by_a_deployment(service, name, parameters):
    return record(service, name, parameters, **DEPLOYMENT)


ORDINARY = [
    by_a_deployment("iam", "AttachRolePolicy", ADMINISTRATOR),  # cdk bootstrap does
    by_a_deployment("iam", "PutRolePolicy", {"roleName": "junkos-prod-database-backup"}),
    by_a_deployment("s3", "PutBucketPolicy", {"bucketName": BACKUPS}),
    by_a_deployment("s3", "PutBucketLifecycle", {"bucketName": BACKUPS}),
    by_a_deployment("rds", "ModifyDBInstance", {"deletionProtection": False}),
    by_a_deployment("monitoring", "DeleteAlarms", {"alarmNames": ["junkos-prod-x"]}),
    by_a_deployment("events", "DeleteRule", {"name": "junkos-prod-x"}),
    by_a_deployment("events", "PutRule", {"name": "junkos-prod-x"}),
    by_a_deployment("events", "PutTargets", {"rule": "junkos-prod-x"}),
    by_a_deployment("monitoring", "PutMetricAlarm", {"alarmName": "junkos-prod-x"}),
    by_a_deployment("monitoring", "PutAlarmMuteRule", {"name": "junkos-prod-window-night"}),
    by_a_deployment("sns", "SetTopicAttributes", {"topicArn": TOPIC}),
    by_a_deployment("lambda", "PutFunctionConcurrency20171031", {"functionName": "junkos-prod-notify"}),
    by_a_deployment("scheduler", "UpdateSchedule", {"name": "junkos-prod-health-check"}),
    record(
        "guardduty",
        "UpdateDetector",
        {"features": [{"name": "AI_PROTECTION", "status": "DISABLED"}]},
        by=role("junkos-prod-guardduty-detector", "junkos-prod-guardduty-detector"),
    ),
    record("guardduty", "UpdateDetector", {"enable": True, "features": [{"status": "ENABLED"}]}),
    record("guardduty", "CreateFilter", {"action": "NOOP"}),
    record("s3", "PutBucketPolicy", {"bucketName": "another"}),
    record("monitoring", "DeleteAlarms", {"alarmNames": ["another"]}),
    record("monitoring", "PutMetricAlarm", {"alarmName": "another"}),
    record("monitoring", "PutAlarmMuteRule", {"name": "x", "muteTargets": {"alarmNames": ["another"]}}),
    record("monitoring", "DeleteAlarmMuteRule", {"alarmMuteRuleName": "junkos-prod-by-hand-1"}),
    record("sns", "SetTopicAttributes", {"topicArn": "arn:aws:sns:us-east-1:1:another"}),
    record("lambda", "PutFunctionConcurrency20171031", {"functionName": "another"}),
    record("lambda", "DeleteFunctionConcurrency20171031", {"functionName": "junkos-prod-notify"}),
    record("lambda", "UpdateEventSourceMapping20150331", MAPPING, responseElements={"functionArn": ANOTHER}),
    record("scheduler", "UpdateSchedule", {"name": "another"}),
    record("states", "DeleteStateMachine", {"stateMachineArn": f"{MACHINES}another"}),
    by_a_deployment("states", "UpdateStateMachine", {"stateMachineArn": f"{MACHINES}junkos-prod-database-backup"}),
    record("rds", "ModifyDBInstance", {"backupRetentionPeriod": 7, "deletionProtection": True}),
    record("ec2", "AuthorizeSecurityGroupIngress", opened((443, 443), WORLD)),
    record("ec2", "AuthorizeSecurityGroupIngress", opened((5432, 5432), "10.0.0.0/16")),
    record("ec2", "AuthorizeSecurityGroupIngress", opened((5432, 5432), "10.0.0.0/8")),
    record("ec2", "AuthorizeSecurityGroupIngress", opened((5432, 5432), "203.0.113.7/32")),
    record("ec2", "ModifySecurityGroupRules", changed("CidrIpv4", "10.0.0.0/11", **ACCESS)),
    record("ec2", "ModifySecurityGroupRules", changed("CidrIpv4", WORLD, FromPort=443, ToPort=443, IpProtocol="tcp")),
    record("ec2", "ModifySecurityGroupRules", changed("CidrIpv6", "fc00::/7", **ACCESS)),
    record("rds", "CreateDBInstance", responseElements={"publiclyAccessible": False}),
    record("rds", "DeleteDBSnapshot", {"dBSnapshotIdentifier": "s"}, sourceIPAddress="backup.amazonaws.com"),
    record("sqs", "SetQueueAttributes", {"queueUrl": "https://sqs.us-east-1.amazonaws.com/1/another"}),
    record("dynamodb", "DeleteTable", {"tableName": "another"}),
    record("logs", "DeleteLogGroup", {"logGroupName": "/aws/lambda/another"}),
    record("secretsmanager", "PutSecretValue", {"secretId": "junkos/prod/chat-of-others"}),
    record("cloudformation", "DeleteStack", {"stackName": "another"}),
    by_a_deployment("lambda", "UpdateFunctionCode20150331v2", {"functionName": "junkos-prod-notify"}),
    by_a_deployment("logs", "PutMetricFilter", {"logGroupName": "/junkos/prod/backend"}),
    by_a_deployment("sqs", "SetQueueAttributes", {"queueUrl": QUEUE}),
    record("iam", "PutRolePolicy", {"roleName": "x"}, errorCode="AccessDenied"),
    record("kms", "Decrypt", by={**ROOT, "invokedBy": "backup.amazonaws.com"}),
    record("s3", "ListBuckets"),
]


@pytest.mark.parametrize("written", ORDINARY)
def test_a_deployment_and_daily_work_raise_nothing(written):
    assert recognised(written) == []


def test_findings_are_passed_unchanged():
    """Findings of guardduty go to the function as they are."""
    event = finding("Recon:EC2/PortProbeUnprotectedPort")
    sent = {"Source": event["source"], "DetailType": event["detail-type"], "Detail": json.dumps(event["detail"])}
    view = eventbridge._pattern_event_view({**sent, "Time": 0})
    (rule,) = (one for one in rules() if eventbridge._matches_pattern_view(pattern_of(one), view, one["Name"]))
    assert set(rule["Targets"][0]) == {"Arn", "Id", "DeadLetterConfig"}


def test_undelivered_events_become_dead_letters(prod):
    """What cannot be delivered waits among the functions dead letters."""
    stacks = {stack.stack_name: stack.template for stack in synthesized("prod").stacks}
    arns = [rule["Targets"][0]["DeadLetterConfig"]["Arn"] for rule in rules()]
    assert {Permissions("prod", stacks).readable("junkos-prod-security", arn) for arn in arns} == {"dead-letters"}


def test_security_function_has_minimal_rights(prod):
    """The function that says may write its table publish to the four topics and read policies only."""
    besides = ("logs:", "sqs:")  # its log, and its own dead letters
    granted = [it for it in statements(prod, "securityfinding") if not str(it["Action"][0]).startswith(besides)]
    assert [it["Action"] for it in granted] == [
        ["dynamodb:DeleteItem", "dynamodb:PutItem", "dynamodb:UpdateItem"],
        "sns:Publish",
        ["iam:GetPolicy", "iam:GetPolicyVersion"],
        ["iam:GetGroupPolicy", "iam:ListAttachedGroupPolicies", "iam:ListGroupPolicies"],
    ]
    assert len(granted[1]["Resource"]) == 4


def test_detector_is_kept_with_one_role(prod):
    """The detector is never deleted and only guarddutys role can be made."""
    granted = statements(prod, "guarddutydetector")
    actions = {
        action for it in granted for action in ([it["Action"]] if isinstance(it["Action"], str) else it["Action"])
    }
    assert not any("Delete" in action for action in actions)
    (making,) = (it for it in granted if it["Action"] == "iam:CreateServiceLinkedRole")
    assert making["Condition"] == {"StringEquals": {"iam:AWSServiceName": "guardduty.amazonaws.com"}}


@pytest.mark.slow
def test_the_settings_switch_off_what_they_name(tmp_path):
    resources = synthesized_with(tmp_path, "\n[security]\nguardduty = false\naccount_changes = false\n")
    names = [one["Name"] for one in of_type(resources, "AWS::Events::Rule").values() if "-account-" in one["Name"]]
    assert names == []
    assert not any(one["Type"] == "Custom::GuardDutyDetector" for one in resources.values())
    rules = [one["Name"] for one in of_type(resources, "AWS::Events::Rule").values()]
    assert "junkos-prod-guardduty-finding" in rules  # of a detector that an organisation switched on


def test_default_groups_are_closed(assembly):
    """The default group of every vpc of ours is closed."""
    templates = Templates({stack.stack_name: stack.template for stack in assembly.stacks})
    (closed,) = templates.of_type("Custom::ClosedDefaultGroups")
    assert set(templates.referred_to(closed.stack, closed.properties["GROUPS"])) == set(
        templates.of_type("AWS::EC2::VPC")
    )
