"""Copies in a second region, by AWS's rules for replication and by ours for what a copy is for."""

import json
from pathlib import Path

import pytest

from cost.assumptions import Assumptions
from cost.bill import month_of
from cost.prices import Price
from cost.templates import Templates
from stacks.application import compose, new_app
from stacks.settings import load
from tests.infra.conftest import of_type, resources_of, synthesized
from tests.permissions import as_list

COPIES, BACKUPS = "junkos-prod-copies", "junkos-prod-backups"
SETTING = '\n[backups]\ncopy_region = "eu-central-1"\nobject_lock_days = 14\n'


@pytest.fixture(scope="module")
def assembly(tmp_path_factory):
    """Production with copies, and with object lock."""
    directory = tmp_path_factory.mktemp("environments")
    (directory / "prod.toml").write_text(Path("environments/prod.toml").read_text() + SETTING)
    app = new_app(str(directory / "assembly"))
    compose(app, load("prod", directory))
    return app.synth()


@pytest.fixture(scope="module")
def resources(assembly):
    return resources_of(assembly)


def one(resources, kind, stack, part=""):
    (found,) = (it for key, it in of_type(resources, kind).items() if key[0] == stack and part in key[1])
    return found


@pytest.fixture(scope="module")
def source(resources):
    return one(resources, "AWS::S3::Bucket", BACKUPS)


@pytest.fixture(scope="module")
def copies(resources):
    return one(resources, "AWS::S3::Bucket", COPIES)


def test_off_by_default():
    resources = resources_of(synthesized("prod"))
    assert COPIES not in {stack for stack, _ in resources}
    assert "ReplicationConfiguration" not in one(resources, "AWS::S3::Bucket", BACKUPS)
    assert "copy-check" not in json.dumps([*of_type(resources, "AWS::Lambda::Function").values()])


def test_copies_lie_elsewhere_and_are_deployed_first(assembly):
    """S3 takes no replication into a bucket that is not there, and its key is read when the backups are deployed."""
    stacks = {stack.stack_name: stack for stack in assembly.stacks}
    assert stacks[COPIES].environment.region == "eu-central-1"
    assert COPIES in {it.id for it in stacks[BACKUPS].dependencies}


def test_rule_copies_everything_and_no_deletion(source):
    """A tag filter would pass over what is tagged at the commit, and take no delete markers into account."""
    (rule,) = source["ReplicationConfiguration"]["Rules"]
    assert rule["Status"] == "Enabled"
    assert rule["Filter"] == {"Prefix": ""}  # with a filter it is a V2 rule, which needs these two as well
    assert rule["Priority"] == 1
    assert rule["DeleteMarkerReplication"] == {"Status": "Disabled"}
    assert rule["SourceSelectionCriteria"] == {
        "SseKmsEncryptedObjects": {"Status": "Enabled"},
        "ReplicaModifications": {"Status": "Disabled"},
    }
    destination = rule["Destination"]
    assert destination["Metrics"] == {"Status": "Enabled"}  # a threshold is RTC's, and that costs
    assert "ReplicationTime" not in destination
    assert "junkos-prod-copies-" in json.dumps(destination["Bucket"])
    key = destination["EncryptionConfiguration"]["ReplicaKmsKeyID"]["Fn::GetStackOutput"]
    assert (key["StackName"], key["Region"]) == (COPIES, "eu-central-1")


def test_both_buckets_are_versioned_and_locked_alike(source, copies):
    """S3 copies from a bucket with object lock only into one that has it."""
    for setting in ("VersioningConfiguration", "ObjectLockEnabled", "ObjectLockConfiguration"):
        assert source[setting] == copies[setting], setting
    assert source["ObjectLockEnabled"] is True


def test_copies_expire_as_backups_do(source, copies):
    """S3 copies tags, and not what a lifecycle does with them."""
    assert source["LifecycleConfiguration"] == copies["LifecycleConfiguration"]


def test_copies_are_private_and_outlive_their_stack(resources, copies):
    encryption = copies["BucketEncryption"]["ServerSideEncryptionConfiguration"][0]
    assert encryption["ServerSideEncryptionByDefault"]["SSEAlgorithm"] == "aws:kms"
    assert set(copies["PublicAccessBlockConfiguration"].values()) == {True}
    policy = json.dumps(one(resources, "AWS::S3::BucketPolicy", COPIES))
    assert '"aws:SecureTransport": "false"' in policy
    kept = [it for (stack, _), it in resources.items() if stack == COPIES and it["Type"] in KEPT]
    assert [it["DeletionPolicy"] for it in kept] == ["RetainExceptOnCreate"] * len(KEPT)


