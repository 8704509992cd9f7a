"""A layer that brings the environment's own authorities verifies a server by them, and by none other."""

import subprocess
import sys

import pytest

from emulator import postgres, postgres_versions
from layers.build import build_postgres_client, import_path
from layers.target import this_machine
from tests.tls import Authority

CONNECT = """
import sys
sys.path += sys.argv[2:]
from lambdas.shared.database_settings import DatabaseSettings
from lambdas.shared.postgres import _login_of_url, connect
settings = DatabaseSettings(
    environment="test", database="orders", database_host=None, database_port=5432, database_name=None,
    database_login=None, database_url_secret="orders/url", database_minimum_tls="verify-full",
)
with connect(_login_of_url(sys.argv[1], settings), application_name="test") as session:
    print(session.info.ssl_attribute("protocol"))
"""


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def server(authority, tmp_path_factory):
    authority.server("localhost")
    file = authority.certificate.parent / "localhost.pem"
    file.chmod(0o600)
    certificate = postgres.Certificate(chain=file, key=file)
    folder = tmp_path_factory.mktemp("server") / "data"
    with postgres.server(folder, tls=certificate, programs=postgres_versions.programs(18)) as running:
        yield running


def connected(server, layer):
    url = server.url().replace("127.0.0.1", "localhost")
    command = [sys.executable, "-c", CONNECT, url, layer]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_environments_bundle_verifies_the_server(server, authority):
    """A server is verified by the bundle of the environment."""
    here = this_machine()
    layer = build_postgres_client(here.architecture, here.python_version, authority.certificate.read_text())
    done = connected(server, layer / "python")
    assert done.stdout.startswith("TLSv1."), done.stderr


def test_rds_bundle_does_not_verify(server):
    """The bundle of rds does not verify it."""
    done = connected(server, import_path("postgres_client"))
    assert done.returncode != 0
    assert "certificate verify failed" in done.stderr
