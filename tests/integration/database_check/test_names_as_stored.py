"""Names that are no UTF-8, or that this database's encoding cannot hold, cost a check nothing."""

from contextlib import contextmanager
from datetime import timedelta

import pytest

from lambdas.database_check.check import Check
from lambdas.database_check.measure import measure, server_of
from lambdas.database_check.read_only import read_only
from lambdas.database_check.states import InMemory
from lambdas.shared.clock import Deadline
from tests.integration.database_check.conftest import NO_PATIENCE, ONLY_18, SETTINGS, Database, judgements

NAME = "m\xfcller"
ESCAPED = r"m\xfcller"


@contextmanager
def made(server, capsys, name, encoding):
    """A database of that encoding."""
    server.query(f"CREATE DATABASE {name} ENCODING '{encoding}' TEMPLATE template0")
    try:
        yield Database(server, name, InMemory(), capsys)
    finally:
        server.query(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def login_of_latin1(server, database):
    """A session of a login whose name the server keeps in LATIN1, as the database has it in which it was named."""
    server.query("CREATE ROLE to_be_renamed LOGIN SUPERUSER PASSWORD 's3cret'")
    with server.session(database.name, "to_be_renamed") as session:
        _in_latin1(database, f'ALTER ROLE to_be_renamed RENAME TO "{NAME}"')
        try:
            yield session
        finally:
            _in_latin1(database, f'ALTER ROLE "{NAME}" RENAME TO to_be_renamed')
    server.query("DROP ROLE to_be_renamed")


def _in_latin1(database, *statements):
    with database.session(client_encoding="LATIN1") as session, session.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


@pytest.mark.parametrize(
    ("encoding", "of_the_server", "of_the_database"),
    [("LATIN1", NAME, NAME), ("SQL_ASCII", ESCAPED, ESCAPED), ("UTF8", ESCAPED, NAME)],
)
def test_names_in_other_encodings_are_shown(server, capsys, encoding, of_the_server, of_the_database):
    with (
        made(server, capsys, "latin1", "LATIN1") as latin1,
        made(server, capsys, "checked", encoding) as checked,
        login_of_latin1(server, latin1) as forgetful,
    ):
        forgetful.autocommit = False
        forgetful.cursor().execute("SELECT 1")
        sequence = f'CREATE SEQUENCE "{NAME}" MAXVALUE 1000'
        _in_latin1(checked, sequence, f"""SELECT setval('"{NAME}"', 900)""")
        summary = checked.check(NO_PATIENCE)
    (idle,) = judgements(summary, "idle_in_transaction")
    assert f" of {of_the_server} has held a transaction open" in idle["message"]
    (nearly_used,) = judgements(summary, "sequence")
    assert f'sequence public."{of_the_database}" is at 900' in nearly_used["message"]
    assert "not_measured" not in {judgement["name"] for judgement in summary["judgements"]}


@ONLY_18
def test_dropped_client_encoding_costs_one_measurement(server, capsys, database):
    """A client encoding that a pooler drops costs the measurement alone."""
    roles = Check("roles", "Names.", "SELECT rolname FROM pg_roles WHERE rolname LIKE 'm%'", many=True)
    fine = Check("fine", "Works.", "SELECT 1 AS one")
    with (
        made(server, capsys, "latin1", "LATIN1") as latin1,
        login_of_latin1(server, latin1),
        database.session() as session,
        read_only(session, timedelta(seconds=2)) as reader,
    ):
        about = server_of(reader)
        found = measure(reader, about, [roles, fine], limits=SETTINGS, deadline=Deadline.within(20))
    assert "a pooler in between drops client_encoding" in found.failed["roles"]
    assert found.values == {"fine": {"one": 1}}


@ONLY_18
def test_foreign_encoding_is_not_a_fault(server, capsys, database):
    """pg_stat_statements shows no statement at all in this database then: no setting here would change that."""
    database.execute("CREATE EXTENSION pg_stat_statements")
    with made(server, capsys, "bytes", "SQL_ASCII") as other:
        _in_latin1(other, f'SELECT 1 AS "{NAME}"')
        summary = database.check()
    assert "does not fit this one's encoding" in summary["absent"]["slow_statements"]
    assert summary["judgements"] == []