KEPT = ("AWS::S3::Bucket", "AWS::KMS::Key")


def test_role_may_copy_and_nothing_else(resources):
    """Without `s3:ReplicateDelete`; the keys are of use through S3 alone, for the one bucket each."""
    policy = one(resources, "AWS::IAM::Policy", BACKUPS, "Replication")["PolicyDocument"]["Statement"]
    assert {action for it in policy for action in as_list(it["Action"])} == {
        "s3:GetReplicationConfiguration",
        "s3:ListBucket",
        "s3:GetObjectVersionForReplication",
        "s3:GetObjectVersionAcl",
        "s3:GetObjectVersionTagging",
        "s3:GetObjectRetention",
        "s3:GetObjectLegalHold",
        "s3:ReplicateObject",
        "s3:ReplicateTags",
        "kms:Decrypt",
        "kms:Encrypt",
        "kms:GenerateDataKey",
    }
    conditions = [it["Condition"]["StringEquals"] for it in policy if "kms:Decrypt" in as_list(it["Action"])]
    assert [it["kms:ViaService"] for it in conditions] == [
        "s3.us-east-1.amazonaws.com",
        "s3.eu-central-1.amazonaws.com",
    ]
    assert all(it["kms:EncryptionContext:aws:s3:arn"] for it in conditions)
    assert all(it["Resource"] != "*" for it in policy)


def test_check_writes_nothing(resources):
    policy = one(resources, "AWS::IAM::Policy", BACKUPS, "copycheck")["PolicyDocument"]["Statement"]
    actions = {action for it in policy for action in as_list(it["Action"])}
    assert {it for it in actions if it.startswith(("s3:", "kms:"))} == {
        "s3:ListBucket",
        "s3:GetObject",
        "s3:GetObjectTagging",
        "kms:Decrypt",
    }


def test_check_is_made_every_hour_and_reads_once_a_day(resources):
    schedules = {it["Name"]: it for it in of_type(resources, "AWS::Scheduler::Schedule").values()}
    assert schedules["junkos-prod-copy-check"]["ScheduleExpression"] == "rate(1 hour)"
    reading = schedules["junkos-prod-copy-check-read"]
    assert json.loads(reading["Target"]["Input"]) == {"read": True, "slot": "<aws.scheduler.scheduled-time>"}
    assert reading["Target"]["RetryPolicy"]["MaximumRetryAttempts"] == 1


@pytest.mark.parametrize(
    ("name", "threshold", "silence"),
    [("copied-backup-age", 28 * 3600, "breaching"), ("copy-faults", 0, "notBreaching")],
)
def test_old_copy_and_faults_alarm(resources, name, threshold, silence):
    found = of_type(resources, "AWS::CloudWatch::Alarm").values()
    (alarm,) = (it for it in found if it["AlarmName"] == f"junkos-prod-recovery-{name}")
    assert (alarm["Threshold"], alarm["TreatMissingData"]) == (threshold, silence)
    assert "eu-central-1" in alarm["AlarmDescription"]


def quantities(assembly):
    items = month_of(Templates.in_assembly(assembly), Assumptions()).environment.items
    return {item.price: item.quantity for item in items}


def test_cost_knows_the_copies(assembly):
    """Storage twice, another key, two alarms, S3's four metrics, and the traffic there and back."""
    before, after = quantities(synthesized("prod")), quantities(assembly)
    more = {price: quantity - before.get(price, 0) for price, quantity in after.items()}
    assert more[Price.OBJECTS_KEPT] == pytest.approx(before[Price.OBJECTS_KEPT])
    assert more[Price.COLD_OBJECTS_KEPT] == pytest.approx(before[Price.COLD_OBJECTS_KEPT])
    assert more[Price.KEY] == 1
    assert more[Price.ALARM] == 3  # the function's own errors, too
    assert 5 < more[Price.METRIC] < 5.1
    assert more[Price.REGION_TRAFFIC] == pytest.approx(2 * 0.5 * 365 / 12, rel=0.01)
