"""What a function could try that is none of its business: one attempt per action and thing of the deployed account.

Nothing that is tried does harm where it is allowed: it names what is not there, or sets what never holds.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from botocore import xform_name

from emulator.account import ACCOUNT_ID, REGION
from emulator.stage import Stage
from tests.permissions import Permissions

SOMEBODY_ELSES = "junkos/somebody-elses"
OBJECTS = ("least-privilege/dump.pgc.zst", "least-privilege/verification.json", "elsewhere.txt")
ABSENT = "not-there"
DOCUMENT = '{"Version": "2012-10-17", "Statement": []}'


@dataclass(frozen=True)
class Attempt:
    """`resource` is as `docs/permissions.md` names it, `arn` in full; `call` is given a maker of clients."""

    action: str
    resource: str
    arn: str
    call: Callable[[Callable[[str], Any]], object]

    @property
    def by_name(self) -> str:
        """Of an object, as the page says it of buckets whose names CloudFormation makes, such as `status-page-*`."""
        return self.arn.rpartition(":::junkos-")[2].partition("-")[2]

    def __str__(self) -> str:
        return f"{self.action} on {self.resource}"


def attempt(action: str, resource: str, *, operation: str = "", arn: str = "", **arguments: Any) -> Attempt:
    """The API operation that needs `action`, which is mostly called the same; the ARN follows from the resource."""
    service, _, name = action.partition(":")
    method = xform_name(operation or name)
    arn = arn or (resource if resource == "*" else f"arn:aws:{service}:{REGION}:{ACCOUNT_ID}:{resource}")
    return Attempt(action, resource, arn, lambda client: getattr(client(service), method)(**arguments))


@dataclass(frozen=True)
class Deployed:
    """The deployed environment: its templates, and what their resources are called on the account."""

    stage: Stage

    @cached_property
    def permissions(self) -> Permissions:
        templates = {
            name: formation.get_template(StackName=name)["TemplateBody"] for name, formation in self._stacks.items()
        }
        return Permissions(self.stage.environment.name, templates)

    @cached_property
    def _stacks(self) -> dict[str, Any]:
        """By name, each with CloudFormation's client of its region."""
        further = self.stage.environment.backups.copy_region
        formations = [self.stage.client("cloudformation", region) for region in filter(None, (REGION, further))]
        return {
            stack["StackName"]: formation
            for formation in formations
            for stack in formation.describe_stacks()["Stacks"]
            if stack["StackName"].startswith(f"junkos-{self.stage.environment.name}-")
        }

    def of_type(self, kind: str) -> Iterator[tuple[str, str]]:
        """Readable and physical names of all resources of a type."""
        for stack, formation in self._stacks.items():
            for it in formation.describe_stack_resources(StackName=stack)["StackResources"]:
                if it["ResourceType"] == kind:
                    readable = self.permissions.readable(stack, {"Ref": it["LogicalResourceId"]})
                    yield readable, it["PhysicalResourceId"]


def on_secrets(deployed: Deployed) -> Iterator[Attempt]:
    for secret in deployed.stage.client("secretsmanager").list_secrets()["SecretList"]:
        arn = secret["ARN"]
        for action in ("GetSecretValue", "DescribeSecret"):
            yield attempt(f"secretsmanager:{action}", arn.split(":", 5)[5], arn=arn, SecretId=arn)
    parameter = f"parameter/{SOMEBODY_ELSES}"
    yield attempt("ssm:GetParameter", parameter, Name=f"/{SOMEBODY_ELSES}", WithDecryption=True)
    yield attempt("ssm:PutParameter", parameter, Name=f"/{SOMEBODY_ELSES}", Value="x", Type="String")


def on_objects(deployed: Deployed) -> Iterator[Attempt]:
    for readable, bucket in deployed.of_type("AWS::S3::Bucket"):
        of_bucket = {"arn": f"arn:aws:s3:::{bucket}", "Bucket": bucket}
        yield attempt("s3:ListBucket", readable, operation="ListObjectsV2", **of_bucket)
        yield attempt("s3:ListBucketVersions", readable, operation="ListObjectVersions", **of_bucket)
        yield attempt("s3:PutBucketPolicy", readable, Policy="malformed", **of_bucket)
        yield attempt("s3:PutBucketVersioning", readable, VersioningConfiguration={"Status": "Enabled"}, **of_bucket)
        for key in OBJECTS:
            yield from _on_object(f"{readable}/{key}", bucket, key)


