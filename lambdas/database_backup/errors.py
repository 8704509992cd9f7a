"""Why a run made no backup.  The class says what must happen next, the message what happened, to what, and the remedy.

None of them leaves a manifest behind, so none of them leaves a backup.
"""

import re

# What a server says that only a person can change.
_LASTS = re.compile(
    r"invalid memory alloc request size|Cannot enlarge string buffer|exceeds maximum allowed length"
    r"|out of shared memory|max_locks_per_transaction|permission denied|unsupported startup parameter"
)
# What it says of something that was dropped between being listed and being read, or that somebody waits to drop:
# pg_dump queues behind who waits for the run's own locks, and only a run that begins anew lets them pass.
_GONE = re.compile(
    r'(?:relation|schema|type) ".*" does not exist|relation with OID \d+ does not exist|could not open relation'
    r"|cache lookup failed|concurrently dropped|canceling statement due to statement timeout"
)
# What it says while it cannot serve anybody, or not one more.
_PASSES = re.compile(
    r"too many clients|remaining connection slots|too many connections for|gave no second session"
    r"|(?:starting up|shutting down|in recovery mode|not (?:yet )?accepting connections)"
    r"|Temporary failure in name resolution|closed the connection unexpectedly|Connection reset|conflict with recovery"
)


class BackupError(Exception):
    """No backup was made."""


class SourceNotReadyError(BackupError):
    """The database, the settings or the request must be mended by a person first; another run would fail alike."""


class BackupInterruptedError(BackupError):
    """Something broke on the way; another run may well succeed."""


class SchemaChangedError(BackupInterruptedError):
    """Something of the database was dropped, rewritten or wanted by others before it was locked; the run itself tries
    again."""


class BackupUnderWayError(BackupError):
    """Another run is making a backup of the same database right now; this one did nothing."""


class OutOfTimeError(BackupError):
    """The run stopped itself because the time that the function has left would not do."""


def class_of(text: str, otherwise: type[BackupError] = BackupInterruptedError) -> type[BackupError]:
    """The class of a failure by PostgreSQL's own words; `otherwise` when they do not say whether it passes."""
    if _LASTS.search(text):
        return SourceNotReadyError
    if _GONE.search(text):
        return SchemaChangedError
    return BackupInterruptedError if _PASSES.search(text) else otherwise
