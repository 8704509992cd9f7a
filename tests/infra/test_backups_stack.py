"""What the bucket keeps and for how long, and who may do what to it."""

import json

import pytest

from tests.infra.conftest import of_type, resources_of, synthesized


@pytest.fixture(scope="module")
def prod():
    return resources_of(synthesized("prod"))


@pytest.fixture(scope="module")
def bucket(prod):
    (found,) = (one for key, one in of_type(prod, "AWS::S3::Bucket").items() if key[0] == "junkos-prod-backups")
    return found


def statements(resources, role_part):
    """Every policy statement of the function whose folder is named."""
    policies = of_type(resources, "AWS::IAM::Policy")
    return [
        statement
        for key, policy in policies.items()
        if role_part in key[1].lower()
        for statement in policy["PolicyDocument"]["Statement"]
    ]


def actions(found):
    return {action for one in found if one["Effect"] == "Allow" for action in _list(one["Action"])}


def _list(value):
    return value if isinstance(value, list) else [value]


def test_each_class_of_backup_expires_and_the_newest_proven_one_never_does(bucket):
    rules = {rule["Id"]: rule for rule in bucket["LifecycleConfiguration"]["Rules"]}
    days = {name: rule.get("ExpirationInDays") for name, rule in rules.items()}
    assert days == {"uncommitted": 1, "daily": 30, "weekly": 84, "monthly": 365, "leftovers": None}
    for name, rule in rules.items():
        if name != "leftovers":
            assert rule["TagFilters"] == [{"Key": "retention", "Value": name}]
    assert rules["leftovers"]["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 1}
    assert rules["leftovers"]["NoncurrentVersionExpiration"] == {"NoncurrentDays": 7}


def test_only_what_is_kept_for_long_moves_to_where_keeping_is_cheap_and_reading_takes_no_longer(bucket):
    rules = {rule["Id"]: rule.get("Transitions") for rule in bucket["LifecycleConfiguration"]["Rules"]}
    cold = [{"StorageClass": "GLACIER_IR", "TransitionInDays": 30}]
    assert {name: moved for name, moved in rules.items() if moved} == {"weekly": cold, "monthly": cold}


def test_the_bucket_is_encrypted_versioned_private_and_speaks_tls_only(prod, bucket):
    encryption = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"][0]
    assert encryption["ServerSideEncryptionByDefault"]["SSEAlgorithm"] == "aws:kms"
    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    policies = json.dumps(of_type(prod, "AWS::S3::BucketPolicy").popitem()[1])
    assert '"aws:SecureTransport": "false"' in policies


def test_nobody_may_delete_a_backup(prod):
    for policy in of_type(prod, "AWS::IAM::Policy").values():
        assert not {action for action in actions(policy["PolicyDocument"]["Statement"]) if "s3:Delete" in action}


def test_the_verification_may_read_the_bucket_and_write_its_verdicts_and_nothing_else(prod):
    found = statements(prod, "restoreverification")
    assert {action for action in actions(found) if not action.startswith(("logs:", "ec2:", "sqs:"))} == {
        "s3:ListBucket",
        "s3:GetObject",
        "s3:GetObjectTagging",
        "s3:PutObject",
        "s3:PutObjectTagging",
        "kms:Decrypt",
        "kms:GenerateDataKey",
    }
    written = [one["Resource"] for one in found if "s3:PutObject" in _list(one["Action"])]
    assert written
    assert all("*/verification.json" in json.dumps(resource) for resource in written)


def test_the_schedule_names_its_slot_so_that_a_doubled_run_makes_one_backup(prod):
    schedules = {one["Name"]: one for one in of_type(prod, "AWS::Scheduler::Schedule").values()}
    backup = schedules["junkos-prod-database-backup"]
    assert backup["ScheduleExpression"] == "cron(0 2 * * ? *)"
    assert backup["ScheduleExpressionTimezone"] == "Etc/UTC"
    assert json.loads(backup["Target"]["Input"]) == {"slot": "<aws.scheduler.scheduled-time>"}
    assert backup["Target"]["DeadLetterConfig"]
    assert schedules["junkos-prod-recovery-check"]["ScheduleExpression"] == "rate(1 hour)"


@pytest.mark.parametrize(
    ("name", "hours", "silence"),
    [
        ("backup-age", 26, "breaching"),
        ("verified-backup-age", 26, "breaching"),
        ("restorable-time-age", 0.5, "notBreaching"),  # sent only when it is not well
    ],
)
def test_ages_alarm_above_the_objective_and_its_grace_and_when_no_backup_is_known(prod, name, hours, silence):
    (alarm,) = [
        one
        for one in of_type(prod, "AWS::CloudWatch::Alarm").values()
        if one["AlarmName"] == f"junkos-prod-recovery-{name}"
    ]
    assert alarm["Threshold"] == hours * 3600
    assert alarm["TreatMissingData"] == silence
    assert alarm["EvaluationPeriods"] == alarm["DatapointsToAlarm"] == 1


def test_a_manifest_is_verified_and_a_verdict_is_measured_as_soon_as_it_is_written(prod):
    found = of_type(prod, "AWS::Events::Rule").items()
    rules = {one["Name"]: one for key, one in found if key[0] == "junkos-prod-backups"}
    targets = {"manifest-committed": "restoreverification", "verdict-written": "recoverycheck"}
    files = {"manifest-committed": "/manifest.json", "verdict-written": "/verification.json"}
    assert set(rules) == {f"junkos-prod-{name}" for name in targets}
    for name, function in targets.items():
        rule = rules[f"junkos-prod-{name}"]
        assert rule["EventPattern"]["detail-type"] == ["Object Created"]  # tags that are moved are no object
        assert rule["EventPattern"]["detail"]["object"] == {"key": [{"suffix": files[name]}]}
        (target,) = rule["Targets"]
        assert target["Arn"]["Fn::GetAtt"][0].startswith(function)
        assert target["DeadLetterConfig"]
