"""The daily checklist, by its reports."""

from datetime import timedelta

import boto3
import pytest
from moto import mock_aws

from lambdas.self_test.probes.checklist import CHECKLIST
from lambdas.shared.reports import Reports
from lambdas.vocabulary.reports import JSON, Kind
from tests.unit.lambdas.self_test.situations import NOW, situation


@pytest.fixture
def asked():
    """What is seen with reports so many days old."""
    with mock_aws():
        s3 = boto3.client("s3", region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b")
        s3.create_bucket(Bucket="reports")

        def ask(*, checklist=(), own=()):
            for kind, ages in ((Kind.CHECKLIST, checklist), (Kind.SELF_TEST, own)):
                for days in ages:
                    Reports(s3, "reports").write(kind, NOW - timedelta(days=days), {JSON: b"{}"})
            seen = CHECKLIST.ask(situation(lambda _: s3))
            return seen.outcome.value, seen.text

        yield ask


def test_recent_answer_passes(asked):
    assert asked(checklist=(9, 1, 2)) == ("passed", "the checklist was answered 24 h ago")


def test_old_answer_fails(asked):
    assert asked(checklist=(9, 5), own=(7,)) == ("failed", "the checklist was answered 5 d ago, and is to be every day")


def test_none_since_long_fails(asked):
    assert asked(own=(14, 7)) == ("failed", "the checklist was never answered")


@pytest.mark.parametrize("own", [(), (1,)])
def test_new_environment_has_none_yet(asked, own):
    assert asked(own=own)[0] == "not applicable"
