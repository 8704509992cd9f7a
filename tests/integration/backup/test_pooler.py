"""What a pooler serves next must find nothing of ours; a session that it keeps for one client serves as any other."""

import threading
from contextlib import ExitStack, closing
from dataclasses import dataclass

import psycopg2
import pytest

from lambdas.database_backup.errors import BackupInterruptedError, SourceNotReadyError
from lambdas.shared.pooler import PoolerError
from lambdas.shared.postgres import Login, connect
from tests.integration.backup.conftest import LOGIN, PASSWORD, Source
from tests.pgbouncer import INSTALLED, pgbouncer

pytestmark = INSTALLED

SESSION = {"pool_mode": "session"}
SHARED = {
    "transaction": {"pool_mode": "transaction"},
    "statement": {"pool_mode": "statement"},
    "the longest idle first": {"pool_mode": "transaction", "server_round_robin": 1},
    "always reset": {"pool_mode": "transaction", "server_reset_query_always": 1, "server_round_robin": 1},
}
NOT_KNOWN_TO_KEEP = {**SESSION, "server_reset_query": ""}


@dataclass(frozen=True)
class Pool:
    """A PgBouncer before the source; application and backup have the same login there."""

    source: Source
    port: int

    def login(self, **parameters) -> Login:
        return self.source.login(port=str(self.port), **parameters)

    def client(self):
        session = psycopg2.connect(**self.login().parameters, password=PASSWORD)
        session.autocommit = True
        return closing(session)

    def open_sessions(self, count):
        """Have so many sessions of the server, all of them idle in the end."""
        with ExitStack() as stack:
            for _ in range(count):
                ask(stack.enter_context(self.client()), "SELECT pg_sleep(0.01)")


def ask(session, question):
    with session.cursor() as cursor:
        cursor.execute(question)
        return cursor.fetchall()


@pytest.fixture
def pool(source, tmp_path):
    """Makes a pool by PgBouncer's own settings."""
    with ExitStack() as stack:

        def make(**settings):
            url = source.server.running.url(source.name)
            return Pool(source, stack.enter_context(pgbouncer(tmp_path / "pool", url, {LOGIN: PASSWORD}, **settings)))

        yield make


@pytest.mark.parametrize("settings", [*SHARED.values(), NOT_KNOWN_TO_KEEP], ids=[*SHARED, "a mode not known"])
def test_transaction_pooler_is_refused_by_name(failure, pool, settings):
    """A pooler that may give our session to others is refused by name."""
    line = failure(SourceNotReadyError, login=pool(**settings).login(), server_knows=False)
    assert "is a connection pooler" in line
    assert "use the database's direct address" in line


@pytest.mark.parametrize("settings", SHARED.values(), ids=SHARED)
def test_refused_pooler_still_serves_application(run, pool, source, settings):
    """A refused pooler serves the application as before."""
    shared = pool(**settings)
    shared.open_sessions(3)
    with pytest.raises(SourceNotReadyError):
        run(login=shared.login())
    assert source.execute("SELECT 1 FROM pg_locks WHERE locktype = 'advisory'") == []
    with ExitStack() as stack:
        for client in [stack.enter_context(shared.client()) for _ in range(6)]:
            assert ask(client, "SELECT count(*) FROM customers") == [(500,)]
            changed = "SELECT name FROM pg_settings WHERE source = 'session' AND name <> 'application_name'"
            assert ask(client, changed) == []


def test_pooler_under_load_is_refused(pool):
    """A pooler under load is refused each time."""
    shared = pool(pool_mode="transaction", default_pool_size=4)
    over = threading.Event()

    def work():
        with shared.client() as client:
            while not over.is_set():
                ask(client, "SELECT count(*) FROM customers")

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    try:
        for _ in range(10):
            with pytest.raises(PoolerError), connect(shared.login(), application_name="ours"):
                pass
    finally:
        over.set()
        for thread in threads:
            thread.join()


def test_session_pooler_serves_a_backup(run, pool, source):
    """A pooler in session mode serves a backup."""
    direct = run()
    pooled = run(login=pool(**SESSION).login())
    assert pooled.tables == direct.tables
    assert source.execute("SELECT 1 FROM pg_locks WHERE locktype = 'advisory'") == []


@pytest.mark.parametrize("settings", [SESSION, {**SESSION, "ignore_startup_parameters": "options"}])
def test_settings_hold_behind_any_pooler(pool, settings):
    """Settings hold behind a pooler whether it refuses options or drops them."""
    login = pool(**settings).login()
    with connect(login, application_name="ours", default_transaction_read_only="on", search_path="") as session:
        assert ask(
            session, "SELECT current_setting('default_transaction_read_only'), current_setting('search_path')"
        ) == [("on", '""')]


def test_a_pool_of_one_session_is_named(run, pool):
    narrow = pool(**SESSION, default_pool_size=1)
    with pytest.raises(BackupInterruptedError, match="gave no second session in time"):
        run(login=narrow.login(connect_timeout="2"))
