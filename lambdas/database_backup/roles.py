"""The roles of the server, which a dump of one database does not carry."""

import subprocess

import zstandard
from psycopg2.extensions import make_dsn

from lambdas.database_backup.errors import OutOfTimeError
from lambdas.database_backup.tools import running
from lambdas.shared.clock import Deadline
from lambdas.shared.postgres import Login


def dump_roles(login: Login, major: int, level: int, work: Deadline) -> bytes:
    """SQL that makes every role, compressed.

    Without passwords it reads pg_roles alone, which every login may; pg_authid is closed to all at RDS.
    """
    database = make_dsn(dbname=login.parameters["dbname"])  # a bare name with a = in it would be taken for a string
    arguments = ["--roles-only", "--no-role-passwords", f"--database={database}"]
    with running("pg_dumpall", major, arguments, login) as tool:
        try:
            script, _ = tool.process.communicate(timeout=max(work.remaining, 0))
        except subprocess.TimeoutExpired:
            raise OutOfTimeError("pg_dumpall did not answer in the time left for the roles") from None
        tool.finish()
    return zstandard.ZstdCompressor(level, write_checksum=True).compress(script)
