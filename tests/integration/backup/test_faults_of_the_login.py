"""A database that cannot be reached, or not be read as a whole, is named with the remedy."""

from contextlib import ExitStack, contextmanager

import pytest

from lambdas.database_backup.errors import BackupInterruptedError, SourceNotReadyError
from lambdas.database_backup.settings import Settings
from lambdas.shared.postgres import Login, connect, log_in
from tests.integration.backup.conftest import LOGIN, PASSWORD, SETTINGS
from tests.secret import Secret
from tests.tls import Authority


def test_a_wrong_password_is_named(failure, source):
    line = failure(SourceNotReadyError, login=Login(source.login().parameters, "an0ther"))
    assert f'password authentication failed for user "{LOGIN}"' in line
    assert "an0ther" not in line


def test_an_unknown_host_is_named(failure, source):
    line = failure(SourceNotReadyError, login=source.login(host="database.invalid"))
    assert 'could not translate host name "database.invalid"' in line


def test_closed_port_is_named(failure, source):
    """A port that nobody listens on is named."""
    line = failure(SourceNotReadyError, login=source.login(port="1"))
    assert "127.0.0.1:1" in line
    assert "check host and port" in line


def test_missing_tls_is_named(failure, source):
    """A server without tls is named when tls is demanded."""
    line = failure(SourceNotReadyError, login=source.login(sslmode="require"))
    assert "server does not support SSL" in line
    assert "database.minimum_tls" in line


@contextmanager
def connection_limit(source, what, limit):
    source.execute(f"ALTER {what} CONNECTION LIMIT {limit}")
    try:
        yield
    finally:
        source.execute(f"ALTER {what} CONNECTION LIMIT -1")


@pytest.mark.parametrize("kind", ["ROLE", "DATABASE"])
def test_connection_limit_one_is_named(failure, run, source, kind):
    """A limit of one connection is named and two will do."""
    what = f"{kind} {LOGIN if kind == 'ROLE' else source.name}"
    with connection_limit(source, what, 1):
        line = failure(SourceNotReadyError)
    assert f"a backup needs two sessions at once, and {what} has CONNECTION LIMIT 1 (ALTER {what} CONN" in line
    with connection_limit(source, what, 2):
        assert run().rows == 15500


def test_used_up_connections_are_retried(failure, source):
    """Connections that others use up may be free the next time."""
    with connection_limit(source, f"ROLE {LOGIN}", 2), ExitStack() as stack:
        for _ in range(2):
            stack.enter_context(connect(source.login(), application_name="another"))
        line = failure(BackupInterruptedError, server_knows=False)
    assert "too many connections for role" in line
    assert "raise its CONNECTION LIMIT" in line


def test_url_without_database_uses_user(failure, source):
    """A url that names no database means that of the user."""
    login = log_in(Settings(**SETTINGS, bucket=""), Secret(f"postgresql://{LOGIN}@127.0.0.1:{source.server.port}"))
    assert f'database "{LOGIN}" does not exist' in failure(SourceNotReadyError, login=Login(login.parameters, PASSWORD))


@pytest.mark.parametrize("name", ["a=b", "postgresql://x", "it's \\ one", "é ü"])
def test_a_database_may_have_any_name(run, source, name):
    source.execute(f'CREATE DATABASE "{name}" TEMPLATE sample STRATEGY file_copy')
    try:
        assert run(login=source.login(dbname=name)).rows == 15500
    finally:
        source.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def test_verified_server_is_backed_up(run, tls_login):
    """A server that proves its name is backed up."""
    assert run(login=tls_login, critical_tables=()).tables == ()


def test_a_certificate_of_another_authority_is_named(failure, tls_login, tmp_path):
    other = Authority(tmp_path, "other authority")
    line = failure(SourceNotReadyError, login=tls_login.to(sslrootcert=str(other.certificate)))
    assert "certificate verify failed" in line
    assert "database.ca_bundle" in line


def test_a_certificate_for_another_name_is_named(failure, tls_login):
    line = failure(SourceNotReadyError, login=tls_login.to(host="127.0.0.1"))
    assert "does not match host name" in line


def test_server_refusing_plain_text_is_named(failure, tls_login):
    """A server that refuses plain text is named."""
    line = failure(SourceNotReadyError, login=tls_login.to(sslmode="disable"))
    assert "no encryption" in line
    assert "set sslmode=require" in line


@pytest.fixture
def limited(source):
    """A login of its own that may read everything but what the test takes away."""
    login = f"limited_{source.name}"
    source.execute(f"CREATE ROLE {login} LOGIN PASSWORD '{PASSWORD}'")
    source.execute(f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {login}")
    source.execute(f"GRANT SELECT ON ALL SEQUENCES IN SCHEMA public TO {login}")
    yield login
    source.execute(f"DROP OWNED BY {login}; DROP ROLE {login}")


def test_all_rights_need_no_role(run, source, limited):
    """A login with rights on everything needs no role for it."""
    assert run(login=source.login(user=limited)).rows == 15500


MISSING = {
    "REVOKE SELECT ON messages FROM {}": ("table public.messages", "GRANT SELECT ON table public.messages TO {}"),
    "REVOKE SELECT ON SEQUENCE messages_id_seq FROM {}": (
        "sequence public.messages_id_seq",
        "GRANT SELECT ON sequence public.messages_id_seq TO {}",
    ),
    'CREATE SCHEMA "Odd ""one"; CREATE TABLE "Odd ""one".t (); GRANT SELECT ON "Odd ""one".t TO {}': (
        'schema "Odd ""one"',
        'GRANT USAGE ON SCHEMA "Odd ""one" TO {}',
    ),
    "SELECT lo_create(4711)": ("large object 4711", "GRANT SELECT ON LARGE OBJECT 4711 TO {}"),
    "ALTER TABLE messages ENABLE ROW LEVEL SECURITY": (
        "table public.messages behind row-level security",
        "ALTER ROLE {} BYPASSRLS",
    ),
}


@pytest.mark.parametrize("statement", MISSING)
def test_unreadable_objects_and_remedy_are_named(failure, run, source, limited, statement):
    """What the login may not read is named with what mends it."""
    thing, remedy = MISSING[statement]
    source.execute(statement.format(limited))
    line = failure(SourceNotReadyError, login=source.login(user=limited))
    assert f"login '{limited}' may not read {thing} ({remedy.format(limited)})" in line
    source.execute(remedy.format(limited))
    assert run(login=source.login(user=limited)).rows == 15500


def test_everything_missing_is_named_at_once(failure, source, limited):
    """Everything that is missing is named at once."""
    source.execute(f"REVOKE SELECT ON customers, messages FROM {limited}")
    line = failure(SourceNotReadyError, login=source.login(user=limited))
    assert "table public.customers, table public.messages (" in line


@pytest.mark.parametrize(
    ("here", "complaint"),
    [
        ((16, 17), "the tools here are of 16 to 17 (add its release to layers/postgresql.py and deploy)"),
        ((19, 20), "the tools here are of 19 to 20 (upgrade the server)"),
    ],
)
def test_unsupported_version_is_named(failure, monkeypatch, here, complaint):
    """A server of a version without tools is named."""
    monkeypatch.setattr("lambdas.database_backup.preflight.MAJORS", here)
    assert f"the server is PostgreSQL 18.6, and {complaint}" in failure(SourceNotReadyError)
