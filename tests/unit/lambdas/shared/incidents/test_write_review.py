"""Where drafts lie, and that none is written over one that people may have edited."""

from dataclasses import replace

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from lambdas.shared.documents.html import page
from lambdas.shared.documents.markdown import markdown
from lambdas.shared.incidents.review.compose import Known, compose
from lambdas.shared.incidents.review.write import MOST_DRAFTS, NoRoomError, key_of, newest_review, write_review
from tests.unit.lambdas.shared.incidents.story import INCIDENT, NOW, TIMELINE

BUCKET = "junkos-prod-incidents-123456789012-eu-central-1"
REVIEW = compose(Known(INCIDENT, TIMELINE, NOW))
LATER = compose(Known(replace(INCIDENT, reopened=(NOW,)), TIMELINE, NOW))


class Bucket:
    def __init__(self):
        self.s3 = boto3.client("s3", region_name="us-east-1")
        self.s3.create_bucket(Bucket=BUCKET)

    def write(self, review=REVIEW):
        return write_review(self.s3, BUCKET, review)

    def put(self, key, body):
        self.s3.put_object(Bucket=BUCKET, Key=key, Body=body)

    def read(self, key):
        return self.s3.get_object(Bucket=BUCKET, Key=key)["Body"].read()

    @property
    def keys(self):
        return [each["Key"] for each in self.s3.list_objects_v2(Bucket=BUCKET).get("Contents", ())]


@pytest.fixture
def bucket():
    with mock_aws():
        yield Bucket()


def test_draft_is_written_in_both_forms(bucket):
    assert bucket.write() == "reviews/12/review.md"
    assert bucket.read("reviews/12/review.md") == markdown(REVIEW).encode()
    assert bucket.read("reviews/12/review.html") == page(REVIEW)


def test_writing_again_changes_nothing(bucket):
    assert bucket.write() == bucket.write()
    assert len(bucket.keys) == 2


def test_edited_draft_stays(bucket):
    bucket.write()
    bucket.put("reviews/12/review.md", b"# What we learnt")
    assert bucket.write(LATER) == "reviews/12/draft-2/review.md"
    assert bucket.read("reviews/12/review.md") == b"# What we learnt"
    assert bucket.read("reviews/12/draft-2/review.html") == page(LATER)


def test_half_written_draft_is_completed(bucket):
    """The invocation that wrote the Markdown died before the HTML."""
    bucket.put("reviews/12/review.md", markdown(REVIEW).encode())
    assert bucket.write() == "reviews/12/review.md"
    assert bucket.read("reviews/12/review.html") == page(REVIEW)


def test_newest_draft_is_found(bucket):
    assert newest_review(bucket.s3, BUCKET, 12) is None
    bucket.write()
    assert newest_review(bucket.s3, BUCKET, 12) == "reviews/12/review.md"
    bucket.write(LATER)
    assert newest_review(bucket.s3, BUCKET, 12) == "reviews/12/draft-2/review.md"
    assert newest_review(bucket.s3, BUCKET, 1) is None


def test_too_many_drafts_are_refused(bucket):
    for draft in range(1, MOST_DRAFTS + 1):
        bucket.put(key_of(12, draft=draft), b"edited")
    with pytest.raises(NoRoomError, match="incident 12 has 20 drafts"):
        bucket.write()


def test_other_refusals_are_raised(bucket):
    with pytest.raises(ClientError, match="NoSuchBucket"):
        write_review(bucket.s3, "no-such-bucket", REVIEW)
