"""The login of the functions near the database, made at a real PostgreSQL by a master user with RDS's rights."""

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import psycopg2
import pytest

from emulator import postgres
from lambdas.database_bootstrap.make_login import ROLES, BootstrapError, make_login, master_login
from lambdas.database_bootstrap.settings import Settings
from lambdas.shared.postgres import Login
from lambdas.shared.service import SERVICE_TITLE
from lambdas.vocabulary.names import ServiceNames
from tests.tls import Authority, tls_in_front_of

MONITOR_LOGIN = ServiceNames().monitor_login
MASTER, PASSWORD = "junkos_master", "c0rrect-horse:b4ttery\\staple"
HOST = "localhost"

# What RDS gives its master user: no superuser, but a role that may hand on the roles that matter here.
LIKE_RDS = f"""
CREATE ROLE rds_iam;
CREATE ROLE {MASTER} LOGIN CREATEROLE CREATEDB PASSWORD '{PASSWORD}';
GRANT rds_iam, pg_monitor, pg_read_all_data TO {MASTER} WITH ADMIN OPTION;
ALTER DATABASE postgres OWNER TO {MASTER};
REVOKE CONNECT ON DATABASE postgres FROM PUBLIC;
"""
UNDO = f"""
ALTER DATABASE postgres OWNER TO postgres;
DROP EXTENSION IF EXISTS pg_stat_statements;
DROP OWNED BY {MASTER} CASCADE;
DROP ROLE IF EXISTS {MONITOR_LOGIN};
DROP ROLE IF EXISTS {MASTER};
DROP ROLE IF EXISTS rds_iam;
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("pg")


@pytest.fixture(scope="module")
def server(folder):
    with postgres.server(folder / "data", settings={"unix_socket_directories": str(folder)}) as running:
        yield running


@pytest.fixture
def execute(server):
    """Runs statements as the superuser, at a server that looks like RDS until the test is over."""
    with closing(psycopg2.connect(server.url())) as session, session.cursor() as cursor:
        session.autocommit = True

        def run(statement, *arguments):
            cursor.execute(statement, arguments or None)
            return cursor.fetchall() if cursor.description else []

        for statement in filter(str.strip, LIKE_RDS.split(";")):
            run(statement)
        yield run
        if run("SELECT 1 FROM pg_roles WHERE rolname = %s", MONITOR_LOGIN):
            run(f"DROP OWNED BY {MONITOR_LOGIN} CASCADE")
        for statement in filter(str.strip, UNDO.split(";")):
            run(statement)


@pytest.fixture
def master(server):
    return Login(
        {"host": "127.0.0.1", "port": str(server.port), "dbname": "postgres", "user": MASTER, "sslmode": "disable"},
        PASSWORD,
    )


def roles_of_login(execute):
    rows = execute(
        "SELECT granted.rolname FROM pg_auth_members m JOIN pg_roles granted ON granted.oid = m.roleid"
        " WHERE m.member = %s::regrole",
        MONITOR_LOGIN,
    )
    return {role for (role,) in rows}


@pytest.mark.usefixtures("execute")
def test_login_has_roles_and_connects(execute, master):
    """The login is made with the three roles and may connect."""
    outcome = make_login(master)

    assert roles_of_login(execute) == set(ROLES)
    assert execute("SELECT rolcanlogin, rolsuper, rolcreaterole FROM pg_roles WHERE rolname = %s", MONITOR_LOGIN) == [
        (True, False, False)
    ]
    assert execute("SELECT has_database_privilege(%s, 'postgres', 'CONNECT')", MONITOR_LOGIN) == [(True,)]
    assert "role made" in outcome.changed


@pytest.mark.usefixtures("execute")
def test_a_second_run_changes_nothing(master):
    make_login(master)

    assert make_login(master).changed == []


def test_other_service_has_own_login(execute, master, monkeypatch):
    """Another services login is one of its own."""
    make_login(master)
    monkeypatch.setenv(SERVICE_TITLE, "Acme Shop")
    outcome = make_login(master)

    assert (outcome.login, outcome.changed[0]) == ("acme_shop_monitor", "role made")
    assert roles_of_login(execute) == set(ROLES)
    execute("DROP OWNED BY acme_shop_monitor CASCADE")
    execute("DROP ROLE acme_shop_monitor")


def test_incomplete_login_is_completed(execute, master):
    """A login that lacks something is completed and only that is done."""
    make_login(master)
    execute(f"REVOKE pg_monitor FROM {MONITOR_LOGIN} GRANTED BY {MASTER}")
    execute(f"ALTER ROLE {MONITOR_LOGIN} NOLOGIN")

    assert make_login(master).changed == ["role may log in", "pg_monitor granted"]


def test_two_runs_at_once_make_one_login(execute, master):
    with ThreadPoolExecutor(8) as runs:
        outcomes = list(runs.map(make_login, [master] * 8))

    assert sorted(len(outcome.changed) > 0 for outcome in outcomes) == [*[False] * 7, True]
    assert roles_of_login(execute) == set(ROLES)


def test_refused_statement_does_not_undo_others(execute, master):
    """What the server does not allow is sent and does not undo the rest."""
    outcome = make_login(master)

    refusals = " | ".join(outcome.refused)
    assert "row-level security bypassed: " in refusals
    assert "pg_stat_statements made: " in refusals
    assert roles_of_login(execute) == set(ROLES)


def test_login_may_bypass_row_security(execute, server):
    """A master who may lets the login see rows behind row level security."""
    superuser = psycopg2.extensions.parse_dsn(server.url())
    password = superuser.pop("password")
    make_login(Login({**superuser, "sslmode": "disable"}, password))

    assert execute("SELECT rolbypassrls FROM pg_roles WHERE rolname = %s", MONITOR_LOGIN) == [(True,)]


def test_missing_iam_role_shows_remedy(execute, master):
    """A server without iam logins is refused with the remedy."""
    execute(f"REVOKE rds_iam FROM {MASTER}")
    execute("DROP ROLE rds_iam")

    with pytest.raises(BootstrapError, match=r"no role rds_iam.*set database\.mode to external"):
        make_login(master)
    assert execute("SELECT 1 FROM pg_roles WHERE rolname = %s", MONITOR_LOGIN) == []


@pytest.mark.usefixtures("execute")
@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"dbname": "nowhere"}, 'database "nowhere" does not exist'),
        ({"port": "1"}, "Connection refused"),
        ({"host": "nowhere.invalid"}, "could not translate host name"),
    ],
)
def test_unusable_server_is_one_line(master, change, expected):
    """A server that cannot be used is named in one line."""
    with pytest.raises(BootstrapError, match=expected) as failure:
        make_login(master.to(**change))

    assert "\n" not in str(failure.value)
    assert failure.value.__cause__ is None


def test_a_secret_without_credentials_is_refused():
    settings = Settings(environment="test", database_host=HOST, database_port=5432, database_name="postgres")

    with pytest.raises(BootstrapError, match="no password"):
        master_login(settings, {"username": MASTER})


CALL = """
import json, sys
from types import SimpleNamespace
from lambdas.database_bootstrap.handler import handler
context = SimpleNamespace(function_name="bootstrap", memory_limit_in_mb=256, aws_request_id="1",
                          get_remaining_time_in_millis=lambda: 30000,
                          invoked_function_arn="arn:aws:lambda:eu-central-1:111122223333:function:bootstrap")
