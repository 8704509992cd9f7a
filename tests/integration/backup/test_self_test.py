"""The way of a backup, of which nothing stays: on a real server, with the tools that backups use."""

import re
import sys
from dataclasses import replace

import pytest

from lambdas.database_backup import self_test
from lambdas.database_backup.self_test import reach_source
from lambdas.database_backup.settings import Settings
from lambdas.shared.clock import Deadline
from tests.integration.backup.conftest import LOGIN, PASSWORD, SETTINGS, assert_no_sessions, children
from tests.integration.backup.test_handler import CONTEXT, handler, log, url

__all__ = ["handler", "log", "url"]  # its fixtures


@pytest.fixture
def reach(source, bucket):
    def reach_it(login=None, **changes):
        settings = Settings(**{**SETTINGS, "bucket": bucket.name, **changes})
        return reach_source(settings, log_in=lambda: login or source.login(), deadline=Deadline.within(60))

    return reach_it


def test_whole_way_is_gone(reach, bucket, source):
    found = reach()
    assert (found.failure, found.login, found.logged_in_by) == ("", LOGIN, "secret")
    assert found.dumped_bytes > 1000
    assert found.row_of == "public.customers"
    assert (found.tls, found.tls_mode) == ("", "prefer")
    assert bucket.contents() == {}
    assert children("pg_dump") == []
    assert_no_sessions(source)


def test_verified_tls_is_named(reach, tls_login):
    """As libpq saw it, and the server: they are one session's two ends."""
    found = reach(tls_login)
    assert (found.failure, found.tls_mode) == ("", "verify-full")
    assert re.fullmatch(r"TLSv1\.[23] [A-Z0-9_-]+", found.tls)


def test_server_of_another_name_is_refused(reach, tls_login):
    found = reach(tls_login.to(host="127.0.0.1"))
    assert "does not match host name" in found.failure
    assert not found.passes


def test_one_session_at_a_time_is_enough(reach, source, monkeypatch):
    """Beside a backup's two and the database check's one, there is room for one."""
    seen, dump = [], self_test._dump_schema

    def look(*arguments):
        assert_no_sessions(source)
        seen.append(True)
        return dump(*arguments)

    monkeypatch.setattr(self_test, "_dump_schema", look)
    assert reach().failure == ""
    assert seen == [True]


def test_empty_database_has_no_row(empty_source, bucket):
    settings = Settings(**{**SETTINGS, "bucket": bucket.name})
    found = reach_source(settings, log_in=empty_source.login, deadline=Deadline.within(60))
    assert (found.failure, found.row_of) == ("", "")
    assert found.dumped_bytes > 0


def test_refused_login_is_answered(reach, source):
    found = reach(login=source.login(user="nobody"))
    assert "cannot log in at" in found.failure
    assert not found.passes
    assert PASSWORD not in found.failure


def test_what_may_not_be_read_is_named(reach, source):
    source.execute("CREATE TABLE secrets (i int); CREATE SCHEMA hidden; CREATE TABLE hidden.t (i int)")
    source.execute(f"REVOKE pg_read_all_data FROM {LOGIN}")
    try:
        found = reach()
    finally:
        source.execute(f"GRANT pg_read_all_data TO {LOGIN}")
    assert "may not read" in found.failure
    assert not found.passes


def test_excluded_schemas_are_left_alone(reach, source):
    source.execute("CREATE SCHEMA hidden; CREATE TABLE hidden.a (i int); INSERT INTO hidden.a VALUES (1)")
    found = reach(excluded_schemas=("hidden", "public"))
    assert (found.failure, found.row_of) == ("", "")


def test_locked_table_passes_by_itself(reach, source):
    """Whoever migrates at the moment is no fault of the way."""
    blocker = source.server.session(source.name)
    blocker.autocommit = False
    blocker.cursor().execute("LOCK TABLE messages IN ACCESS EXCLUSIVE MODE")
    try:
        found = reach()
    finally:
        blocker.close()
    assert found.failure
    assert found.passes


def test_handler_answers_and_makes_no_backup(handler, bucket, log):
    answer = handler({"self_test": True}, CONTEXT)
    assert (answer["failure"], answer["row_of"], answer["logged_in_by"]) == ("", "public.customers", "secret")
    assert bucket.contents() == {}
    assert PASSWORD not in log.getvalue()


def test_secret_that_is_not_there_does_not_pass(handler, monkeypatch):
    """Another attempt is refused alike."""
    module = sys.modules["lambdas.database_backup.handler"]
    monkeypatch.setattr(module, "settings", replace(module.settings, database_url_secret="no-such-secret"))
    answer = handler({"self_test": True}, CONTEXT)
    assert "the secret of its URL failed" in answer["failure"]
    assert answer["passes"] is False


@pytest.mark.parametrize("event", [{"self_test": "true"}, {"self_test": True, "slot": "2026-03-04T02:00:00Z"}])
def test_any_other_event_is_a_backup(handler, event):
    """A schedule's event with something more in it must not lose a night's backup."""
    assert "backup" in handler(event, CONTEXT)
