"""Secrets and personal data are taken out of what is written; the system's own facts stay."""

import logging
import sys

import pytest

from lambdas.shared.masking import MASK, masked, masked_text
from lambdas.shared.observability import MaskingLogger, _MaskingFilter

JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("postgresql://app:s3cr@t/x@db.example/orders", "postgresql://app:***@db.example/orders"),
        ("connect with password=hunter2 host=db", "connect with password=*** host=db"),
        ("PGPASSWORD='two words' and more", "PGPASSWORD='***' and more"),
        ('{"api_key": "abc", "n": 1}', '{"api_key": "***", "n": 1}'),
        (r'{"password": "a\"b", "n": 1}', '{"password": "***", "n": 1}'),
        (r"body {\"password\":\"hunter2\",\"n\":1}", r"body {\"password\":\"***\",\"n\":1}"),
        ("{'password' => 'hunter2'}, token := abc", "{'password' => '***'}, token := ***"),
        ("DETAIL:  Key (reset_token)=(abc123) is duplicated.", "DETAIL:  Key (reset_token)=(***) is duplicated."),
        ("Cookie: session=abc; remember=def, then", "Cookie: ***, then"),
        ("Authorization: Bearer abcdef123456", "Authorization: Bearer ***"),
        ("sent 'Bearer abc.def-123' to it", "sent 'Bearer ***' to it"),
        (f"the token {JWT} is old", "the token *** is old"),
        ("as AKIAIOSFODNN7EXAMPLE", "as ***"),
        ("https://s3/x?X-Amz-Credential=AKIAI&X-Amz-Signature=ab12&p=1", None),
        ("https://hooks.slack.com/services/T0/B0/xyz", "https://hooks.slack.com/services/***"),
        ("key sk_live_abcdefgh1234 used", "key *** used"),
        ("-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY----- end", "*** end"),
        ("mail to jane.doe+x@shop.example, please", "mail to ***, please"),
        ("GET /users/jane@shop.example mailto:jane@shop.example", "GET /users/*** mailto:***"),
        ("card 4111111111111111.", "card ***."),
        ("card 4111 1111 1111 1111, 3782-822463-10005", "card ***, ***"),
        ("Key (email)=(jane@shop.example) already exists", "Key (email)=(***) already exists"),
    ],
)
def test_secrets_in_text_are_masked(text, expected):
    """Secrets in a text are masked and what they are is still seen."""
    result = masked_text(text)
    assert result == expected or (expected is None and "ab12" not in result and "AKIAI" not in result)


@pytest.mark.parametrize(
    "fact",
    [
        "sha256 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "4111111111111111a3bf4f1b2b0b822cd15d6c15b0f00a080000000000000000",
        "arn:aws:secretsmanager:us-east-1:111122223333:secret:rds!db-junkos-AbCdEf",
        "secret: arn:aws:secretsmanager:us-east-1:111122223333:secret:x",
        "412,621 rows, 11570861 bytes, 4111111111111112 of them odd",
        "1764016471000 ms, 20261124203431, 1764016471000000000 ns",
        "41234567-1234-4567-8123-123456789012",
        "junkos/2026/11/24/20261124T020000Z-ab12/manifest.json",
        "postgresql://junkos_monitor@db.us-east-1.rds.amazonaws.com:5432/junkos",
        'FATAL: password authentication failed for user "app"',
        "no basic authentication, and the bearer of it",
        "the passage of the compass",
        "2026-11-24 20:34:31.123+00",
    ],
)
def test_facts_are_not_masked(fact):
    assert masked_text(fact) == fact


def test_values_are_masked_by_key():
    """Values are masked by their key at any depth."""
    line = {
        "a": [{"DATABASE_PASSWORD": "x", "clientSecret": "y", "x-api-key": 7, "Set-Cookie": "z", "cookies": ["q"]}],
        "tail": [{"sessionToken": "s", "auth": "u:p", "csrf": "t", "api-keys": ["k"], "pin": 1234}],
        "headers": {"authorization": ["Basic", "w"]},
    }
    assert masked(line) == {
        "a": [
            {"DATABASE_PASSWORD": MASK, "clientSecret": MASK, "x-api-key": MASK, "Set-Cookie": MASK, "cookies": MASK}
        ],
        "tail": [{"sessionToken": MASK, "auth": MASK, "csrf": MASK, "api-keys": MASK, "pin": MASK}],
        "headers": {"authorization": MASK},
    }


def test_similar_keys_keep_values():
    """Keys that only sound like secrets keep their values."""
    facts = {
        "key": "junkos/2026/dump.pgc.zst",
        "passed": 3,
        "compass": "north",
        "has_password": False,
        "master_secret": "arn:aws:secretsmanager:eu-central-1:1:secret:x",
        "tokens_left": 4,
        "bytes": 4111111111111111,
        "authenticated": "by card",
        "author": "anna",
        "authority": "api",
        "pins": 4,
        "password": None,
    }
    assert masked(facts) == facts


class SecretiveError(Exception):
    pass


def connect():
    raise SecretiveError("password=hunter2")


def test_error_with_secret_is_masked(capsys):
    """An error with a secret leaves the handler under its name without the secret."""
    logger = MaskingLogger(service="a-test", stream=sys.stdout)

    @logger.inject_lambda_context
    def handler(event, context):
        raise SecretiveError("cannot reach postgresql://app:hunter2@db/x")

    with pytest.raises(Exception, match=r"cannot reach postgresql://app:\*\*\*@db/x") as raised:
        handler({}, Context())
    assert type(raised.value).__name__ == "SecretiveError"
    assert raised.value.__cause__ is None


def test_error_without_secret_is_unchanged():
    """An error without a secret is left as it is."""
    logger = MaskingLogger(service="b-test")

    @logger.inject_lambda_context(log_event=False)
    def handler(event, context):
        raise SecretiveError("the disk is full")

    with pytest.raises(SecretiveError, match="the disk is full"):
        handler({}, Context())


def test_line_and_traceback_hide_secrets(capsys):
    """A line holds no secret in message extras or traceback."""
    logger = MaskingLogger(service="c-test", stream=sys.stdout)
    try:
        connect()
    except SecretiveError:
        logger.exception("failed for jane@shop.example", token="hunter2", deep={"cookie": "hunter2"})
    written = capsys.readouterr().out
    assert "SecretiveError" in written
    assert "hunter2" not in written
    assert "jane" not in written


def test_platform_handler_is_masked():
    """What libraries say through the platforms handler is masked."""
    record = logging.LogRecord("urllib3", logging.WARNING, "f", 1, "retry %s", ("https://u:hunter2@h/",), None)
    assert _MaskingFilter().filter(record)
    assert record.getMessage() == "retry https://u:***@h/"


class Context:
    function_name = "f"
    memory_limit_in_mb = 128
    invoked_function_arn = "arn:aws:lambda:us-east-1:111122223333:function:f"
    aws_request_id = "1"

    def get_remaining_time_in_millis(self):
        return 1000
