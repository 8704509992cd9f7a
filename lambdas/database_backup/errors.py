"""Why a run made no backup.  The class says what must happen next, the message what happened, to what, and the remedy.

None of them leaves a manifest behind, so none of them leaves a backup.
"""


class BackupError(Exception):
    """No backup was made."""


class SourceNotReadyError(BackupError):
    """The database or the settings must be mended by a person first; another run would fail alike."""


class BackupInterruptedError(BackupError):
    """Something broke on the way; another run may well succeed."""


class BackupUnderWayError(BackupError):
    """Another run is making a backup of the same database right now; this one did nothing."""


class OutOfTimeError(BackupError):
    """The run stopped itself because the time that the function has left would not do."""
