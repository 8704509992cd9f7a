"""Two kinds of fault, kept apart: what is wrong with the backup, and what kept it from being examined."""


class CouldNotVerifyError(Exception):
    """The verification could not run to its end.  It says nothing about the backup, and no verdict is written."""


class DamagedBackupError(Exception):
    """What lies in the bucket is not what the manifest says was stored.  It becomes a failed check."""
