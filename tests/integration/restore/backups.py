"""Backups of a database, made by the letter of the vocabulary and without the function that makes them."""

import hashlib
import json
import subprocess
from contextlib import closing
from datetime import UTC, datetime

import psycopg2
import zstandard
from postgresql_tools import program, version

from lambdas.database_backup.contents import spans
from lambdas.shared.sequences import next_values
from lambdas.shared.table_contents import apply_session_settings, checksum, row_counts, tables
from lambdas.vocabulary.backups import (
    DUMP,
    MANIFEST,
    ROLES,
    Extension,
    Manifest,
    Retention,
    StoredObject,
    Table,
    prefix_of,
)

MOMENT = datetime(2026, 11, 23, 2, tzinfo=UTC)


def back_up(s3, bucket, url, *, database="orders", key="1", critical=(), change=lambda manifest: manifest, dump=None):
    """Put a backup of the database at `url` into the bucket and return its prefix.

    `change` edits the manifest's fields before they are written; `dump` takes the place of the raw archive.
    """
    raw = dump if dump is not None else pg_dump(url)
    objects = {DUMP: zstandard.compress(raw), ROLES: zstandard.compress(roles(url))}
    prefix = prefix_of(database, MOMENT, key)
    manifest = describe(url, prefix, database=database, critical=critical, raw=raw, objects=objects)
    for name, body in objects.items():
        put(s3, bucket, prefix + name, body)
    put(s3, bucket, prefix + MANIFEST, json.dumps(change(json.loads(manifest.to_json()))).encode())
    return prefix


def pg_dump(url, *options):
    arguments = ["--format=custom", "--compress=0", "--no-toast-compression", "--quote-all-identifiers"]
    return run("pg_dump", *arguments, *options, url=url)


def roles(url):
    return run("pg_dumpall", "--roles-only", "--no-role-passwords", url=url)


def put(s3, bucket, key, body):
    s3.put_object(Bucket=bucket, Key=key, Body=body, Tagging=f"retention={Retention.DAILY}")


def describe(url, prefix, *, database, critical, raw, objects):
    with closing(psycopg2.connect(url)) as session:
        apply_session_settings(session)
        counts = row_counts(session, tables(session))
        values = next_values(session)
        found = [
            Table(*name, rows, checksum(session, *name) if name in critical else None) for name, rows in counts.items()
        ]
        with session.cursor() as cursor:
            cursor.execute("SELECT extname, extversion FROM pg_extension ORDER BY 1")
            extensions = tuple(Extension(*row) for row in cursor)
            cursor.execute("SELECT pg_database_size(current_database())")
            [size] = cursor.fetchone()
        server, major = session.info.parameter_status("server_version"), session.info.server_version // 10000
    moment = MOMENT.isoformat()
    return Manifest(
        backup=prefix,
        database=database,
        server_version=server,
        client_version=version("pg_dump", major),
        snapshot_at=moment,
        started_at=moment,
        finished_at=moment,
        raw_bytes=len(raw),
        database_bytes=size,
        objects={name: stored(body) for name, body in objects.items()},
        pg_dump_exit_status=0,
        extensions=extensions,
        tables=tuple(found),
        sequences=spans(values, values),
        retention=Retention.DAILY,
        correlation_id="20261123T020000Z",
    )


def stored(body):
    return StoredObject(len(body), hashlib.sha256(body).hexdigest())


def run(tool, *arguments, url):
    """What the tool of the server's major version writes."""
    with closing(psycopg2.connect(url)) as session:
        major = session.info.server_version // 10000
    command = [program(tool, major), *arguments, f"--dbname={url}"]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout
