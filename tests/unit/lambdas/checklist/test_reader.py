"""Questions to AWS, each asked once and noted by the right that it needs."""

from typing import Any

import pytest

from lambdas.checklist.reader import Answers, Reader, UnreadableError, action_of
from tests.unit.lambdas.checklist.accounts import DENIED, THROTTLED, Account


def reader(account: Account) -> Reader:
    return Reader(Answers(account.client))


def two_requests(client: Any) -> Any:
    list(client.get_paginator("list_objects_v2").paginate(Bucket="b"))
    return client.get_object(Bucket="b", Key="k")["Body"]


def test_each_request_of_a_reading_is_noted() -> None:
    of_check = reader(Account({"s3.get_object": {"Body": b"x"}}))
    assert of_check.read("s3", "the newest", two_requests) == b"x"
    assert [call.action for call in of_check.calls] == ["s3:ListBucket", "s3:GetObject"]


def test_second_check_asks_nothing_and_notes_the_same() -> None:
    first = reader(Account({"s3.get_object": [{"Body": b"x"}]}))
    second = Reader(first.answers)
    for each in (first, second):
        each.read("s3", "the newest", two_requests)
    assert first.calls == second.calls


@pytest.mark.parametrize(
    ("error", "said"), [(DENIED, "s3:GetObject was denied"), (THROTTLED, "s3:GetObject was throttled")]
)
def test_error_names_the_request_that_failed(error: Exception, said: str) -> None:
    with pytest.raises(UnreadableError, match=said):
        reader(Account({"s3.get_object": error})).read("s3", "the newest", two_requests)


@pytest.mark.parametrize(
    ("service", "operation", "action"),
    [
        ("rds", "describe_db_instances", "rds:DescribeDBInstances"),
        ("s3", "list_objects_v2", "s3:ListBucket"),
        ("s3", "head_object", "s3:GetObject"),
        ("scheduler", "get_schedule", "scheduler:GetSchedule"),
        ("s3", "get_bucket_lifecycle_configuration", "s3:GetLifecycleConfiguration"),
    ],
)
def test_requests_are_called_as_iam_does(service: str, operation: str, action: str) -> None:
    assert action_of(service, operation) == action