print(json.dumps(handler(json.load(sys.stdin), context)))
"""


@pytest.fixture
def authority(tmp_path):
    """Stands in for Amazon's, whose certificates the server here cannot have."""
    return Authority(tmp_path)


@pytest.fixture
def tls_port(server, folder, authority):
    with tls_in_front_of(folder / f".s.PGSQL.{server.port}", authority.server(HOST)) as port:
        yield port


@pytest.fixture
def call(tls_port, authority, tmp_path):
    """Calls the handler as Lambda would, in a process of its own, with all logging switched on."""

    def run(credentials, *, trusted=authority, host=HOST):
        package = tmp_path / "rds_certificates"
        package.mkdir(exist_ok=True)
        (package / "__init__.py").write_text(f"BUNDLE = {str(trusted.certificate)!r}\n")
        settings = Settings(environment="test", database_host=host, database_port=tls_port, database_name="postgres")
        return subprocess.run(
            [sys.executable, "-c", CALL],
            input=json.dumps(credentials),
            env={
                **settings.to_environment(),
                "PATH": os.defpath,
                "PYTHONPATH": f"{tmp_path}{os.pathsep}{Path.cwd()}",
                "POWERTOOLS_LOG_LEVEL": "DEBUG",
                "POWERTOOLS_LOGGER_LOG_EVENT": "true",
            },
            capture_output=True,
            text=True,
            check=False,
        )

    return run


CREDENTIALS = {"username": MASTER, "password": PASSWORD}
SECRETS = (PASSWORD, json.dumps(PASSWORD)[1:-1])


def assert_says_no_password(done):
    for secret in SECRETS:
        assert secret not in done.stdout + done.stderr


@pytest.mark.usefixtures("execute")
def test_login_uses_tls_without_logging_password(call):
    """The function makes the login over verified tls and logs no password."""
    done = call(CREDENTIALS)

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1])["login"] == MONITOR_LOGIN
    assert "login is there" in done.stdout
    assert_says_no_password(done)


@pytest.mark.usefixtures("execute")
def test_wrong_password_is_not_repeated(call):
    """A wrong password is said to be wrong and not repeated."""
    wrong = "wr0ng-but-secret"
    done = call({**CREDENTIALS, "password": wrong})

    assert f'password authentication failed for user "{MASTER}"' in done.stderr
    assert wrong not in done.stdout + done.stderr


@pytest.mark.usefixtures("execute")
def test_untrusted_server_gets_no_password(call, tmp_path):
    """A server that is not from the trusted authority never sees the password."""
    done = call(CREDENTIALS, trusted=Authority(tmp_path, "another authority"))

    assert "certificate verify failed" in done.stderr
    assert_says_no_password(done)


@pytest.mark.usefixtures("execute")
def test_wrong_host_name_gets_no_password(call):
    """A server by another name never sees the password."""
    done = call(CREDENTIALS, host="127.0.0.1")

    assert "does not match host name" in done.stderr
    assert_says_no_password(done)


def test_event_without_password_is_refused(call):
    """An event without a password is refused and not logged."""
    done = call({"username": "someone-secret"})

    assert "the master secret has no password" in done.stderr
    assert "someone-secret" not in done.stdout + done.stderr