def _on_object(readable: str, bucket: str, key: str) -> Iterator[Attempt]:
    this = {"arn": f"arn:aws:s3:::{bucket}/{key}", "Bucket": bucket, "Key": key}
    yield attempt("s3:GetObject", readable, **this)
    yield attempt("s3:GetObjectTagging", readable, **this)
    yield attempt("s3:PutObject", readable, Body=b"", IfNoneMatch="*", **this)
    yield attempt("s3:PutObjectTagging", readable, Tagging={"TagSet": []}, **this)
    yield attempt("s3:DeleteObjectTagging", readable, **this)
    yield attempt("s3:DeleteObject", readable, **this)
    yield attempt("s3:DeleteObjectVersion", readable, operation="DeleteObject", VersionId=ABSENT, **this)


def on_tables(deployed: Deployed) -> Iterator[Attempt]:
    for readable, table in deployed.of_type("AWS::DynamoDB::Table"):
        schema = deployed.stage.client("dynamodb").describe_table(TableName=table)["Table"]["KeySchema"]
        key = {it["AttributeName"]: {"S": ABSENT} for it in schema}
        this = {"arn": f"arn:aws:dynamodb:{REGION}:{ACCOUNT_ID}:table/{table}"}
        # Names may be reserved words: they are given by a placeholder.
        never = {"ConditionExpression": "attribute_exists(#key)", "ExpressionAttributeNames": {"#key": next(iter(key))}}
        by_key = {
            "KeyConditionExpression": "#key = :key",
            "ExpressionAttributeNames": {"#key": next(iter(key))},
            "ExpressionAttributeValues": {":key": {"S": ABSENT}},
        }
        yield attempt("dynamodb:GetItem", readable, TableName=table, Key=key, **this)
        yield attempt("dynamodb:BatchGetItem", readable, RequestItems={table: {"Keys": [key]}}, **this)
        yield attempt("dynamodb:Query", readable, TableName=table, **by_key, **this)
        yield attempt("dynamodb:Scan", readable, TableName=table, Limit=1, **this)
        yield attempt("dynamodb:PutItem", readable, TableName=table, Item=key, **never, **this)
        yield attempt("dynamodb:UpdateItem", readable, TableName=table, Key=key, **never, **this)
        yield attempt("dynamodb:DeleteItem", readable, TableName=table, Key=key, **never, **this)


def on_functions(deployed: Deployed) -> Iterator[Attempt]:
    for readable, name in deployed.of_type("AWS::Lambda::Function"):
        arn = f"arn:aws:lambda:{REGION}:{ACCOUNT_ID}:function:{name}"
        invocation = {"operation": "Invoke", "InvocationType": "DryRun"}
        yield attempt("lambda:InvokeFunction", readable, arn=arn, FunctionName=name, **invocation)
        yield attempt("lambda:GetFunction", readable, arn=arn, FunctionName=name)
    absent = f"function:{ABSENT}"
    yield attempt("lambda:UpdateFunctionCode", absent, FunctionName=ABSENT, ZipFile=b"")
    yield attempt("lambda:UpdateFunctionConfiguration", absent, FunctionName=ABSENT, Role=role_arn(ABSENT))
    yield attempt("lambda:DeleteFunction", absent, FunctionName=ABSENT)


def on_logs(deployed: Deployed) -> Iterator[Attempt]:
    events = [{"timestamp": 0, "message": "x"}]
    for readable, group in deployed.of_type("AWS::Logs::LogGroup"):
        this = {"arn": f"arn:aws:logs:{REGION}:{ACCOUNT_ID}:log-group:{group}:*", "logGroupName": group}
        yield attempt("logs:FilterLogEvents", readable, limit=1, **this)
        yield attempt("logs:CreateLogStream", readable, logStreamName="least-privilege", **this)
        yield attempt("logs:PutLogEvents", readable, logStreamName=ABSENT, logEvents=events, **this)
    this = {"arn": f"arn:aws:logs:{REGION}:{ACCOUNT_ID}:log-group:{ABSENT}:*", "logGroupName": ABSENT}
    yield attempt("logs:DeleteLogGroup", f"log-group:{ABSENT}", **this)
    yield attempt("logs:PutRetentionPolicy", f"log-group:{ABSENT}", retentionInDays=1, **this)


