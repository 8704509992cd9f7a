"""The function as the platform calls it."""

import importlib
import io
import json
import re
import sys
from dataclasses import replace
from types import SimpleNamespace
from urllib.parse import quote

import botocore.session
import pytest

from lambdas.database_backup.errors import BackupInterruptedError, SourceNotReadyError
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
def url(source):
    """What the secret holds."""
    return f"postgresql://{LOGIN}:{quote(PASSWORD)}@127.0.0.1:{source.server.port}/{source.name}"


@pytest.fixture
def handler(monkeypatch, store_address, source, bucket, url):
    """The handler in an environment such as its stack gives it, the database's URL in a secret."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", store_address)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    secrets = botocore.session.get_session().create_client("secretsmanager")
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


def test_answers_with_backup_and_numbers(handler, bucket):
    """It answers with the backup and its numbers."""
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
def test_correlation_id_is_everywhere(handler, bucket, log, event, correlation_id):
    """One correlation id is on every line and in the manifest."""
    key = handler(event, CONTEXT)["backup"] + MANIFEST
    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    assert [line["message"] for line in lines] == ["backup begins", "backup committed"]
    assert {line["correlation_id"] for line in lines} == {correlation_id}
    manifest = Manifest.from_json(bucket.s3.get_object(Bucket=bucket.name, Key=key)["Body"].read())
    assert manifest.correlation_id == correlation_id


def test_failure_is_raised(handler, bucket, source):
    """A failure is raised so that the platform counts it."""
    source.execute("DROP TABLE customers CASCADE")
    with pytest.raises(SourceNotReadyError, match=r"critical_tables names 'public.customers'"):
        handler({}, CONTEXT)
    assert bucket.contents() == {}


@pytest.mark.parametrize(
    ("slot", "reason"),
    [("tomorrow", "is no ISO 8601 time"), ("2099-01-01T00:00:00Z", "is no time at which a schedule has been due")],
)
def test_impossible_slot_is_refused(handler, bucket, log, slot, reason):
    """A slot that cannot be is refused in one line of the log."""
    with pytest.raises(SourceNotReadyError, match=f"slot '{slot}' {reason}"):
        handler({"slot": slot}, CONTEXT)
    assert bucket.contents() == {}
    [line] = [json.loads(line) for line in log.getvalue().splitlines()]
    assert (line["level"], line["error"]) == ("ERROR", "SourceNotReadyError")
    assert line["message"].startswith(f"backup of 'junkos' stopped: the event's slot '{slot}' {reason}")


def test_missing_secret_is_not_buckets_fault(handler, bucket, monkeypatch):
    """A secret that is not there is not blamed on the bucket."""
    module = sys.modules["lambdas.database_backup.handler"]
    monkeypatch.setattr(module, "settings", replace(module.settings, database_url_secret="no-such-secret"))
    with pytest.raises(BackupInterruptedError, match=r"the secret of its URL failed: .*ResourceNotFoundException"):
        handler({}, CONTEXT)


@pytest.mark.parametrize("url", ["postgresql://me:S3cr/et@127.0.0.1:1/pw", "postgresql://me:S3cr@et@127.0.0.1:1/pw"])
def test_unencoded_password_is_not_repeated(handler, log):
    """A password that was not encoded stands neither in the error nor in the log."""
    with pytest.raises(SourceNotReadyError, match="percent-encode the user and the password") as refused:
        handler({}, CONTEXT)
    written = str(refused.value) + log.getvalue()
    assert "S3cr" not in written
    assert re.search(r"\bet\b", written) is None
