"""Every deployed function under its own role: what it must not do is refused, and what it may is what the page says.

`docs/permissions.md` says it; `tests/infra/test_permissions.py` holds the templates to the same page.
"""

import json
from contextlib import contextmanager
from datetime import timedelta
from functools import cache, partial
from urllib.parse import urlencode

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from demo.start import ERRORS_TOKEN
from demo.story.backup import PATIENCE
from emulator.account import ACCOUNT_ID, REGION
from lambdas.shared.clock import now
from lambdas.shared.incidents.keys import stored_keys
from lambdas.shared.incidents.links import new_nonce, read, sign
from lambdas.shared.incidents.table import IncidentTable
from lambdas.vocabulary.backups import VERIFICATION
from lambdas.vocabulary.codec import encode
from lambdas.vocabulary.error_tracking import DEFAULT_PROJECT, Batch, Source
from lambdas.vocabulary.large_runs import Step
from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.notices import Change, Notice
from tests.e2e.attempts import KINDS, OBJECTS, SOMEBODY_ELSES, Deployed, role_arn
from tests.permissions import allows, documented_for
from tests.releases import http_event
from tests.unit.lambdas.error_digest.situation import event as an_event
from tests.unit.lambdas.error_intake.sending import of_error, request
from tests.unit.lambdas.notify.samples import TOPIC
from tests.unit.lambdas.security_finding.events import finding

REFUSALS = {"AccessDenied", "AccessDeniedException", "AuthorizationError", "UnauthorizedOperation"}
NOT_A_REFUSAL = {"InvalidClientTokenId", "UnrecognizedClientException", "ExpiredToken", "SignatureDoesNotMatch"}
CONTROL = "least-privilege-control"

SCHEDULED = {"slot": "2026-01-06T02:00:00Z"}


def at_deployment(stage, _):
    """CloudFormation's, whose answer goes to a signed address of S3 as it does at AWS."""
    there = {"Bucket": stage.bucket, "Key": OBJECTS[-1]}
    address = stage.client("s3").generate_presigned_url("put_object", there)
    names = {"StackId": "stack", "RequestId": "request", "LogicalResourceId": "resource"}
    return {"RequestType": "Update", "ResponseURL": address, **names}


def from_the_queue(_stage, _backup):
    envelope = {"Type": "Notification", "MessageId": "message", "TopicArn": TOPIC, "Message": "least privilege"}
    body = json.dumps({**envelope, "Timestamp": "2026-01-06T02:00:00.000Z"})
    return {"Records": [{"messageId": "message", "body": body}]}


def an_envelope(stage, _backup):
    project = stage.environment.errors.projects[0]
    return request(of_error(), number=project.number, key=project.keys[0])


def a_batch(_stage, _backup):
    batch = Batch(DEFAULT_PROJECT, Source.SDK, now(), (an_event(at=now(), user={"id": "7"}),))
    return {"Records": [{"messageId": "message", "receiptHandle": "receipt", "body": batch.to_json()}]}


def a_release(stage, _backup):
    path = f"/api/0/organizations/{stage.environment.service}/releases/"
    body = json.dumps({"version": "least-privilege", "projects": [DEFAULT_PROJECT]}).encode()
    headers = {"Authorization": f"Bearer {ERRORS_TOKEN}", "Content-Type": "application/json"}
    return http_event("POST", path, headers, body)


def of_another_stack(*_):
    status = {"stack-id": "arn:aws:cloudformation:us-east-1:000000000000:stack/other/1"}
    return {
        "source": "aws.cloudformation",
        "time": SCHEDULED["slot"],
        "detail": {**status, "status-details": {"status": "UPDATE_COMPLETE"}},
    }


def an_alarm(*_):
    notice = Notice("least-privilege", Level.CRITICAL, Change.RAISED, "a right that is missing", now())
    return {"notices": [encode(notice)]}


def an_answer(stage, _backup):
    """As the page's form sends it: the one who was paged cannot."""
    table = IncidentTable(stage.client("dynamodb"), stage.function("incidents"))
    keys, newest = stored_keys(table, now()), next(table.newest(1))
    token = sign(keys, newest.number, "ana", now() + timedelta(hours=1))
    nonce = new_nonce(keys, read(keys, token, now()))
    body = urlencode({"nonce": nonce, "answer": "cannot"}).encode()
    return http_event("POST", f"/a/{token}", {"Content-Type": "application/x-www-form-urlencoded"}, body)


