"""PostgreSQL of the layers at work: the tools over TLS, the servers in a sandbox such as a function has."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import uuid
from pathlib import Path

import postgresql_servers
import postgresql_tools
import psycopg2
import pytest

from layers.build import NAMES, import_path
from layers.postgresql_tools import TOOLS
from tests.tls import NO_ENCRYPTION, Authority, tls_in_front_of

HOST = "database.test"
UNSHARE = shutil.which("unshare")
# A root file system that cannot be written, one folder that can, no network, no shared memory device, another uid.
SANDBOX = """
mount -o remount,bind,ro / && mount -t tmpfs tmpfs "$1" && mount -t tmpfs -o ro tmpfs /dev/shm || exit 77
shift
exec unshare --user --map-user=993 --map-group=990 "$@"
"""


each_major = pytest.mark.parametrize("major", postgresql_tools.MAJORS)


@each_major
@pytest.mark.parametrize("tool", TOOLS)
def test_tools_find_their_functions(tool, major):
    """What `ldd -r` does: the loader binds everything, and reports what it does not find."""
    environment = {"LD_TRACE_LOADED_OBJECTS": "1", "LD_WARN": "yes", "LD_BIND_NOW": "1"}
    program = postgresql_tools.program(tool, major)
    done = subprocess.run([program], env=environment, capture_output=True, text=True, check=True)
    missing = re.findall(r"undefined symbol: (\w+)", done.stdout + done.stderr)
    assert [name for name in missing if not name.startswith(("LZ4", "ZSTD"))] == []
    assert "not found" not in done.stdout


@each_major
@pytest.mark.parametrize("tool", TOOLS)
def test_every_tool_is_of_its_major_version(tool, major):
    assert postgresql_tools.version(tool, major).startswith(f"{major}.")


@each_major
def test_foreign_library_is_not_used(tmp_path, major):
    """A foreign library of the same name is not taken."""
    for name in ("libpq.so.5", "libcrypto.so.3", "libssl.so.3"):
        (tmp_path / name).write_bytes(bytes(1000))
    done = subprocess.run(
        [postgresql_tools.program("pg_dump", major), "--version"],
        env={"LD_LIBRARY_PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """The folder with the socket of a running server that has one table."""
    folder = tmp_path_factory.mktemp("server")
    postgresql_servers.make_data_directory(18, folder / "data")
    another_user = ["unshare", "--user", "--map-user=1000", "--map-group=1000"] if os.geteuid() == 0 else []
    command = [*another_user, postgresql_servers.postgres(18), "-D", folder / "data", "-k", folder,
               "-c", "listen_addresses=", "-c", "fsync=off"]  # fmt: skip
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert any("ready to accept connections" in line for line in process.stderr)
            with psycopg2.connect(host=str(folder), user="postgres", dbname="postgres") as connection:
                connection.cursor().execute("CREATE TABLE pickup AS SELECT 'seen over TLS' AS note")
            connection.close()
            yield folder
        finally:
            process.send_signal(signal.SIGINT)  # a fast shutdown: it ends open connections


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def port(server, authority):
    with tls_in_front_of(server / ".s.PGSQL.5432", authority.server(HOST)) as port:
        yield port


def dump(port, *, host=HOST, sslmode="verify-full", authority):
    conninfo = (
        f"host={host} hostaddr=127.0.0.1 port={port} user=postgres dbname=postgres "
        f"sslmode={sslmode} sslrootcert={authority.certificate}"
    )
    return subprocess.run(
        [postgresql_tools.program("pg_dump", 18), "--dbname", conninfo],
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )


def test_dump_works_over_verified_tls(port, authority):
    """A dump over verified tls brings the rows."""
    done = dump(port, authority=authority)
    assert done.returncode == 0, done.stderr
    assert "seen over TLS" in done.stdout


def test_other_authority_is_refused(port, tmp_path):
    """A server that another authority vouches for is refused."""
    done = dump(port, authority=Authority(tmp_path, "someone else"))
    assert done.returncode == 1
    assert "certificate verify failed" in done.stderr


def test_a_server_of_another_name_is_refused(port, authority):
    done = dump(port, host="elsewhere.test", authority=authority)
    assert done.returncode == 1
    assert f'certificate for "{HOST}" does not match host name "elsewhere.test"' in done.stderr


def test_plain_text_is_refused(port, authority):
    """Plain text to a server that wants tls is refused."""
    done = dump(port, sslmode="disable", authority=authority)
    assert done.returncode == 1
    assert NO_ENCRYPTION in done.stderr


@pytest.fixture(scope="module", params=postgresql_servers.MAJORS)
def sandboxed(request, tmp_path_factory):
    """What a server answers that runs where only one folder can be written."""
    if UNSHARE is None:
        pytest.skip("no `unshare` (util-linux) to make a sandbox with")
    scratch = tmp_path_factory.mktemp("scratch")
    script = Path(__file__).with_name("in_sandbox.py")
    layers = [import_path(name) for name in ("postgres_client", "postgresql_tools", "postgresql_servers")]
    inside = [sys.executable, script, str(request.param), scratch, *layers]
    done = subprocess.run(
        [
            UNSHARE,
            "--user",
            "--map-root-user",
            "--mount",
            "--net",
            "--ipc",
            "sh",
            "-c",
            SANDBOX,
            "sh",
            scratch,
            *inside,
        ],
        env={"PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    if done.returncode == 77 or "unshare failed" in done.stderr:
        pytest.skip(f"this machine makes no sandbox: {done.stderr.strip()}")
    assert done.returncode == 0, done.stderr
    assert not any(scratch.iterdir()), "the sandbox wrote outside of itself"
    return json.loads(done.stdout)


def test_every_offered_extension_is_created(sandboxed):
    """Every extension that a server offers can be created."""
    wanted = {"pgcrypto", "uuid-ossp", "citext", "hstore", "pg_trgm", "unaccent", "ltree", "btree_gist", "xml2"}
    by_major = {14: {"adminpack", "old_snapshot"}, 16: {"adminpack", "old_snapshot"}, 18: {"vector"}}
    assert wanted | by_major.get(sandboxed["version"], set()) <= set(sandboxed["extensions"])
    assert set(sandboxed["extensions"]) == postgresql_servers.extensions(sandboxed["version"])


@pytest.mark.parametrize(
    ("what", "answer"),
    [
        ("pgcrypto", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        ("citext", True),
        ("unaccent", "Hotel"),
        ("xml", "<a>b</a>"),
        ("ICU", "Arm ärmel Zug"),
        ("vector", 5.0),
        ("time zone", True),
        ("collation", "C"),
        ("rows after dump and restore", 1000),
        ("uuid v3", str(uuid.uuid3(uuid.NAMESPACE_URL, "ä"))),
        ("uuid v5", str(uuid.uuid5(uuid.NAMESPACE_URL, "ä"))),
        ("uuid v4", "4"),
        ("uuid v1", "1"),
    ],
)
def test_sandbox_server_computes(sandboxed, what, answer):
    """The server in the sandbox computes as it should."""
    if what not in sandboxed:
        assert (what, sandboxed["version"] < 18) == ("vector", True)
    else:
        assert sandboxed[what] == answer


def test_imports_come_from_layers_alone():
    """All that functions import comes from the layers alone."""
    imports = (
        "import psycopg2, rds_certificates, postgresql_servers, postgresql_tools, zstandard.backend_c\n"
        "from aws_lambda_powertools import Logger, Metrics\n"
        "from aws_lambda_powertools.utilities.typing import LambdaContext\n"
        "from aws_lambda_powertools.utilities.data_classes import EventBridgeEvent, S3Event, SQSEvent"
    )
    script = f"import sys; sys.path += {[str(import_path(name)) for name in NAMES]}\n{imports}"
    # -I and -S: none of the packages that are installed here.
    done = subprocess.run([sys.executable, "-I", "-S", "-B", "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
