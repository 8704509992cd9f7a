"""Log groups: what is masked in them, how long they are kept, and the key that they may have."""

import json
import re

import pytest

from stacks.application import compose, new_app
from stacks.platform.log_protection import EXPRESSIONS
from stacks.settings import load
from tests.infra.conftest import of_type, resources_of

ALLOWED = re.compile(r"[A-Za-z0-9_#=@/;,\- ^$?\[\]{}|\\*+.]{1,200}")  # what CloudWatch Logs takes in an expression


def test_every_log_group_masks_secrets(resources):
    """Every log group masks secrets at the service."""
    for key, group in of_type(resources, "AWS::Logs::LogGroup").items():
        policy = group["DataProtectionPolicy"]
        audit, mask = policy["Statement"]
        assert mask["Operation"] == {"Deidentify": {"MaskConfig": {}}}, key
        assert audit["DataIdentifier"] == mask["DataIdentifier"], key
        written = json.dumps(mask["DataIdentifier"])
        for identifier in ("EmailAddress", "CreditCardNumber", "AwsSecretKey", "PkcsPrivateKey", "Password", "Token"):
            assert identifier in written, key
        assert {one["Name"] for one in policy["Configuration"]["CustomDataIdentifier"]} == set(EXPRESSIONS), key


def test_the_expressions_are_what_the_service_takes():
    assert len(EXPRESSIONS) <= 10
    for name, expression in EXPRESSIONS.items():
        assert ALLOWED.fullmatch(expression), name
        assert re.fullmatch(r"[A-Za-z0-9_-]{1,128}", name)


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("Password", '{"password":"hunter2","n":1}'),
        ("Password", '{"password": "hunter2"}'),
        ("Password", "PGPASSWORD=hunter2 pg_dump"),
        ("Token", '"access_token": "hunter2"'),
        ("Token", "?token=hunter2&x=1"),
        ("Secret", '"clientSecret":"hunter2"'),
        ("ApiKey", "x-api-key: hunter2"),
        ("UrlPassword", "postgresql://app:hunter2@db/x"),
        ("BearerToken", "Authorization: Bearer hunter2.hunter2"),
        ("JsonWebToken", "eyJhbGciOiJI.hunter2.c2ln"),
        ("AwsAccessKey", "ASIAIOSFODNN7EXAMPLE"),
        ("ServiceToken", "sk_live_hunter2hunter2"),
        ("ServiceToken", "https://hooks.slack.com/services/T0/B0/hunter2"),
        *[
            ("VendorToken", f"{start}hunter2hunter2hunter2hunter2hunter2")
            for start in ("github_pat_", "glpat-", "npm_")
        ],
        *[("VendorToken", f"{start}hunter2hunter2hunter2hunter2hunter2") for start in ("AIza", "sk-proj-", "xapp-1-")],
        ("VendorToken", "SG.hunter2hunter2hunter2.hunter2hunter2hunter2"),
        ("VendorToken", "https://discord.com/api/webhooks/123456/hunter2"),
    ],
)
def test_a_secret_is_found(name, line):
    masked = re.sub(EXPRESSIONS[name], "*", line)
    assert masked != line
    assert "hunter2" not in masked


@pytest.mark.parametrize(
    "line",
    [
        'FATAL:  password authentication failed for user "app"',
        "FATAL:  no password supplied",
        '{"event":"failed_login","user":"app","address":"203.0.113.7","route":"/orders/{number}"}',
        "postgresql://junkos_monitor@db.example:5432/junkos",
        "https://api.example.com/health?page=2",
        "arn:aws:secretsmanager:us-east-1:111122223333:secret:x",
        "invalid token, please log in",
        '{"message":"login failed: wrong password","event":"login_failed"}',
        '{"message": "login failed: wrong password", "event": "login_failed"}',
        '{"route":"/oauth/token","status":500}',
        '{"error":{"type":"NoApiKey","message":"no api_key"},"status":500}',
        '{"reason":"no secret","event":"suspicious_request"}',
    ],
)
def test_counted_lines_are_unchanged(line):
    """Lines that filters count stay as they are."""
    assert [name for name, expression in EXPRESSIONS.items() if re.search(expression, line)] == []


@pytest.mark.slow
def test_one_key_per_region_encrypts_logs(tmp_path):
    """One key encrypts all groups of a region where it is asked for."""
    app = new_app(str(tmp_path))
    compose(app, load("prod").model_copy(update={"log_encryption": True}))
    resources = resources_of(app.synth())
    keys = [key for key, one in of_type(resources, "AWS::KMS::Key").items() if key[1].startswith("LogKey")]
    assert len(keys) == 1
    groups = of_type(resources, "AWS::Logs::LogGroup")
    assert all(keys[0][1] in json.dumps(group["KmsKeyId"]) for group in groups.values())
    assert resources[keys[0]]["DeletionPolicy"] == "RetainExceptOnCreate"  # RDS writes on when the stacks are gone
    policy = json.dumps(resources[keys[0]]["Properties"]["KeyPolicy"])
    assert "logs.us-east-1.amazonaws.com" in policy
    assert "kms:EncryptionContext:aws:logs:arn" in policy


def test_without_that_no_key_is_paid_for(resources):
    assert not any("KmsKeyId" in group for group in of_type(resources, "AWS::Logs::LogGroup").values())


def test_log_level_per_environment(resources, assembly):
    """Production logs from info on and staging from debug."""
    environment = assembly.stacks[0].stack_name.split("-")[1]
    expected = {"prod": "INFO", "staging": "DEBUG", "local": "DEBUG"}[environment]
    functions = [
        one for one in of_type(resources, "AWS::Lambda::Function").values() if "lambdas." in str(one["Handler"])
    ]
    assert {one["Environment"]["Variables"]["POWERTOOLS_LOG_LEVEL"] for one in functions} == {expected}


def test_backend_policy_has_plain_name(assembly):
    """People find what lets the backend write under its plain name."""
    (monitoring,) = (stack for stack in assembly.stacks if stack.stack_name.endswith("-monitoring"))
    assert "WriterPolicy" in monitoring.template["Outputs"]