def the_end_of_a_run(*_):
    """Of an execution that ordered nothing."""
    execution = f"arn:aws:states:{REGION}:{ACCOUNT_ID}:execution:junkos-local-restore-verification:least-privilege"
    return {"step": Step.END, "function": "restore_verification", "execution": execution, "state": {}}


EVENTS = {
    "default_security_groups": at_deployment,
    "deployment_record": of_another_stack,
    "error_digest": a_batch,
    "error_intake": an_envelope,
    "error_relay": a_batch,
    "error_releases": a_release,
    "operator_action": lambda *_: {"action": "reopen", "project": DEFAULT_PROJECT, "id": "0" * 12, "revision": 0},
    "operator_view": lambda *_: {"view": "issues"},
    "guardduty_detector": at_deployment,
    "incident": an_alarm,
    "incident_answer": an_answer,
    "incident_evidence": lambda *_: {"incident": 1},
    "large_run": the_end_of_a_run,
    "notify": from_the_queue,
    "restore_verification": lambda _, backup: {"backup": backup},
    "review": lambda *_: {"period": "week"},
    "security_finding": lambda *_: finding("UnauthorizedAccess:EC2/SSHBruteForce"),
    "test_alert": lambda *_: {"level": Level.CRITICAL, "requested_by": "least privilege"},
}
"""What makes a function do its job, where that is not its schedule's event, on a stage that has a proven backup."""

