import psycopg2
import pytest

from emulator import postgres, postgres_versions
from emulator.errors import EmulatorError
from tests.tls import Authority


def one(url, query):
    connection = psycopg2.connect(url)
    with connection, connection.cursor() as cursor:
        cursor.execute(query)
        (value,) = cursor.fetchone()
    connection.close()
    return value


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return tmp_path_factory.mktemp("postgres") / "data"


def test_restart_keeps_data_and_password(data):
    """A server keeps its data and its password over a restart."""
    with postgres.server(data) as server:
        one(server.url(), "CREATE TABLE kept AS SELECT 7 AS number; SELECT 1")
    with postgres.server(data) as server:
        assert one(server.url(), "SELECT number FROM kept") == 7


def test_a_stopped_server_is_gone(data):
    with postgres.server(data) as server:
        assert server.accepts_connections()
    assert not server.accepts_connections()
    assert not (data / "postmaster.pid").exists()


def test_password_is_required_and_hidden(data):
    """A server wants the password and never shows it."""
    with postgres.server(data) as server:
        with pytest.raises(psycopg2.OperationalError, match="password authentication failed"):
            psycopg2.connect(server.url().replace(server.password, "guess"))
        assert server.password not in repr(server)
        assert server.password not in server.child.log.read_text()
        assert data.with_name("data.password").stat().st_mode & 0o077 == 0


def test_settings_of_the_caller_win(data):
    with postgres.server(data, settings={"work_mem": "7MB", "fsync": "on"}) as server:
        assert one(server.url(), "SHOW work_mem") == "7MB"
        assert one(server.url(), "SHOW fsync") == "on"


def test_a_server_that_cannot_start_says_why(data):
    with (
        pytest.raises(
            EmulatorError, match=r'data ended with status 1 .*unrecognized configuration parameter "no_such"'
        ),
        postgres.server(data, settings={"no_such": "1"}),
    ):
        pass


@pytest.fixture(scope="module", params=postgres_versions.MAJORS)
def release(request):
    try:
        return request.param, postgres_versions.programs(request.param)
    except EmulatorError as error:
        pytest.skip(str(error))


def test_servers_of_every_supported_version_run(release, tmp_path):
    major, programs = release
    with postgres.server(tmp_path / "data", programs=programs) as server:
        assert one(server.url(), "SHOW server_version").startswith(f"{major}.")


def test_a_server_with_tls_refuses_plain_connections(release, tmp_path):
    authority = Authority(tmp_path)
    authority.server("localhost")
    file = tmp_path / "localhost.pem"
    file.chmod(0o600)
    certificate = postgres.Certificate(chain=file, key=file)
    with postgres.server(tmp_path / "data", programs=release[1], tls=certificate) as server:
        secure = f"{server.url()}?sslmode=verify-full&sslrootcert={authority.certificate}".replace(
            "127.0.0.1", "localhost"
        )
        assert one(secure, "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()")
        with pytest.raises(psycopg2.OperationalError, match="no encryption"):
            psycopg2.connect(f"{server.url()}?sslmode=disable")
