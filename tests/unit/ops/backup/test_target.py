"""What an operator writes after `restore --to`."""

import getpass

import psycopg2
import pytest

from lambdas.vocabulary.backups import MARKS, Result, Verdict
from ops.backup.target import line_about, login_at
from ops.errors import UsageError

TARGET = "postgresql://me@db.example/name"


@pytest.fixture
def server(monkeypatch):
    """What happens when the target is tried."""

    def set_up(error=None):
        def connect(_dsn):
            if error:
                raise psycopg2.OperationalError(error)
            return type("Session", (), {"close": lambda _: None})()

        monkeypatch.setattr(psycopg2, "connect", connect)

    return set_up


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("", "names no database"),
        ("postgresql://me@db.example", "names no database"),
        ("db.example", "is no PostgreSQL URL"),
        ("https://me@db.example/name", "is no PostgreSQL URL"),
        ("postgresql://me@db.example/name?colour=red", "is no PostgreSQL URL"),
        ("postgresql://me@db.example:port/name", "has a port that is no number"),
        ("postgresql://me:S3cr/et@db.example/name", "is not taken as it was meant"),
        ("postgresql://me:S3cr@et@db.example/name", "is not taken as it was meant"),
        ("postgresql://me:S3cr@db.example/name", "leave the password out of --to"),
    ],
)
def test_invalid_target_is_refused_first(url, reason):
    """A target that cannot be meant is refused before anything is tried."""
    with pytest.raises(UsageError, match=reason) as refused:
        login_at(url, "recovery")
    assert "S3cr" not in str(refused.value)
    assert "\n" not in str(refused.value)


def test_missing_database_is_named(server):
    """A database that is not there is to be made first."""
    server('connection to server at "db.example" failed: FATAL:  database "name" does not exist')
    with pytest.raises(psycopg2.OperationalError) as refused:
        login_at(TARGET, "recovery")
    assert line_about(refused.value).endswith("(make it first: createdb, or CREATE DATABASE)")


def test_password_is_requested(server, monkeypatch):
    """A password is asked for when the server wants one."""
    server("fe_sendauth: no password supplied")
    monkeypatch.setattr(getpass, "getpass", lambda _: "S3cr")
    assert login_at(TARGET, "recovery").password == "S3cr"


def test_missing_terminal_is_named(server, monkeypatch):
    """Nobody to ask for a password is said."""

    def nobody(_prompt):
        raise EOFError

    server("fe_sendauth: no password supplied")
    monkeypatch.setattr(getpass, "getpass", nobody)
    with pytest.raises(UsageError, match=r"put it into ~/\.pgpass"):
        login_at(TARGET, "recovery")


def test_silent_target_times_out(server):
    """A target that does not answer is not waited for without end."""
    server()
    assert login_at(TARGET, "recovery").parameters["connect_timeout"] == "10"


@pytest.mark.parametrize(
    ("results", "verdict"),
    [
        ([Result.PASSED, Result.NONE_NAMED], Verdict.PROVEN),
        ([Result.NONE_NAMED], Verdict.NOT_PROVABLE),
        ([], Verdict.NOT_PROVABLE),
        ([Result.PASSED, Result.NOT_PROVABLE, Result.NONE_NAMED], Verdict.NOT_PROVABLE),
        ([Result.FAILED, Result.NOT_PROVABLE], Verdict.FAILED),
    ],
)
def test_empty_check_counts_as_none(results, verdict):
    """A check that had nothing to check counts as none."""
    assert Verdict.of(results) is verdict
    assert set(MARKS) == set(Result)