NOT_SEEN = {
    "logs:": "Lambda itself writes the log; here it does not ask for the permission",
    "sqs:": "the same with what was given up",
    "ec2:": "Lambda makes the network interface before the function runs; no run here is a large one",
    "iam:": "GuardDuty makes its role in the function's name when it is first switched on; here no instance gets one",
    "kms:": "S3 uses the key in the role's name; here it does not ask for the permission",
}
"""What a role needs and this account does not ask for, by the beginning of the action."""
READING_POLICIES = ("GetPolicy", "GetPolicyVersion", "ListAttachedGroupPolicies", "ListGroupPolicies", "GetGroupPolicy")
MISSING_OR_FORBIDDEN = "S3 says of a missing object that it is missing, not that it is forbidden"
DEPLOYED = "when AWS deploys what the environment file names"
UPLOADED = "when source maps are uploaded"
WRITTEN_UP = "when an incident is closed"
PRESSED = "when a button changes an issue"
MONTHLY = "in the review of a month or a quarter"
OF_LONGER_REVIEWS = (
    "cloudwatch:DescribeAlarms",
    "cloudwatch:DescribeAlarmHistory",
    "logs:StartQuery",
    "logs:GetQueryResults",
    "rds:DescribeDBInstances",
    "pricing:GetProducts",
    "ce:GetCostAndUsage",
    "ce:GetCostForecast",
)
QUIET = "when no alarm forbids the test"
NOT_ON_RDS = "when the environment's database is one of RDS"
AFTERWARDS = "when there is a detector, which in these runs is made anew after it"
OF_DATABASES = (
    "rds:DescribeDBInstances",
    "rds:DescribeDBParameters",
    "rds:DescribeDBProxies",
    "rds:DescribeDBProxyTargets",
    "cloudwatch:GetMetricStatistics",
)
OF_DETECTORS = ("guardduty:GetDetector", "guardduty:ListFindings", "guardduty:GetFindings")
EARLIER = "when there is an earlier report"
OF_LOAD_TESTS = ("cloudwatch:GetMetricData", "s3:ListBucket", "s3:GetObject", "s3:PutObject")
NOT_TODAY = {
    ("checklist", "cloudtrail:GetTrailStatus"): "when the account has a trail",
    ("checklist", "sns:Publish"): "when a blocker is new",
    **{("checklist", action): NOT_ON_RDS for action in OF_DATABASES},
    **{("checklist", action): AFTERWARDS for action in OF_DETECTORS},
    ("database_backup", "s3:AbortMultipartUpload"): "when a dump breaks off",
    ("guardduty_detector", "guardduty:GetAdministratorAccount"): "when the detector must not be changed",
    ("deployment_record", "dynamodb:GetItem"): DEPLOYED,
    ("deployment_record", "dynamodb:PutItem"): DEPLOYED,
    ("deployment_record", "dynamodb:Query"): DEPLOYED,
    ("deployment_record", "cloudformation:DescribeStacks"): DEPLOYED,
    ("error_digest", "s3:GetObject"): "a batch that was too large for a message, and a map that an event names",
    ("error_digest", "s3:ListBucket"): MISSING_OR_FORBIDDEN,
    ("error_intake", "s3:PutObject"): "a batch that is too large for a message",
    ("error_relay", "s3:GetObject"): "a batch that was too large for a message",
    ("error_relay", "s3:ListBucket"): MISSING_OR_FORBIDDEN,
    ("error_releases", "dynamodb:Query"): "when releases are listed, or commits are set",
    ("error_releases", "s3:GetObject"): UPLOADED,
    ("error_releases", "s3:PutObject"): UPLOADED,
    ("error_releases", "s3:ListBucket"): MISSING_OR_FORBIDDEN,
    ("incident", "s3:GetObject"): WRITTEN_UP,
    ("incident", "s3:PutObject"): WRITTEN_UP,
    ("incident", "s3:ListBucket"): MISSING_OR_FORBIDDEN,
    ("incident_answer", "dynamodb:GetItem"): "when somebody looks at the page",
    ("incident_answer", "s3:GetObject"): "when somebody reads a review",
    ("incident_evidence", "cloudwatch:GetAlarmMuteRule"): "when something is muted",
    ("incident_evidence", "guardduty:GetFindings"): "when there are findings",
    ("operator_action", "lambda:InvokeFunction"): PRESSED,
    ("operator_action", "dynamodb:PutItem"): PRESSED,
    ("operator_action", "dynamodb:Query"): PRESSED,
    ("operator_action", "dynamodb:UpdateItem"): PRESSED,
    ("operator_action", "dynamodb:DeleteItem"): PRESSED,
    ("operator_action", "s3:GetObject"): PRESSED,
    ("operator_action", "s3:ListBucket"): MISSING_OR_FORBIDDEN,
    ("operator_view", "s3:GetObject"): "when somebody looks at one issue",
    ("operator_view", "s3:ListBucket"): MISSING_OR_FORBIDDEN,
    ("health_check", "dynamodb:GetItem"): "when another run was faster",
    ("large_run", "lambda:InvokeFunction"): "when a large run failed",
    ("large_run", "s3:ListBucket"): MISSING_OR_FORBIDDEN,
    ("large_run", "ssm:GetParameters"): "when EC2 looks for the newest image in its name",
    **{("load_test", action): QUIET for action in OF_LOAD_TESTS},
    **{("review", action): MONTHLY for action in OF_LONGER_REVIEWS},
    ("restore_verification", "s3:ListBucket"): MISSING_OR_FORBIDDEN,
    ("restore_verification", "s3:PutObjectTagging"): "to put an object with its tags, which this account does not ask",
    ("review", "s3:GetObject"): EARLIER,
    ("self_test", "s3:GetObject"): EARLIER,
    ("security_finding", "dynamodb:PutItem"): "when a finding that was published before cannot be published again",
    ("security_finding", "dynamodb:DeleteItem"): "when one cannot be published the first time",
    **{("security_finding", f"iam:{action}"): "when permissions were changed" for action in READING_POLICIES},
}
"""What a function needs, but not in these runs."""


@pytest.fixture(scope="module")
def deployed(stage):
    """The account with things on it that are nobody's, taken away again at the end."""
    deployed, secrets, s3 = Deployed(stage), stage.client("secretsmanager"), stage.client("s3")
    buckets = [name for _, name in deployed.of_type("AWS::S3::Bucket")]
    secrets.create_secret(Name=SOMEBODY_ELSES, SecretString="not yours")
    for bucket in buckets:
        for key in OBJECTS:
            s3.put_object(Bucket=bucket, Key=key, Body=b"not yours")
    yield deployed
    secrets.delete_secret(SecretId=SOMEBODY_ELSES, ForceDeleteWithoutRecovery=True)
    for bucket in buckets:
        for version in s3.list_object_versions(Bucket=bucket).get("Versions", ()):
            if version["Key"] in OBJECTS:
                s3.delete_object(Bucket=bucket, Key=version["Key"], VersionId=version["VersionId"])


@pytest.fixture(scope="module")
def sessions(stage, deployed):
    """Makers of clients that act under the functions' roles, by folder."""
    return {folder: session(stage, f"junkos-local-{folder.replace('_', '-')}") for folder in folders(deployed)}


def folders(deployed):
    return sorted(set(deployed.permissions.functions.values()))


