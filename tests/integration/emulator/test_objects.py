"""What backups rely on in S3."""

import base64
import hashlib

import pytest
from botocore.exceptions import ClientError

PART = b"x" * (5 * 1024 * 1024)


@pytest.fixture(scope="module")
def s3(client):
    s3 = client("s3")
    s3.create_bucket(Bucket="backups")
    s3.put_bucket_versioning(Bucket="backups", VersioningConfiguration={"Status": "Enabled"})
    return s3


def upload(s3, key, parts, **options):
    """A multipart upload up to its completion, which it returns as a callable."""
    started = s3.create_multipart_upload(Bucket="backups", Key=key, ChecksumAlgorithm="SHA256", **options)
    done = []
    for number, body in enumerate(parts, start=1):
        part = {"PartNumber": number, "UploadId": started["UploadId"], "ChecksumAlgorithm": "SHA256"}
        sent = s3.upload_part(Bucket="backups", Key=key, Body=body, **part)
        done.append({"PartNumber": number, "ETag": sent["ETag"], "ChecksumSHA256": sent["ChecksumSHA256"]})
    return lambda **conditions: s3.complete_multipart_upload(
        Bucket="backups", Key=key, UploadId=started["UploadId"], MultipartUpload={"Parts": done}, **conditions
    )


def sha256(body):
    return base64.b64encode(hashlib.sha256(body).digest()).decode()


def test_conditional_write_happens_once(s3):
    """An object is written once when the writer asks so."""
    s3.put_object(Bucket="backups", Key="once", Body=b"first", IfNoneMatch="*")
    with pytest.raises(ClientError, match="PreconditionFailed"):
        s3.put_object(Bucket="backups", Key="once", Body=b"second", IfNoneMatch="*")
    with pytest.raises(ClientError, match="PreconditionFailed"):
        upload(s3, "once", [b"third"])(IfNoneMatch="*")
    assert s3.get_object(Bucket="backups", Key="once")["Body"].read() == b"first"


def test_checksum_can_be_read(s3):
    """The checksum of an object can be read back."""
    s3.put_object(Bucket="backups", Key="checked", Body=b"body", ChecksumAlgorithm="SHA256")
    head = s3.head_object(Bucket="backups", Key="checked", ChecksumMode="ENABLED")
    assert head["ChecksumSHA256"] == sha256(b"body")


def test_wrong_checksum_is_refused(s3):
    """A body that does not match its checksum is refused."""
    with pytest.raises(ClientError, match="BadDigest"):
        s3.put_object(Bucket="backups", Key="damaged", Body=b"body", ChecksumSHA256=sha256(b"other"))


def test_multipart_checksum_covers_its_parts(s3):
    """The checksum of a multipart upload is that of its parts."""
    upload(s3, "parts", [PART, b"rest"])()
    head = s3.head_object(Bucket="backups", Key="parts", ChecksumMode="ENABLED")
    digests = b"".join(hashlib.sha256(part).digest() for part in (PART, b"rest"))
    assert head["ChecksumSHA256"] == f"{sha256(digests)}-2"
    assert head["ChecksumType"] == "COMPOSITE"


def test_multipart_tags_reach_the_object(s3):
    """Tags given at the start of a multipart upload are the objects."""
    upload(s3, "tagged", [b"body"], Tagging="retention=daily&kind=a%20dump")()
    tags = s3.get_object_tagging(Bucket="backups", Key="tagged")["TagSet"]
    assert tags == [{"Key": "retention", "Value": "daily"}, {"Key": "kind", "Value": "a dump"}]


def test_small_part_is_refused(s3):
    """A part that is too small is refused."""
    with pytest.raises(ClientError, match="EntityTooSmall"):
        upload(s3, "small", [b"little", b"rest"])()
    with pytest.raises(ClientError, match="404"):
        s3.head_object(Bucket="backups", Key="small")


def test_an_aborted_upload_leaves_nothing(s3):
    started = s3.create_multipart_upload(Bucket="backups", Key="aborted")
    s3.abort_multipart_upload(Bucket="backups", Key="aborted", UploadId=started["UploadId"])
    uploads = s3.list_multipart_uploads(Bucket="backups", Prefix="aborted").get("Uploads", [])
    assert uploads == []


def test_an_overwritten_object_keeps_its_older_version(s3):
    first = s3.put_object(Bucket="backups", Key="versioned", Body=b"first")["VersionId"]
    s3.put_object(Bucket="backups", Key="versioned", Body=b"second")
    old = s3.get_object(Bucket="backups", Key="versioned", VersionId=first)
    assert old["Body"].read() == b"first"
