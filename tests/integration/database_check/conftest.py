"""Real servers of every major version, a database of its own for each test, and a login like the function's."""

import json
import threading
import time
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta

import psycopg2
import pytest
from psycopg2.extensions import make_dsn

from emulator import postgres, postgres_versions
from lambdas.database_check.check_database import check_database
from lambdas.database_check.settings import Settings
from lambdas.database_check.states import InMemory
from lambdas.shared.clock import Deadline, now
from lambdas.shared.postgres import Login

LOGIN, STRANGER, PASSWORD = "junkos_monitor", "stranger", "s3cret"
PATIENCE = 60.0
EVERY_VERSION = range(14, 19)
ONLY_18 = pytest.mark.parametrize("server", EVERY_VERSION[-1:], indirect=True)
SETTINGS = Settings(
    environment="test",
    database="junkos",
    database_host=None,
    database_port=5432,
    database_name=None,
    database_login=None,
    database_url_secret="secret",
    database_minimum_tls="prefer",
)
NO_PATIENCE = replace(
    SETTINGS,
    idle_in_transaction=timedelta(0),
    prepared_transaction=timedelta(0),
    longest_query=timedelta(0),
    lock_wait=timedelta(0),
    slow_statement=timedelta(0),
)


@dataclass(frozen=True)
class Server:
    """A running server of a major version."""

    major: int
    running: postgres.Server

    def login(self, user=LOGIN, database="postgres", **parameters):
        address = {"host": "127.0.0.1", "port": str(self.running.port), "dbname": database, "user": user}
        return Login({**address, "sslmode": "prefer", **parameters}, PASSWORD)

    @contextmanager
    def session(self, database="postgres", user=None, **parameters):
        """One in autocommit, as the superuser unless another is named."""
        url = self.running.url(database)
        if user:
            url = make_dsn(url, user=user, password=PASSWORD)
        with closing(psycopg2.connect(url, **parameters)) as session:
            session.autocommit = True
            yield session

    def query(self, statement, database="postgres"):
        with self.session(database) as session, session.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []


@dataclass(frozen=True)
class Database:
    """The database of one test; `states` is what the checks of it remember."""

    server: Server
    name: str
    states: InMemory
    capsys: pytest.CaptureFixture

    def execute(self, *statements):
        with self.session() as session, session.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)

    def query(self, statement):
        return self.server.query(statement, self.name)

    def session(self, **parameters):
        return self.server.session(self.name, **parameters)

    def check(self, settings=SETTINGS, user=LOGIN, **parameters):
        return check(settings, lambda: self.server.login(user, self.name), self.states, **parameters)

    def published(self):
        """The metrics since the last call, by name."""
        lines = [json.loads(line) for line in self.capsys.readouterr().out.splitlines() if '"_aws"' in line]
        names = [metric["Name"] for line in lines for metric in line["_aws"]["CloudWatchMetrics"][0]["Metrics"]]
        return {name: line[name][0] for line in lines for name in names if name in line}


@contextmanager
def configured(server, **settings):
    """Settings of the whole server for the time of a block; such as need no restart."""
    _configure(server, *(f"ALTER SYSTEM SET {name} = '{value}'" for name, value in settings.items()))
    try:
        yield
    finally:
        _configure(server, *(f"ALTER SYSTEM RESET {name}" for name in settings))


def _configure(server, *statements):
    """A session that starts later has what was set, and the server's own processes have it soon."""
    for statement in (*statements, "SELECT pg_reload_conf()"):
        server.query(statement)


def check(settings, log_in, states, seconds=30):
    """What the function does, as plain data: it must survive JSON."""
    summary = check_database(settings, log_in, states, slot=now(), deadline=Deadline.within(seconds))
    return json.loads(json.dumps(summary))


def judgements(summary, name):
    return [judgement for judgement in summary["judgements"] if judgement["name"] == name]


def until(condition):
    """Wait for something that a server tells only when asked."""
    deadline = time.monotonic() + PATIENCE
    while not (found := condition()):
        assert time.monotonic() < deadline, "it did not come to that"
        time.sleep(0.01)
    return found


@contextmanager
def in_background(*statements, database, **parameters):
    """Run the statements in a session of their own, which is ended with the block; yields the session."""
    with database.session(**parameters) as session:
        thread = threading.Thread(target=_run, args=(session, statements))
        thread.start()
        try:
            yield session
        finally:
            database.server.query(f"SELECT pg_terminate_backend({session.info.backend_pid})")
            thread.join(PATIENCE)


def _run(session, statements):
    try:
        with session.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
    except psycopg2.Error:
        assert session.closed or session.autocommit  # ended by the test, or refused as the test wants


@contextmanager
def serving(major, directory, programs, **further):
    """A server with the logins that the tests use; `further` are settings of PostgreSQL."""
    settings = {
        "shared_preload_libraries": "pg_stat_statements",
        "deadlock_timeout": "50ms",
        "max_prepared_transactions": "5",
        "max_wal_size": "32MB",
        **further,
    }
    with postgres.server(directory / "data", settings=settings, programs=programs) as running:
        server = Server(major, running)
        server.query(f"CREATE ROLE {LOGIN} LOGIN PASSWORD '{PASSWORD}'")
        server.query(f"CREATE ROLE {STRANGER} LOGIN PASSWORD '{PASSWORD}'")
        server.query(f"GRANT pg_monitor, pg_read_all_data TO {LOGIN}")
        yield server


@pytest.fixture(scope="session", params=EVERY_VERSION)
def server(request, tmp_path_factory):
    directory = tmp_path_factory.mktemp(f"postgresql-{request.param}")
    with serving(request.param, directory, postgres_versions.programs(request.param)) as server:
        yield server


@pytest.fixture
def database(server, request, capsys):
    name = f"test_{abs(hash(request.node.nodeid))}"
    server.query(f"CREATE DATABASE {name}")
    with ExitStack() as stack:
        stack.callback(server.query, f"DROP DATABASE {name} WITH (FORCE)")
        yield Database(server, name, InMemory(), capsys)
