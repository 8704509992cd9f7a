"""A real PostgreSQL with a login like the function's, and an object store."""

import os
import time
import uuid
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import botocore.session
import psycopg2
import pytest
from botocore.config import Config

from emulator import account, postgres, postgres_versions
from lambdas.database_backup import dump_and_count, snapshot, upload
from lambdas.database_backup.back_up import back_up
from lambdas.database_backup.request import Request
from lambdas.database_backup.settings import Settings
from lambdas.shared.clock import Deadline, now
from lambdas.shared.postgres import Login
from lambdas.vocabulary.backups import MANIFEST
from tests.secret import URL_IN_SECRET
from tests.tls import Authority

MEBIBYTE = 2**20
LOGIN, PASSWORD = "junkos_monitor", "s3cr:et\\pass"

SETTINGS = {
    **URL_IN_SECRET,
    "critical_tables": ("public.customers",),
    "excluded_table_data": (),
    "excluded_schemas": (),
    "provable_bytes": 8 * 10**9,
    "compression_level": 3,
}

# Rows that hardly compress, so that a dump is several parts long and can be caught half-way: what sockets and pipes
# hold back of it is megabytes, too.
SAMPLE = """
CREATE TABLE customers (id int PRIMARY KEY, name text, since timestamptz);
INSERT INTO customers SELECT i, 'customer ' || i, '2026-01-01'::timestamptz + i * interval '1 minute'
FROM generate_series(1, 500) i;
CREATE TABLE messages (id serial PRIMARY KEY, customer_id int REFERENCES customers, body text);
INSERT INTO messages (customer_id, body)
SELECT i % 500 + 1, (SELECT string_agg(md5(i::text || j), '') FROM generate_series(1, 100) j)
FROM generate_series(1, 15000) i;
ALTER TABLE messages ALTER body SET STORAGE EXTERNAL;
"""


@dataclass(frozen=True)
class Server:
    """The server, spoken to as its superuser."""

    running: postgres.Server

    @property
    def port(self) -> int:
        return self.running.port

    def execute(self, statement: str, *, database: str = "postgres") -> list[tuple[Any, ...]]:
        with closing(self.session(database)) as session, session.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []

    def session(self, database: str):
        session = psycopg2.connect(self.running.url(database))
        session.autocommit = True
        return session


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    with postgres.server(tmp_path_factory.mktemp("postgres") / "data") as running:
        server = Server(running)
        server.execute(f"CREATE ROLE {LOGIN} LOGIN PASSWORD '{PASSWORD}'")
        server.execute(f"GRANT pg_monitor, pg_read_all_data TO {LOGIN}")
        server.execute("CREATE DATABASE sample")
        server.execute(SAMPLE, database="sample")
        yield server


@dataclass(frozen=True)
class Source:
    """A database of the server, for one test."""

    server: Server
    name: str

    def execute(self, statement: str) -> list[tuple[Any, ...]]:
        return self.server.execute(statement, database=self.name)

    def login(self, **parameters):
        address = {"host": "127.0.0.1", "port": str(self.server.port), "dbname": self.name, "user": LOGIN}
        return Login({**address, "sslmode": "prefer", **parameters}, PASSWORD)

    def sessions(self) -> list[tuple[Any, ...]]:
        return self.server.execute(
            "SELECT pid, application_name, state, query FROM pg_stat_activity"
            f" WHERE datname = '{self.name}' AND usename = '{LOGIN}'"
        )


@pytest.fixture(scope="session")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="session")
def tls_server(tmp_path_factory, authority):
    """A server that takes nothing but TLS, and whose certificate says localhost."""
    authority.server("localhost")
    file = authority.certificate.parent / "localhost.pem"
    file.chmod(0o600)
    with postgres.server(
        tmp_path_factory.mktemp("tls") / "data",
        tls=postgres.Certificate(chain=file, key=file),
        programs=postgres_versions.programs(18),
    ) as running:
        server = Server(running)
        server.execute(f"CREATE ROLE {LOGIN} LOGIN PASSWORD '{PASSWORD}'")
        yield server


@pytest.fixture
def tls_login(tls_server, source, authority):
    """The login as it should be; a test changes one thing."""
    address = {"host": "localhost", "port": str(tls_server.port), "dbname": "postgres"}
    return source.login(**address, sslmode="verify-full", sslrootcert=str(authority.certificate))


@pytest.fixture
def source(server):
    yield from _database(server, "sample")


@pytest.fixture
def empty_source(server):
    yield from _database(server, "template0")


def _database(server, template):
    name = f"test_{uuid.uuid4().hex[:8]}"
    server.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
    yield Source(server, name)
    server.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def store_address(tmp_path_factory):
    with account.running(tmp_path_factory.mktemp("account")) as running:
        yield running.endpoint_url