def session(stage, role):
    """A maker of clients that act under `role`, whose trust is widened for as long as that takes."""
    with trusted(stage.client("iam"), role):
        answer = stage.client("sts").assume_role(RoleArn=role_arn(role), RoleSessionName="test")
    credentials = answer["Credentials"]
    return cache(
        partial(
            boto3.client,
            endpoint_url=stage.account.endpoint_url,
            region_name=REGION,
            aws_access_key_id=credentials["AccessKeyId"],
            aws_secret_access_key=credentials["SecretAccessKey"],
            aws_session_token=credentials["SessionToken"],
            config=Config(retries={"total_max_attempts": 1}),
        )
    )


@contextmanager
def trusted(iam, role):
    trust = iam.get_role(RoleName=role)["Role"]["AssumeRolePolicyDocument"]
    root = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT_ID}:root"}, "Action": "sts:AssumeRole"}
    wider = {**trust, "Statement": [*trust["Statement"], root]}
    iam.update_assume_role_policy(RoleName=role, PolicyDocument=json.dumps(wider))
    try:
        yield
    finally:
        iam.update_assume_role_policy(RoleName=role, PolicyDocument=json.dumps(trust))


def refused(attempt, client):
    """Whether the account refuses it for want of a permission; any other answer comes from behind that gate."""
    try:
        attempt.call(client)
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code in NOT_A_REFUSAL:
            raise
        return code in REFUSALS
    return False


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_role_has_exactly_the_documented_rights(deployed, sessions, kind):
    """A role may what the page says and is refused all else."""
    attempts = list(kind(deployed))
    assert attempts
    for folder, client in sessions.items():
        said = documented_for(folder, in_a_vpc=False)
        allowed = {str(it) for it in attempts if not refused(it, client)}
        documented = {
            str(it) for it in attempts if allows(said, it.action, it.resource) or allows(said, it.action, it.by_name)
        }
        assert allowed == documented, folder


@pytest.fixture(scope="module")
def worked(stage, deployed):
    """Every deployed function has done its job once; their names by folder."""
    guardduty = stage.client("guardduty")
    for detector in guardduty.list_detectors()["DetectorIds"]:  # so that it is made anew, with IAM enforced
        guardduty.delete_detector(DetectorId=detector)
    backup = stage.invoke("database_backup", **SCHEDULED)["backup"]
    stage.wait_for(backup + VERIFICATION, PATIENCE)
    for folder in folders(deployed):
        stage.invoke(folder, **EVENTS.get(folder, lambda *_: SCHEDULED)(stage, backup))
    return {folder: stage.function(folder) for folder in folders(deployed)}


def test_every_function_works_under_its_role(stage, worked):
    """Every function does its job under its own role."""
    assert worked
    assert [folder for folder in worked if stage.logged(folder, "AccessDenied")] == []


def test_no_role_has_unneeded_rights(deployed, worked):
    """A role may nothing that its function does not need."""
    used = {(arn.rpartition("/")[2], action) for arn, action in deployed.stage.account.permissions_used()}
    granted = {(it.holder, it.action) for it in deployed.permissions.grants if it.holder in worked}
    unused = {(folder, action) for folder, action in granted if (worked[folder], action) not in used}
    assert {it for it in unused if not it[1].startswith(tuple(NOT_SEEN))} - NOT_TODAY.keys() == set()


@pytest.fixture(scope="module")
def control(stage):
    """A role that is nobody's: a function that gives it one permission, and a maker of clients under it."""
    iam = stage.client("iam")
    trust = {"Version": "2012-10-17", "Statement": []}
    iam.create_role(RoleName=CONTROL, AssumeRolePolicyDocument=json.dumps(trust))

    def permit(action, arn):
        statement = {"Effect": "Allow", "Action": action, "Resource": arn}
        document = {"Version": "2012-10-17", "Statement": [statement]}
        iam.put_role_policy(RoleName=CONTROL, PolicyName="one", PolicyDocument=json.dumps(document))

    yield permit, session(stage, CONTROL)
    iam.delete_role_policy(RoleName=CONTROL, PolicyName="one")
    iam.delete_role(RoleName=CONTROL)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_denial_is_for_the_missing_permission(deployed, control, kind):
    """The refusal is for want of that very permission."""
    permit, client = control
    for attempt in kind(deployed):
        permit("sts:GetCallerIdentity", "*")
        assert refused(attempt, client), f"{attempt} is allowed without a permission"
        permit(attempt.action, attempt.arn)
        assert not refused(attempt, client), f"{attempt} is refused with its permission"
