"""Which backup is meant."""

from lambdas.shared.catalogue import Catalogue, Commit, newest_proven
from lambdas.shared.clock import now
from ops.errors import OpsError

LATEST = "latest"


def commit_of(catalogue: Catalogue, database: str, backup: str) -> Commit:
    """The backup at the folder `backup`, or for `latest` the newest one that was proven by a restore."""
    if backup != LATEST:
        return catalogue.commit(backup.rstrip("/") + "/")
    if proven := newest_proven(catalogue, database, now()):
        return proven
    raise OpsError(f"no backup of {database!r} was proven yet (name one: ops ENVIRONMENT backup list shows them all)")