@dataclass(frozen=True)
class Bucket:
    """A bucket, for one test, and the client that the function gets."""

    s3: Any
    name: str

    def contents(self) -> dict[str, tuple[str, str]]:
        """Each key with its ETag and its retention class."""
        listed = self.s3.list_objects_v2(Bucket=self.name).get("Contents", ())
        return {entry["Key"]: (entry["ETag"], self.retention(entry["Key"])) for entry in listed}

    def retention(self, key: str) -> str:
        [tag] = self.s3.get_object_tagging(Bucket=self.name, Key=key)["TagSet"]
        assert tag["Key"] == "retention"
        return tag["Value"]

    def manifests(self) -> list[str]:
        return [key for key in self.contents() if key.endswith("manifest.json")]

    def uploads(self) -> list[str]:
        return [each["Key"] for each in self.s3.list_multipart_uploads(Bucket=self.name).get("Uploads", ())]


@pytest.fixture
def bucket(store_address):
    s3 = client(store_address)
    name = f"backups-{uuid.uuid4().hex[:8]}"
    s3.create_bucket(Bucket=name)
    return Bucket(s3, name)


def client(store_address):
    """A client that gives up sooner than the function's own."""
    session = botocore.session.get_session()
    session.set_credentials("test", "test")
    config = Config(retries={"mode": "standard", "total_max_attempts": 2}, connect_timeout=10, read_timeout=30)
    return session.create_client("s3", endpoint_url=store_address, region_name="us-east-1", config=config)


@pytest.fixture
def run(source, bucket):
    """Runs a backup of `source` into `bucket`; arguments change what is not as usual."""
    return Runner(source, bucket)


@dataclass(frozen=True)
class Runner:
    source: Source
    bucket: Bucket

    def __call__(self, *, event=None, seconds=120, login=None, clock=now, **changes):
        request = Request.of(event or {}, uuid.uuid4().hex)
        return back_up(
            Settings(**{**SETTINGS, "bucket": self.bucket.name, **changes}),
            request,
            s3=self.bucket.s3,
            log_in=lambda: login or self.source.login(),
            deadline=Deadline.within(seconds),
            clock=clock,
        )


@pytest.fixture
def failure(run, source, bucket, monkeypatch, caplog):
    """Runs a backup that must fail, beside an older backup, and returns its error once it left no trace."""
    older = run(clock=lambda: now() - timedelta(days=1), excluded_table_data=("messages",))
    monkeypatch.setattr(dump_and_count, "PIECE_SIZE", 5 * MEBIBYTE)

    def fail(expected, *, seconds=120, server_knows=True, **arguments) -> str:
        before, started = bucket.contents(), time.monotonic()
        with pytest.raises(expected) as caught:
            run(seconds=seconds, **arguments)
        assert time.monotonic() - started < seconds
        assert_no_trace(bucket, before)
        assert children("pg_dump") + children("pg_dumpall") == []
        if server_knows:
            assert_no_sessions(source)
        assert_clear(str(caught.value), caplog)
        assert bucket.manifests() == [older.backup + MANIFEST]
        return str(caught.value)

    return fail


def assert_no_trace(bucket, before):
    assert bucket.uploads() == []
    after = bucket.contents()
    assert {key: after[key] for key in before} == before
    assert {retention for key, (_, retention) in after.items() if key not in before} <= {"uncommitted"}


def assert_no_sessions(source):
    deadline = time.monotonic() + 60
    while source.sessions():  # the server takes a moment to notice that a client is gone
        assert time.monotonic() < deadline, source.sessions()
        time.sleep(0.05)


def assert_clear(line, log):
    assert line.startswith("backup of 'junkos' stopped: ")
    assert len(line.splitlines()) == 1
    assert [record.getMessage() for record in log.records if record.levelname == "ERROR"] == [line]
    assert PASSWORD not in log.text + line


def children(name: str) -> list[int]:
    """This process's children of that name; one that has ended and was not reaped counts too."""
    threads = Path(f"/proc/{os.getpid()}/task").iterdir()
    found = [int(pid) for thread in threads for pid in (thread / "children").read_text().split()]
    return [pid for pid in found if Path(f"/proc/{pid}/comm").read_text().strip() == name]


@pytest.fixture
def half_way(bucket, monkeypatch):
    """Calls an action when the first of several parts is sent; the dump is held up until it returns."""
    monkeypatch.setattr(dump_and_count, "PIECE_SIZE", 5 * MEBIBYTE)
    monkeypatch.setattr(upload, "_PENDING", 1)

    def register(action):
        pending = [action]

        def hook(**_):
            if pending:
                pending.pop()()

        bucket.s3.meta.events.register("before-send.s3.UploadPart", hook)

    return register


@pytest.fixture
def after_each_snapshot(monkeypatch):
    """Calls an action between a snapshot and the dump."""
    real = snapshot._take

    def register(action):
        def take(*arguments):
            taken = real(*arguments)
            action()
            return taken

        monkeypatch.setattr(snapshot, "_take", take)

    return register
