"""S3's replication on the embedded account: what is copied, when, under which key, and what is not."""

import json
import time
from contextlib import suppress

import boto3
import pytest
from botocore.exceptions import ClientError

from emulator.account import ACCOUNT_ID, REGION
from emulator.ministack.replication import DELAY
from tests.integration.emulator.stack import Stack
from tests.integration.emulator.test_objects import sha256
from tests.integration.emulator.waiting import until

THERE = "eu-central-1"
ROLE = f"arn:aws:iam::{ACCOUNT_ID}:role/replicates"
RIGHTS = {
    "s3:GetReplicationConfiguration": "arn:aws:s3:::home",
    "s3:ListBucket": "arn:aws:s3:::home",
    "s3:GetObjectVersionForReplication": "arn:aws:s3:::home/*",
    "s3:GetObjectVersionAcl": "arn:aws:s3:::home/*",
    "s3:GetObjectVersionTagging": "arn:aws:s3:::home/*",
    "s3:ReplicateObject": "arn:aws:s3:::there/*",
    "s3:ReplicateTags": "arn:aws:s3:::there/*",
    "kms:Encrypt": "*",
    "kms:Decrypt": "*",
}


@pytest.fixture(scope="module")
def client_there(running):
    """A client of the second region."""

    def of(service):
        return boto3.client(
            service,
            endpoint_url=running.endpoint_url,
            region_name=THERE,
            aws_access_key_id=ACCOUNT_ID,
            aws_secret_access_key="test",
        )

    return of


@pytest.fixture(scope="module")
def key(client_there):
    return client_there("kms").create_key()["KeyMetadata"]["Arn"]


@pytest.fixture(scope="module")
def s3(client, key):
    """Two buckets, and an object that was there before the rule."""
    allow(client, RIGHTS)
    s3 = client("s3")
    for name, region in (("home", REGION), ("there", THERE)):
        where = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
        s3.create_bucket(Bucket=name, **where)
        s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    s3.put_object(Bucket="home", Key="before", Body=b"before")
    s3.put_bucket_replication(Bucket="home", ReplicationConfiguration=configuration(key))
    return s3


def configuration(key):
    return {
        "Role": ROLE,
        "Rules": [
            {
                "ID": "copies",
                "Status": "Enabled",
                "Priority": 1,
                "Filter": {"Prefix": ""},
                "DeleteMarkerReplication": {"Status": "Disabled"},
                "SourceSelectionCriteria": {"SseKmsEncryptedObjects": {"Status": "Enabled"}},
                "Destination": {
                    "Bucket": "arn:aws:s3:::there",
                    "EncryptionConfiguration": {"ReplicaKmsKeyID": key},
                },
            }
        ],
    }


def allow(client, rights):
    iam = client("iam")
    with suppress(iam.exceptions.EntityAlreadyExistsException):
        iam.create_role(RoleName="replicates", AssumeRolePolicyDocument="{}")
    statements = [{"Effect": "Allow", "Action": action, "Resource": on} for action, on in rights.items()]
    document = json.dumps({"Version": "2012-10-17", "Statement": statements})
    iam.put_role_policy(RoleName="replicates", PolicyName="rights", PolicyDocument=document)


def head(s3, bucket, key):
    return s3.head_object(Bucket=bucket, Key=key, ChecksumMode="ENABLED")


def settled(s3, key):
    return until(lambda: (found := head(s3, "home", key)["ReplicationStatus"]) != "PENDING" and found)


def tags(s3, bucket, key):
    return s3.get_object_tagging(Bucket=bucket, Key=key)["TagSet"]


def test_copy_comes_later_with_its_checksum_and_key(s3, key):
    s3.put_object(Bucket="home", Key="one", Body=b"one", ChecksumAlgorithm="SHA256", Tagging="retention=daily")
    assert head(s3, "home", "one")["ReplicationStatus"] == "PENDING"
    assert settled(s3, "one") == "COMPLETED"
    replica = head(s3, "there", "one")
    assert (replica["ReplicationStatus"], replica["ChecksumSHA256"]) == ("REPLICA", sha256(b"one"))
    assert replica["SSEKMSKeyId"] == key
    assert tags(s3, "there", "one") == [{"Key": "retention", "Value": "daily"}]


