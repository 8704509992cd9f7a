"""The way of a backup."""

from lambdas.self_test.probes.database import DATABASE
from lambdas.vocabulary.codec import encode
from lambdas.vocabulary.self_test import SELF_TEST_EVENT, SourceReached
from tests.unit.lambdas.self_test.situations import Aws, answer_of, invoked

REACHED = {
    "login": "junkos_monitor",
    "logged_in_by": "IAM token",
    "server_version": "18.1",
    "tls_mode": "verify-full",
    "tls": "TLSv1.3 TLS_AES_256_GCM_SHA384",
    "dumped_bytes": 52_000,
    "row_of": "public.customers",
    "seconds": 1.5,
}


def asked(**fields):
    aws = Aws()
    invoked(aws, "database-backup", SELF_TEST_EVENT, encode(SourceReached(**fields)))
    return answer_of(DATABASE, aws)


def test_whole_way_passes():
    outcome, text = asked(**REACHED)
    assert outcome == "passed"
    assert text.split("; ") == [
        f"junkos_monitor logged in by IAM token to PostgreSQL 18.1 over {REACHED['tls']}, the certificate verified",
        "a row of public.customers came back",
        "pg_dump wrote 52 kB of schema, in 1.5 s",
    ]


def test_tls_that_the_settings_allow_to_miss_is_said():
    assert "WITHOUT TLS, as database.minimum_tls allows" in asked(**REACHED | {"tls": "", "tls_mode": "prefer"})[1]
    assert "NOT verified in full (sslmode=require" in asked(**REACHED | {"tls_mode": "require"})[1]


def test_empty_database_has_no_row():
    assert "no table had a row to read" in asked(**REACHED | {"row_of": ""})[1]


def test_refused_login_fails():
    refused = "backup of 'orders' stopped: cannot log in at db:5432/orders: PAM authentication failed"
    assert asked(failure=refused) == ("failed", refused)


def test_what_passes_by_itself_is_neither():
    """A table that is locked at the moment says nothing about the way."""
    outcome, text = asked(failure="backup of 'orders' stopped: a table stayed locked", passes=True)
    assert (outcome, text[-41:]) == ("could not be asked", "locked (this passes by itself: ask again)")
