"""What the bucket keeps and for how long, and who may do what to it."""

import json
from pathlib import Path

import pytest

from stacks.application import compose, new_app
from stacks.settings import load
from stacks.settings.schedule import runs_a_month
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


def test_backups_expire_except_newest_proven(bucket):
    """Each class of backup expires and the newest proven one never does."""
    rules = {rule["Id"]: rule for rule in bucket["LifecycleConfiguration"]["Rules"]}
    days = {name: rule.get("ExpirationInDays") for name, rule in rules.items()}
    assert days.pop("large-runs") == 30
    assert days == {"uncommitted": 1, "daily": 30, "weekly": 84, "monthly": 365, "drill": 460, "leftovers": None}
    assert rules["large-runs"]["Prefix"] == "_runs/"  # where no backup lies
    for name, rule in rules.items():
        if name not in {"leftovers", "large-runs"}:
            assert rule["TagFilters"] == [{"Key": "retention", "Value": name}]
    assert rules["leftovers"]["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 1}
    assert rules["leftovers"]["NoncurrentVersionExpiration"] == {"NoncurrentDays": 7}


def test_only_long_kept_objects_change_class(bucket):
    """Only what is kept for long moves to where keeping is cheap and reading takes no longer."""
    rules = {rule["Id"]: rule.get("Transitions") for rule in bucket["LifecycleConfiguration"]["Rules"]}
    cold = [{"StorageClass": "GLACIER_IR", "TransitionInDays": 30}]
    assert {name: moved for name, moved in rules.items() if moved} == {"weekly": cold, "monthly": cold}


def test_bucket_is_encrypted_versioned_and_private(prod, bucket):
    """The bucket is encrypted versioned private and speaks tls only."""
    encryption = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"][0]
    assert encryption["ServerSideEncryptionByDefault"]["SSEAlgorithm"] == "aws:kms"
    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    policies = json.dumps(of_type(prod, "AWS::S3::BucketPolicy").popitem()[1])
    assert '"aws:SecureTransport": "false"' in policies


def test_nobody_may_delete_a_backup(prod):
    for policy in of_type(prod, "AWS::IAM::Policy").values():
        assert not {action for action in actions(policy["PolicyDocument"]["Statement"]) if "s3:Delete" in action}


def test_verification_writes_verdicts_only(prod):
    """The verification may read the bucket and write its verdicts, records of drills, and nothing else."""
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
    written = [_list(one["Resource"]) for one in found if "s3:PutObject" in _list(one["Action"])]
    endings = [resource["Fn::Join"][1][-1] for resources in written for resource in resources]
    assert sorted(endings) == ["/*/verification.json", "/_drills/junkos/*.json"]


def test_schedule_passes_its_slot(prod):
    """The schedule names its slot so that a doubled run makes one backup."""
    schedules = {one["Name"]: one for one in of_type(prod, "AWS::Scheduler::Schedule").values()}
    backup = schedules["junkos-prod-database-backup"]
    assert backup["ScheduleExpression"] == "cron(0 2 * * ? *)"
    assert backup["ScheduleExpressionTimezone"] == "Etc/UTC"
    assert json.loads(backup["Target"]["Input"]) == {"slot": "<aws.scheduler.scheduled-time>"}
    assert backup["Target"]["DeadLetterConfig"]
    assert schedules["junkos-prod-recovery-check"]["ScheduleExpression"] == "rate(1 hour)"


def test_drill_is_held_each_month(prod):
    """The slot says which drill it is, and names its record."""
    schedules = {one["Name"]: one for one in of_type(prod, "AWS::Scheduler::Schedule").values()}
    drill = schedules["junkos-prod-restore-verification-drill"]
    assert runs_a_month(drill["ScheduleExpression"]) == pytest.approx(1, abs=0.02)
    assert drill["ScheduleExpressionTimezone"] == "Etc/UTC"
    assert json.loads(drill["Target"]["Input"]) == {"drill": True, "slot": "<aws.scheduler.scheduled-time>"}
    assert drill["Target"]["DeadLetterConfig"]


@pytest.mark.parametrize(
    ("name", "hours", "silence"),
    [
        ("backup-age", 26, "breaching"),
        ("verified-backup-age", 26, "breaching"),
        ("restorable-time-age", 0.5, "notBreaching"),  # sent only when it is not well
    ],
)
def test_ages_alarm_above_objective_or_unknown(prod, name, hours, silence):
    """Ages alarm above the objective and its grace and when no backup is known."""
    (alarm,) = [
        one
        for one in of_type(prod, "AWS::CloudWatch::Alarm").values()
        if one["AlarmName"] == f"junkos-prod-recovery-{name}"
    ]
    assert alarm["Threshold"] == hours * 3600
    assert alarm["TreatMissingData"] == silence
    assert alarm["EvaluationPeriods"] == alarm["DatapointsToAlarm"] == 1


@pytest.fixture(scope="module")
def with_exceptions(tmp_path_factory):
    """Production with an acceptance and a schema that is left out, and with all the room for settings used."""
    directory = tmp_path_factory.mktemp("environments")
    text = Path("environments/prod.toml").read_text()
    text = text.replace("[database]\n", '[database]\nexcluded_schemas = ["auth"]\n')
    accepted = '[[backups.accepted]]\nwhat = "extension {}"\nuntil = 2027-03-31\nreason = "{}"\n'
    text += "".join(accepted.format(f"postgis{number}", "x" * 200) for number in range(1, 6))
    (directory / "prod.toml").write_text(text)
    app = new_app(str(directory / "assembly"))
    compose(app, load("prod", directory))
    return resources_of(app.synth())


def variables_of(resources, folder):
    functions = of_type(resources, "AWS::Lambda::Function").values()
    [function] = [each for each in functions if each["FunctionName"] == f"junkos-prod-{folder}"]
    return function["Environment"]["Variables"]


def test_exceptions_reach_their_functions(with_exceptions):
    """Exceptions reach the functions that act on them."""
    accepted = json.loads(variables_of(with_exceptions, "restore-verification")["ACCEPTED"])
    assert accepted[0] == {"what": "extension postgis1", "until": "2027-03-31", "reason": "x" * 200}
    assert variables_of(with_exceptions, "database-backup")["EXCLUDED_SCHEMAS"] == '["auth"]'
    assert len(json.dumps(variables_of(with_exceptions, "restore-verification"))) < 4096


def test_backup_knows_the_restore_limit(prod):
    """The backup knows how large a database the restore has room for."""
    gigabytes = load("prod").backups.verification_storage_gb
    assert variables_of(prod, "database-backup")["PROVABLE_BYTES"] == str(int(0.8 * gigabytes * 10**9))


def test_alarm_shows_exceptions_end(with_exceptions, prod):
    """The alarm says until when what need not be proven."""

    def description(resources):
        alarms = of_type(resources, "AWS::CloudWatch::Alarm").values()
        [alarm] = [each for each in alarms if each["AlarmName"].endswith("recovery-verified-backup-age")]
        return alarm["AlarmDescription"]

    assert "Need not be proven: extension postgis1 until 2027-03-31" in description(with_exceptions)
    assert len(description(with_exceptions)) <= 1024
    assert "Need not be proven" not in description(prod)


def run_by(prod, arn):
    """The function that a target is, or that its state machine begins with."""
    if "Ref" not in arn:
        return arn["Fn::GetAtt"][0]
    definition = prod["junkos-prod-backups", arn["Ref"]]["Properties"]["DefinitionString"]["Fn::Join"][1]
    start = next(at for at, part in enumerate(definition) if isinstance(part, dict))
    assert definition[0].startswith('{"StartAt":"Run","States":{"Run":')
    assert str(definition[start - 1]).endswith('"Resource":"')
    return definition[start]["Fn::GetAtt"][0]


def test_manifest_and_verdict_trigger_functions(prod):
    """A manifest is verified and a verdict is measured as soon as it is written."""
    found = of_type(prod, "AWS::Events::Rule").items()
    rules = {one["Name"]: one for key, one in found if key[0] == "junkos-prod-backups"}
    targets = {"manifest-committed": "restoreverification", "verdict-written": "recoverycheck"}
    files = {"manifest-committed": "/manifest.json", "verdict-written": "/verification.json"}
    assert set(rules) == {f"junkos-prod-{name}" for name in (*targets, "large-run-broke-off")}
    for name, function in targets.items():
        rule = rules[f"junkos-prod-{name}"]
        assert rule["EventPattern"]["detail-type"] == ["Object Created"]  # tags that are moved are no object
        assert rule["EventPattern"]["detail"]["object"] == {"key": [{"suffix": files[name]}]}
        (target,) = rule["Targets"]
        assert run_by(prod, target["Arn"]).startswith(function)
        assert target["DeadLetterConfig"]
