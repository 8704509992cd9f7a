"""What the bucket did not take, or took wrongly, is no backup."""

import io

import pytest
from botocore.awsrequest import AWSResponse, HeadersDict

from lambdas.database_backup.errors import BackupInterruptedError

BROKEN = b"<Error><Code>InternalError</Code><Message>We encountered an internal error.</Message></Error>"


class Raw(io.BytesIO):
    def stream(self, *_, **__):
        yield self.read()


def answer(bucket, operation, status, body=BROKEN):
    """From now on, the bucket answers this operation so."""

    def hook(request, **_):
        return AWSResponse(request.url, status, HeadersDict({"content-type": "application/xml"}), Raw(body))

    bucket.s3.meta.events.register(f"before-send.s3.{operation}", hook)


@pytest.mark.parametrize("operation", ["CreateMultipartUpload", "UploadPart", "CompleteMultipartUpload"])
def test_a_bucket_that_breaks_leaves_no_backup(failure, bucket, operation):
    answer(bucket, operation, 500)
    line = failure(BackupInterruptedError)
    assert f"bucket {bucket.name!r} failed" in line
    assert operation in line


def test_error_with_status_success_fails(failure, bucket):
    """An error under the status of a success leaves no backup."""
    answer(bucket, "CompleteMultipartUpload", 200)
    assert "InternalError" in failure(BackupInterruptedError)


def test_corrupted_part_leaves_no_backup(failure, bucket):
    """A part that changes on its way leaves no backup."""

    def hook(request, **_):
        request.body = io.BytesIO(b"\0" + request.body.read()[1:])

    bucket.s3.meta.events.register("before-send.s3.UploadPart", hook)
    assert "BadDigest" in failure(BackupInterruptedError)


@pytest.mark.parametrize("name", ["dump.pgc.zst", "roles.sql.zst"])
def test_altered_object_leaves_no_backup(failure, bucket, name):
    """An object that is not what was sent leaves no backup."""

    def hook(params, **_):
        if params["Key"].endswith(name):
            at = {"Bucket": params["Bucket"], "Key": params["Key"]}
            bucket.s3.put_object(**at, Body=b"something else", Tagging="retention=uncommitted")

    bucket.s3.meta.events.register("provide-client-params.s3.HeadObject", hook)
    assert f"{name}' in the bucket is not what was sent: 14 bytes" in failure(BackupInterruptedError)


def test_objects_without_manifest_expire(failure, bucket):
    """Objects whose manifest could not be written expire."""

    def hook(request, **_):
        if "manifest.json" in request.url:
            return AWSResponse(request.url, 500, HeadersDict({}), Raw(BROKEN))
        return None

    bucket.s3.meta.events.register("before-send.s3.PutObject", hook)
    assert "PutObject" in failure(BackupInterruptedError)
