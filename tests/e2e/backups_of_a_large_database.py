"""The stacks of `backups_alone` for an environment where a database of some megabytes is too large for each function.

Settings begin at a gigabyte, which no test writes.
"""

from stacks.functions import database_backup

LIMIT = 5_000_000
"""Bytes; an empty database has more."""

database_backup.PROVABLE_SHARE = LIMIT / 10**10  # of the 10 GB of the proof's disk
database_backup._limit = lambda _backups: LIMIT

from tests.e2e import backups_alone  # noqa: E402, F401  (it synthesizes as it is imported)
