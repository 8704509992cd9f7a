"""What is said of a family's parameters is what a PostgreSQL of that version says of them itself."""

from contextlib import closing

import psycopg2
import pytest

from emulator import postgres
from emulator.errors import EmulatorError
from emulator.postgres_versions import MAJORS, programs
from stacks.settings.parameter_families import ALLOWED, BOOLEAN, Numbers, every_connection

OF_RDS = {"rds.force_ssl"}
LEAST_CONNECTIONS = {"max_connections"}  # RDS asks for six, PostgreSQL for one


@pytest.fixture(scope="module", params=MAJORS)
def server(request, tmp_path_factory):
    """Started as the created instance of that version is."""
    try:
        folder = programs(request.param)
    except EmulatorError as error:
        pytest.skip(str(error))
    family = f"postgres{request.param}"
    settings = {
        "shared_preload_libraries": "pg_stat_statements",
        "log_connections": every_connection(family),
        "log_disconnections": "1",
        "log_parameter_max_length": "0",
    }
    with postgres.server(tmp_path_factory.mktemp(family) / "data", settings=settings, programs=folder) as running:
        yield family, running


def described(server):
    with closing(psycopg2.connect(server.url())) as session, session.cursor() as cursor:
        cursor.execute("SELECT name, vartype, min_val, max_val, setting FROM pg_settings")
        return {name: of for name, *of in cursor.fetchall()}


def test_types_and_ranges_are_the_servers_own(server):
    family, running = server
    found = described(running)
    for name, allowed in ALLOWED[family].items():
        if name in OF_RDS:
            continue
        kind, least, most, _ = found[name]
        assert (kind == "bool") is (allowed is BOOLEAN), name
        if isinstance(allowed, Numbers):
            assert kind == "integer", name
            assert name in LEAST_CONNECTIONS or allowed.least == int(least), name
            assert allowed.most == int(most), name


def test_every_word_of_a_list_is_taken(server):
    family, running = server
    allowed = ALLOWED[family]["log_connections"]
    words = ("on", "off") if allowed is BOOLEAN else allowed.words
    with closing(psycopg2.connect(running.url())) as session:
        session.autocommit = True  # ALTER SYSTEM wants it
        with session.cursor() as cursor:
            for word in words:
                cursor.execute(f"ALTER SYSTEM SET log_connections = '{word}'")


def test_log_connections_value_per_family(server):
    """Connections are logged by the value that is chosen."""
    family, running = server
    described(running)
    log = running.child.log.read_text()
    assert "connection authorized" in log
    assert ("connection ready" in log) is (family == "postgres18")
