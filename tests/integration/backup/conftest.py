"""A real PostgreSQL with a login like the function's, and an object store."""

import uuid
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import botocore.session
import psycopg2
import pytest
from botocore.config import Config

from embedded import account, postgres
from lambdas.database_backup.back_up import back_up
from lambdas.database_backup.request import Request
from lambdas.database_backup.settings import Settings
from lambdas.shared.clock import Deadline
from lambdas.shared.postgres import Login

LOGIN, PASSWORD = "junkos_monitor", "s3cr:et\\pass"

# Rows that do not compress, so that a dump of them is many parts long and can be caught half-way.
SAMPLE = """
CREATE TABLE customers (id int PRIMARY KEY, name text, since timestamptz);
INSERT INTO customers SELECT i, 'customer ' || i, '2026-01-01'::timestamptz + i * interval '1 minute'
FROM generate_series(1, 500) i;
CREATE TABLE messages (id serial PRIMARY KEY, customer_id int REFERENCES customers, body text);
INSERT INTO messages (customer_id, body)
SELECT i % 500 + 1, (SELECT string_agg(md5(i::text || j), '') FROM generate_series(1, 100) j)
FROM generate_series(1, 6000) i;
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


@pytest.fixture
def source(server):
    yield from _database(server, "sample")


@pytest.fixture
def empty_source(server):
    yield from _database(server, "template0")


def _database(server, template):
    name = f"test_{uuid.uuid4().hex[:8]}"
    server.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
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
    session = botocore.session.get_session()
    session.set_credentials("test", "test")
    config = Config(retries={"mode": "standard", "total_max_attempts": 2}, connect_timeout=2, read_timeout=5)
    s3 = session.create_client("s3", endpoint_url=store_address, region_name="us-east-1", config=config)
    name = f"backups-{uuid.uuid4().hex[:8]}"
    s3.create_bucket(Bucket=name)
    return Bucket(s3, name)


@pytest.fixture
def run(source, bucket):
    """Runs a backup of `source` into `bucket`; arguments change what is not as usual."""
    return runner(source, bucket)


def runner(source, bucket):
    def run(*, event=None, seconds=120, login=None, clock=lambda: datetime.now(UTC), **changes):
        settings = Settings(
            **{
                "environment": "test",
                "database": "junkos",
                "database_host": None,
                "database_port": 5432,
                "database_name": None,
                "database_login": None,
                "database_url_secret": "secret",
                "database_minimum_tls": "prefer",
                "bucket": bucket.name,
                "critical_tables": ("public.customers",),
                "excluded_table_data": (),
                "compression_level": 3,
                **changes,
            }
        )
        request = Request.of(event or {}, uuid.uuid4().hex)
        log_in = lambda: login or source.login()  # noqa: E731
        return back_up(settings, request, s3=bucket.s3, log_in=log_in, deadline=Deadline.within(seconds), clock=clock)

    return run
