"""Run inside a sandbox: starts a server of one major version from the layers alone and prints what it can do, as JSON.

in_sandbox.py <major> <the only folder that can be written> <the layers' python folders …>
"""

import json
import signal
import subprocess
import sys
import uuid
from contextlib import closing
from pathlib import Path

MAJOR, SCRATCH = int(sys.argv[1]), Path(sys.argv[2])
sys.path += sys.argv[3:]

import postgresql_servers  # noqa: E402
import postgresql_tools  # noqa: E402
import psycopg2  # noqa: E402

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
    "jit": "off",
}
QUERIES = {
    "version": "SELECT current_setting('server_version_num')::int / 10000",
    "pgcrypto": "SELECT encode(digest('abc', 'sha256'), 'hex')",
    "citext": "SELECT 'Case'::citext = 'cASE'",
    "unaccent": "SELECT unaccent('Hôtel')",
    "xml": "SELECT xmlparse(CONTENT '<a>b</a>')::text",
    "ICU": "SELECT string_agg(a, ' ' ORDER BY a COLLATE \"de-x-icu\") FROM unnest('{Zug,ärmel,Arm}'::text[]) a",
    "time zone": "SELECT '2024-07-01 12:00 Europe/Berlin'::timestamptz = '2024-07-01 10:00 UTC'",
    "uuid v3": f"SELECT uuid_generate_v3('{uuid.NAMESPACE_URL}', 'ä')::text",
    "uuid v5": f"SELECT uuid_generate_v5('{uuid.NAMESPACE_URL}', 'ä')::text",
    "uuid v4": "SELECT substr(uuid_generate_v4()::text, 15, 1)",
    "uuid v1": "SELECT substr(uuid_generate_v1()::text, 15, 1)",
    "collation": "SELECT datcollate FROM pg_database WHERE datname = 'template0'",
}
FROM_18 = {"vector": "SELECT ('[3,4]'::vector <-> '[0,0]')::float"}


def main() -> None:
    data = SCRATCH / "data"
    postgresql_servers.make_data_directory(MAJOR, data)
    options = [f"-c{name}={value}" for name, value in OPTIONS.items()]
    command = [postgresql_servers.postgres(MAJOR), "-D", data, *options]
    # Lambda's own LD_LIBRARY_PATH leads to other builds of the same libraries; these could not even be loaded.
    foreign = SCRATCH / "foreign"
    foreign.mkdir()
    for name in ("libcrypto.so.1.1", "libpq.so.5", "libssl.so.1.1", "libxml2.so.2", "libicuuc.so.60", "libz.so.1"):
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
        for name, query in (QUERIES | (FROM_18 if MAJOR >= 18 else {})).items():
            cursor.execute(query)
            [[results[name]]] = cursor.fetchall()
        cursor.execute("CREATE TABLE pickup AS SELECT generate_series(1, 1000) AS number")
        cursor.execute("CREATE DATABASE restored TEMPLATE template0")
    results["rows after dump and restore"] = rows_after_dump_and_restore()
    return results


def connected_to(database):
    connection = psycopg2.connect(host=str(SCRATCH), dbname=database, user=postgresql_servers.SUPERUSER)
    connection.autocommit = True
    return connection


def rows_after_dump_and_restore():
    dump, restore = (postgresql_tools.program(name, MAJOR) for name in ("pg_dump", "pg_restore"))
    at = [f"--host={SCRATCH}", f"--username={postgresql_servers.SUPERUSER}"]
    archive = SCRATCH / "dump"
    subprocess.run([dump, *at, "-Fc", "-Z0", "-f", archive, "postgres"], env={}, check=True)
    subprocess.run([restore, *at, "-d", "restored", "-e", "--jobs=2", archive], env={}, check=True)
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