def test_tags_of_uploads_in_parts_and_their_changes_follow(s3):
    """As backups are written: tagged at the start of the upload, and anew at the commit."""
    at = {"Bucket": "home", "Key": "parts"}
    started = s3.create_multipart_upload(**at, ChecksumAlgorithm="SHA256", Tagging="retention=uncommitted")
    part = {"PartNumber": 1, "UploadId": started["UploadId"]}
    sent = s3.upload_part(**at, **part, Body=b"part", ChecksumAlgorithm="SHA256")
    done = {"PartNumber": 1, "ETag": sent["ETag"], "ChecksumSHA256": sent["ChecksumSHA256"]}
    s3.complete_multipart_upload(**at, UploadId=started["UploadId"], MultipartUpload={"Parts": [done]})
    assert settled(s3, "parts") == "COMPLETED"
    assert tags(s3, "there", "parts") == [{"Key": "retention", "Value": "uncommitted"}]
    assert head(s3, "there", "parts")["ChecksumSHA256"] == head(s3, "home", "parts")["ChecksumSHA256"]

    changed = [{"Key": "retention", "Value": "weekly"}]
    s3.put_object_tagging(**at, Tagging={"TagSet": changed})
    assert head(s3, "home", "parts")["ReplicationStatus"] == "PENDING"
    assert until(lambda: tags(s3, "there", "parts") == changed)


def test_deletions_and_what_was_there_before_are_not_copied(s3):
    s3.put_object(Bucket="home", Key="deleted", Body=b"kept there")
    assert settled(s3, "deleted") == "COMPLETED"
    s3.delete_object(Bucket="home", Key="deleted")
    time.sleep(2 * DELAY)
    assert s3.get_object(Bucket="there", Key="deleted")["Body"].read() == b"kept there"
    assert "ReplicationStatus" not in head(s3, "home", "before")
    with pytest.raises(ClientError, match="404"):
        head(s3, "there", "before")


@pytest.mark.parametrize("missing", ["s3:ReplicateObject", "s3:GetObjectVersionTagging", "kms:Encrypt"])
def test_role_without_a_right_copies_nothing(s3, client, missing):
    allow(client, {action: on for action, on in RIGHTS.items() if action != missing})
    try:
        s3.put_object(Bucket="home", Key=missing, Body=b"refused")
        assert settled(s3, missing) == "FAILED"
    finally:
        allow(client, RIGHTS)


def test_disabled_key_copies_nothing(s3, client_there, key):
    client_there("kms").disable_key(KeyId=key)
    try:
        s3.put_object(Bucket="home", Key="no key", Body=b"refused")
        assert settled(s3, "no key") == "FAILED"
    finally:
        client_there("kms").enable_key(KeyId=key)


def test_cloudformation_sets_the_rule_and_takes_it_away(s3, client, key):
    """The property is as CloudFormation has it, and its fault is the stack's."""
    stack = Stack(client, "replicating")
    (rule,) = configuration(key)["Rules"]
    property_of = {"Role": ROLE, "Rules": [{"Id": rule.pop("ID"), **rule}]}
    bucket = {"BucketName": "from-a-stack", "VersioningConfiguration": {"Status": "Enabled"}}
    resource = {"Type": "AWS::S3::Bucket", "Properties": {**bucket, "ReplicationConfiguration": property_of}}
    assert stack.create({"Bucket": resource})[0] == "CREATE_COMPLETE"
    found = s3.get_bucket_replication(Bucket="from-a-stack")["ReplicationConfiguration"]
    assert found["Rules"][0]["Destination"] == rule["Destination"]
    assert stack.update({"Bucket": {"Type": "AWS::S3::Bucket", "Properties": bucket}})[0] == "UPDATE_COMPLETE"
    with pytest.raises(ClientError, match="ReplicationConfigurationNotFound"):
        s3.get_bucket_replication(Bucket="from-a-stack")
    stack.delete()


def test_output_of_another_region_is_read_there(client, client_there):
    """As the CDK refers to what a stack of another region has."""
    topic = {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "there"}}
    producer, consumer = Stack(client_there, "producing"), Stack(client, "consuming")
    assert producer.create({"Topic": topic}, outputs={"Name": {"Fn::GetAtt": ["Topic", "TopicName"]}})[0] == (
        "CREATE_COMPLETE"
    )
    read = {"Fn::GetStackOutput": {"StackName": "producing", "Region": THERE, "OutputName": "Name"}}
    of_it = {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": {"Fn::Join": ["-", [read, "here"]]}}}
    assert consumer.create({"Topic": of_it}, outputs={"Name": {"Fn::GetAtt": ["Topic", "TopicName"]}}) == (
        "CREATE_COMPLETE",
        {"Name": "there-here"},
    )
    consumer.delete()
    producer.delete()
