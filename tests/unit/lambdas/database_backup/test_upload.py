"""How an object is cut into parts."""

import base64
import hashlib

import pytest

from lambdas.database_backup import upload
from lambdas.database_backup.errors import BackupInterruptedError
from lambdas.database_backup.upload import PIECE_SIZE, Upload, pieces_in
from lambdas.shared.clock import Deadline

MOST_PARTS, LARGEST_PART = 10_000, 5 * 2**30  # https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html


class Bucket:
    """What S3's client says of an upload whose parts it keeps."""

    def __init__(self):
        self.parts = {}

    def create_multipart_upload(self, **_):
        return {"UploadId": "one"}

    def upload_part(self, *, PartNumber, Body, **_):  # noqa: N803 (S3's own names)
        self.parts[PartNumber] = Body
        return {"ETag": str(PartNumber)}

    def complete_multipart_upload(self, *, MultipartUpload, **_):  # noqa: N803
        self.joined = b"".join(self.parts[each["PartNumber"]] for each in MultipartUpload["Parts"])

    def head_object(self, **_):
        digests = b"".join(hashlib.sha256(self.parts[number]).digest() for number in sorted(self.parts))
        whole = base64.b64encode(hashlib.sha256(digests).digest()).decode()
        return {"ContentLength": len(self.joined), "ChecksumSHA256": f"{whole}-{len(self.parts)}"}

    def abort_multipart_upload(self, **_):
        self.parts = {}


def uploading(bucket):
    return Upload(bucket, "backups", "dump", Deadline.within(60))


def test_an_upload_holds_more_than_two_tebibytes():
    """With parts that S3 takes: no more than it counts, and none larger than it allows."""
    sizes = [pieces_in(number) * PIECE_SIZE for number in range(1, MOST_PARTS + 1)]
    assert sum(sizes) > 2.4 * 2**40
    assert max(sizes) <= LARGEST_PART


def test_small_dumps_are_sent_in_small_parts():
    """Memory is that of a few pieces for as long as they suffice."""
    sizes = [pieces_in(number) for number in range(1, 1501)]
    assert set(sizes) == {1}
    assert sum(sizes) * PIECE_SIZE > 23 * 2**30


def test_parts_grow_and_nothing_is_lost(monkeypatch):
    monkeypatch.setattr(upload, "_PARTS_OF_ONE_SIZE", 2)
    bucket, pieces = Bucket(), [bytes([number]) * 3 for number in range(12)]
    with uploading(bucket) as sent:
        for piece in pieces:
            sent.send(piece)
        stored = sent.complete()
    assert bucket.joined == b"".join(pieces)
    assert [len(bucket.parts[number]) // 3 for number in sorted(bucket.parts)] == [1, 1, 2, 2, 4, 2]
    assert (stored.bytes, stored.sha256) == (36, hashlib.sha256(bucket.joined).hexdigest())


def test_a_dump_beyond_all_parts_is_refused_with_the_remedy(monkeypatch):
    monkeypatch.setattr(upload, "_MOST_PARTS", 2)
    bucket = Bucket()
    with uploading(bucket) as sent:
        sent.send(b"one")
        sent.send(b"two")
        with pytest.raises(BackupInterruptedError, match=r"leave rows out: database\.excluded_table_data"):
            sent.send(b"three")
    assert bucket.parts == {}
