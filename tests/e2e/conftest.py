"""The whole system on the embedded account, deployed once for all tests of this folder."""

import pytest

from embedded import process
from embedded.console import Console
from embedded.raising import raise_all
from lambdas.vocabulary.names import physical_name
from lambdas.vocabulary.notices import IDENTIFIER, RECORD


@pytest.fixture(scope="session")
def raised(tmp_path_factory):
    """Everything that `make up` brings up, IAM enforced, stopped at the end."""
    directory = tmp_path_factory.mktemp("account")
    try:
        yield raise_all(Console(), directory, foreign_url=None)
    finally:
        process.stop_recorded(directory)


@pytest.fixture(scope="session")
def stage(raised):
    return raised.stage


@pytest.fixture(scope="module")
def nobody_knows(stage):
    """People forget what they know of each alarm: another test may have travelled beyond the moments of this one."""
    dynamodb, table = stage.client("dynamodb"), physical_name(stage.environment.name, "notices")
    subjects = dynamodb.get_paginator("query").paginate(
        TableName=table,
        KeyConditionExpression="#record = :subject",
        ExpressionAttributeNames={"#record": RECORD},
        ExpressionAttributeValues={":subject": {"S": "subject"}},
    )
    for subject in [item for page in subjects for item in page["Items"]]:
        dynamodb.delete_item(TableName=table, Key={name: subject[name] for name in (RECORD, IDENTIFIER)})
