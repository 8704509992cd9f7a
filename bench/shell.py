"""What people write in place of the functions: lines of shell, run with the very same pg_dump."""

import os
from pathlib import Path

from bench.function import layers
from bench.measure import Run, run
from bench.place import Place
from bench.tools import has, tool
from emulator import postgres
from emulator.environment import write_private
from layers.postgresql import NEWEST


def shell(place: Place, server: postgres.Server, database: str, lines: str) -> Run:
    """Run `lines` with libpq pointed at the database and AWS at the store; what fails within a pipe fails them.

    They find $PG_DUMP, $PSQL, $ZSTD and $UPLOAD, $DOWNLOAD (source and destination follow).
    """
    copy = f"{tool('aws')} s3 cp --only-show-errors"
    programs = {
        "PG_DUMP": str(layers()["postgresql_tools"] / f"postgresql_tools/{NEWEST}/pg_dump"),
        "PSQL": str(postgres.default_programs() / "psql"),
        "ZSTD": str(tool("zstd")) if has("zstd") else "false",
        "UPLOAD": copy,
        "DOWNLOAD": copy,
    }
    libpq = {
        "PGHOST": "127.0.0.1",
        "PGPORT": str(server.port),
        "PGUSER": postgres.SUPERUSER,
        "PGDATABASE": database,
        "PGPASSFILE": str(_password_file(place.directory, server)),
    }
    return run(
        ["bash", "-euo", "pipefail", "-c", lines],
        environment={"PATH": os.defpath, "HOME": str(place.directory), **place.store.environment, **libpq, **programs},
        directory=place.directory,
    )


def _password_file(directory: Path, server: postgres.Server) -> Path:
    file = directory / f"pgpass-{server.port}"
    write_private(file, f"*:*:*:*:{server.password}\n")
    return file