def on_alarms(deployed: Deployed) -> Iterator[Attempt]:
    alarm = f"alarm:{ABSENT}"
    state = {"AlarmName": ABSENT, "StateValue": "OK", "StateReason": "x"}
    yield attempt("cloudwatch:SetAlarmState", alarm, **state)
    # The embedded account asks for these on all alarms, AWS on those that are named.
    yield attempt("cloudwatch:DeleteAlarms", alarm, arn="*", AlarmNames=[ABSENT])
    yield attempt("cloudwatch:DisableAlarmActions", alarm, arn="*", AlarmNames=[ABSENT])
    datum = [{"MetricName": "x", "Value": 1}]
    yield attempt("cloudwatch:PutMetricData", "*", Namespace="LeastPrivilege", MetricData=datum)


def on_messages(deployed: Deployed) -> Iterator[Attempt]:
    for readable, topic in deployed.of_type("AWS::SNS::Topic"):
        yield attempt("sns:Publish", readable, arn=topic, TopicArn=topic, Message="")
        yield attempt(
            "sns:SetTopicAttributes", readable, arn=topic, TopicArn=topic, AttributeName=ABSENT, AttributeValue=""
        )
    for readable, url in deployed.of_type("AWS::SQS::Queue"):
        this = {"arn": f"arn:aws:sqs:{REGION}:{ACCOUNT_ID}:{url.rpartition('/')[2]}", "QueueUrl": url}
        yield attempt("sqs:SendMessage", readable, MessageBody="x", DelaySeconds=100_000, **this)
        yield attempt("sqs:ReceiveMessage", readable, VisibilityTimeout=0, **this)
        yield attempt("sqs:DeleteMessage", readable, ReceiptHandle=ABSENT, **this)


def on_keys(deployed: Deployed) -> Iterator[Attempt]:
    for readable, key in deployed.of_type("AWS::KMS::Key"):
        this = {"arn": f"arn:aws:kms:{REGION}:{ACCOUNT_ID}:key/{key}", "KeyId": key}
        yield attempt("kms:Decrypt", readable, CiphertextBlob=b"x", **this)
        yield attempt("kms:GenerateDataKey", readable, KeySpec="AES_256", **this)
        yield attempt("kms:PutKeyPolicy", readable, Policy="malformed", **this)
    absent = {"KeyId": ABSENT}
    yield attempt("kms:ScheduleKeyDeletion", f"key/{ABSENT}", **absent)
    yield attempt("kms:DisableKey", f"key/{ABSENT}", **absent)


def on_the_account(deployed: Deployed) -> Iterator[Attempt]:
    role = {"arn": role_arn(ABSENT), "RoleName": ABSENT}
    user = {"arn": f"arn:aws:iam::{ACCOUNT_ID}:user/{ABSENT}", "UserName": ABSENT}
    yield attempt("iam:PutRolePolicy", f"role/{ABSENT}", PolicyName="x", PolicyDocument=DOCUMENT, **role)
    yield attempt("iam:AttachRolePolicy", f"role/{ABSENT}", PolicyArn="arn:aws:iam::aws:policy/ReadOnlyAccess", **role)
    yield attempt("iam:UpdateAssumeRolePolicy", f"role/{ABSENT}", PolicyDocument=DOCUMENT, **role)
    yield attempt("iam:CreateAccessKey", f"user/{ABSENT}", **user)
    yield attempt("cloudformation:DeleteStack", f"stack/{ABSENT}/*", StackName=ABSENT)
    yield attempt("scheduler:DeleteSchedule", f"schedule/default/{ABSENT}", Name=ABSENT)
    rule = f"arn:aws:events:{REGION}:{ACCOUNT_ID}:rule/default/{ABSENT}"
    yield attempt("events:DisableRule", f"rule/{ABSENT}", arn=rule, Name=ABSENT)
    yield attempt("rds:DeleteDBInstance", f"db:{ABSENT}", DBInstanceIdentifier=ABSENT, SkipFinalSnapshot=True)
    yield attempt("rds:ModifyDBInstance", f"db:{ABSENT}", DBInstanceIdentifier=ABSENT)
    yield attempt("ec2:DescribeInstances", "*")


def role_arn(name: str) -> str:
    return f"arn:aws:iam::{ACCOUNT_ID}:role/{name}"


KINDS = (
    on_secrets,
    on_objects,
    on_tables,
    on_functions,
    on_logs,
    on_alarms,
    on_messages,
    on_keys,
    on_the_account,
)
