"""PostgreSQL's tools, and a server for restore checks, which run from wherever this package lies.

`BIN` holds pg_dump, pg_dumpall, pg_restore and postgres. They look for their libraries and shared files beside
themselves and need no environment variable. `TEMPLATE_DATA_DIRECTORY_ARCHIVE` is a tar archive, compressed with
zstandard, of an empty UTF8 data directory: unpacked into a directory of mode 0700, `postgres -D` starts in it. It
trusts every connection, so it belongs behind a socket in a private directory.
"""

from pathlib import Path

BIN = Path(__file__).parent / "bin"
SHARE = Path(__file__).parent / "share"
TEMPLATE_DATA_DIRECTORY_ARCHIVE = Path(__file__).parent / "template_data_directory.tar.zst"
SUPERUSER = "postgres"

STAND_INS = frozenset({"uuid-ossp"})
"""Extensions that are not the original: they have the same functions, written in SQL."""
