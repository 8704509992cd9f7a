"""Run inside a sandbox: starts a server from the layer alone and prints what it can do, as JSON.

in_sandbox.py <the layer's python folder> <the only folder that can be written>
"""

import json
import signal
import subprocess
import sys
import tarfile
import uuid
from contextlib import closing
from pathlib import Path

LAYER, SCRATCH = sys.argv[1], Path(sys.argv[2])
sys.path.append(LAYER)

import postgresql_tools  # noqa: E402
import psycopg2  # noqa: E402
import zstandard  # noqa: E402

OPTIONS = {
    "listen_addresses": "",
    "unix_socket_directories": str(SCRATCH),
    "dynamic_shared_memory_type": "mmap",
    "shared_memory_type": "mmap",
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum": "off",
    "io_method": "sync",
    "jit": "off",
}
QUERIES = {
    "version": "SELECT current_setting('server_version')",
    "pgcrypto": "SELECT encode(digest('abc', 'sha256'), 'hex')",
    "citext": "SELECT 'Case'::citext = 'cASE'",
    "unaccent": "SELECT unaccent('Hôtel')",
    "vector": "SELECT ('[3,4]'::vector <-> '[0,0]')::float",
    "upper": "SELECT upper('äö')",
    "time zone": "SELECT '2024-07-01 12:00 Europe/Berlin'::timestamptz = '2024-07-01 10:00 UTC'",
    "uuid v3": f"SELECT uuid_generate_v3('{uuid.NAMESPACE_URL}', 'ä')::text",
    "uuid v5": f"SELECT uuid_generate_v5('{uuid.NAMESPACE_URL}', 'ä')::text",
    "uuid v4 version": "SELECT uuid_extract_version(uuid_generate_v4())",
    "uuid v1 version": "SELECT uuid_extract_version(uuid_generate_v1())",
    "uuid v1 is now": "SELECT abs(extract(epoch FROM uuid_extract_timestamp(uuid_generate_v1()) - now())) < 60",
    "uuid v1 is new": "SELECT uuid_generate_v1mc() <> uuid_generate_v1mc()",
    "collation": "SELECT datcollate || ' ' || datlocale FROM pg_database WHERE datname = 'template0'",
}


def main() -> None:
    data = SCRATCH / "data"
    data.mkdir(mode=0o700)
    with (
        postgresql_tools.TEMPLATE_DATA_DIRECTORY_ARCHIVE.open("rb") as file,
        zstandard.ZstdDecompressor().stream_reader(file) as stream,
        tarfile.open(fileobj=stream, mode="r|") as archive,
    ):
        archive.extractall(data, filter="data")
    options = [f"-c{name}={value}" for name, value in OPTIONS.items()]
    command = [postgresql_tools.BIN / "postgres", "-D", data, *options]
    # Lambda's own LD_LIBRARY_PATH leads to other builds of the same libraries; these could not even be loaded.
    foreign = SCRATCH / "foreign"
    foreign.mkdir()
    for name in ("libcrypto.so.3", "libpq.so.5", "libssl.so.3"):
        (foreign / name).write_bytes(bytes(1000))
    environment = {"LD_LIBRARY_PATH": str(foreign)}
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as server:
        try:
            json.dump(answers(server), sys.stdout)
        finally:
            server.send_signal(signal.SIGINT)  # a fast shutdown: it ends open connections


def answers(server):
    log = []
    for line in server.stderr:
        log.append(line)
        if "ready to accept connections" in line:
            break
    else:
        raise SystemExit("".join(log))
    with closing(connected_to("postgres")) as connection, connection.cursor() as cursor:
        results = {"extensions": create_every_extension(cursor)}
        for name, query in QUERIES.items():
            cursor.execute(query)
            [[results[name]]] = cursor.fetchall()
        cursor.execute("CREATE TABLE pickup AS SELECT generate_series(1, 1000) AS number")
        cursor.execute("CREATE DATABASE restored TEMPLATE template0")
    results["rows after dump and restore"] = rows_after_dump_and_restore()
    return results


def connected_to(database):
    connection = psycopg2.connect(host=str(SCRATCH), dbname=database, user=postgresql_tools.SUPERUSER)
    connection.autocommit = True
    return connection


def rows_after_dump_and_restore():
    at = [f"--host={SCRATCH}", f"--username={postgresql_tools.SUPERUSER}"]
    dump = SCRATCH / "dump"
    subprocess.run([postgresql_tools.BIN / "pg_dump", *at, "-Fc", "-f", dump, "postgres"], env={}, check=True)
    subprocess.run([postgresql_tools.BIN / "pg_restore", *at, "-d", "restored", "-e", dump], env={}, check=True)
    with closing(connected_to("restored")) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pickup")
        return cursor.fetchone()[0]


def create_every_extension(cursor):
    # pgcrypto first: once another has loaded libcrypto, it would not be searched for.
    cursor.execute("SELECT name FROM pg_available_extensions ORDER BY name <> 'pgcrypto', name")
    names = [name for [name] in cursor.fetchall()]
    for name in names:
        cursor.execute(f'CREATE EXTENSION IF NOT EXISTS "{name}" CASCADE')
    return names


main()
