from contextlib import ExitStack, closing
from pathlib import Path

import boto3
import psycopg2
import pytest
from psycopg2.sql import SQL, Identifier

from emulator import account, postgres
from lambdas.shared.table_contents import apply_session_settings
from tests.integration.restore.backups import back_up
from tests.integration.restore.function import function

BUCKET = "junkos-test-backups"


@pytest.fixture(scope="session")
def object_store(tmp_path_factory):
    with account.running(tmp_path_factory.mktemp("account")) as running:
        yield running.endpoint_url


@pytest.fixture(scope="session")
def s3(object_store):
    client = boto3.client(
        "s3", endpoint_url=object_store, region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b"
    )
    client.create_bucket(Bucket=BUCKET)
    return client


@pytest.fixture(scope="session")
def source(tmp_path_factory):
    """A server that has an extension which the restore server lacks: `spots`."""
    extensions = {"extension_control_path": f"$system:{Path(__file__).with_name('share')}"}
    with postgres.server(tmp_path_factory.mktemp("source") / "data", settings=extensions) as server:
        yield server


@pytest.fixture(scope="session")
def verification(tmp_path_factory, object_store, s3):
    """The function, warm for all tests."""
    with function(tmp_path_factory.mktemp("function"), object_store, BUCKET) as running:
        yield running


def create_database(source, name, sql, encoding="UTF8"):
    """Make a database on the source and return its URL."""
    with closing(psycopg2.connect(source.url())) as session:
        session.autocommit = True
        create = SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING {}")
        session.cursor().execute(create.format(Identifier(name), Identifier(encoding)))
    if sql:
        with closing(psycopg2.connect(source.url(name))) as session, session, session.cursor() as cursor:
            cursor.execute(sql)
    return source.url(name)


@pytest.fixture
def database(source, request):
    """Makes a database of the test's own from SQL and returns its URL."""

    def make(sql, encoding="UTF8", name=""):
        return create_database(source, request.node.name[:40] + name, sql, encoding)

    return make


@pytest.fixture
def backup(s3, request):
    """Makes a backup of the database at a URL and returns its prefix."""

    def make(url, **options):
        return back_up(s3, BUCKET, url, **{"key": request.node.nodeid, **options})

    return make


@pytest.fixture
def connect():
    """Opens sessions that end with the test."""
    with ExitStack() as sessions:

        def open_session(url):
            session = sessions.enter_context(closing(psycopg2.connect(url)))
            apply_session_settings(session)
            return session

        yield open_session
