"""The function as the platform calls it."""

import importlib
import io
import json
import sys
from types import SimpleNamespace
from urllib.parse import quote

import botocore.session
import pytest

from lambdas.database_backup.errors import SourceNotReadyError
from lambdas.database_backup.settings import Settings
from lambdas.shared.observability import logger
from lambdas.vocabulary.backups import MANIFEST, Manifest
from tests.integration.backup.conftest import LOGIN, PASSWORD, SETTINGS

CONTEXT = SimpleNamespace(
    aws_request_id="5d6f2f0c-1111-2222-3333-444455556666",
    function_name="junkos-test-database-backup",
    memory_limit_in_mb=1024,
    invoked_function_arn="arn:aws:lambda:us-east-1:000000000000:function:junkos-test-database-backup",
    get_remaining_time_in_millis=lambda: 120_000,
)


@pytest.fixture
def handler(monkeypatch, store_address, source, bucket):
    """The handler in an environment such as its stack gives it, the database's URL in a secret."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", store_address)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    secrets = botocore.session.get_session().create_client("secretsmanager")
    url = f"postgresql://{LOGIN}:{quote(PASSWORD)}@127.0.0.1:{source.server.port}/{source.name}"
    arn = secrets.create_secret(Name=source.name, SecretString=url)["ARN"]
    settings = Settings(**{**SETTINGS, "bucket": bucket.name, "database_url_secret": arn})
    for name, value in settings.to_environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.delitem(sys.modules, "lambdas.database_backup.handler", raising=False)
    return importlib.import_module("lambdas.database_backup.handler").handler


@pytest.fixture
def log(monkeypatch):
    lines = io.StringIO()
    monkeypatch.setattr(logger.registered_handler, "stream", lines)
    return lines


def test_it_answers_with_the_backup_and_its_numbers(handler, bucket):
    answer = handler({}, CONTEXT)
    assert set(answer) == {"backup", "tables", "rows", "raw_bytes", "stored_bytes", "seconds"}
    assert (answer["tables"], answer["rows"]) == (2, 15500)
    assert bucket.manifests() == [answer["backup"] + MANIFEST]
    assert json.loads(json.dumps(answer)) == answer


@pytest.mark.parametrize(
    ("event", "correlation_id"),
    [
        ({}, CONTEXT.aws_request_id),
        ({"slot": "2026-03-04T02:00:00Z"}, "20260304T020000Z"),
        ({"slot": "2026-03-04T02:00:00Z", "correlation_id": "drill-7"}, "drill-7"),
    ],
)
def test_one_correlation_id_is_on_every_line_and_in_the_manifest(handler, bucket, log, event, correlation_id):
    key = handler(event, CONTEXT)["backup"] + MANIFEST
    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    assert [line["message"] for line in lines] == ["backup begins", "backup committed"]
    assert {line["correlation_id"] for line in lines} == {correlation_id}
    manifest = Manifest.from_json(bucket.s3.get_object(Bucket=bucket.name, Key=key)["Body"].read())
    assert manifest.correlation_id == correlation_id


def test_a_failure_is_raised_so_that_the_platform_counts_it(handler, bucket, source):
    source.execute("DROP TABLE customers CASCADE")
    with pytest.raises(SourceNotReadyError, match=r"critical_tables names 'public.customers'"):
        handler({}, CONTEXT)
    assert bucket.contents() == {}


def test_a_slot_that_is_no_time_is_refused(handler, bucket):
    with pytest.raises(SourceNotReadyError, match="slot 'tomorrow' is no ISO 8601 time"):
        handler({"slot": "tomorrow"}, CONTEXT)
    assert bucket.contents() == {}
