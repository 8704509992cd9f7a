"""Which backup is meant."""

from lambdas.shared.catalogue import Catalogue, Commit
from lambdas.vocabulary.backups import Verdict
from recovery.errors import RecoveryError

LATEST = "latest"


def commit_of(catalogue: Catalogue, database: str, backup: str) -> Commit:
    """The backup at the folder `backup`, or for `latest` the newest one that was proven by a restore."""
    if backup != LATEST:
        return catalogue.commit(backup.rstrip("/") + "/")
    for prefix in catalogue.prefixes(database):
        if is_proven(catalogue, commit := catalogue.commit(prefix)):
            return commit
    raise RecoveryError(f"no backup of {database!r} was proven yet (name one: list shows them all)")


def is_proven(catalogue: Catalogue, commit: Commit) -> bool:
    found = catalogue.verification(commit.manifest.backup)
    return found is not None and found.verdict is Verdict.PROVEN and found.manifest_sha256 == commit.sha256
