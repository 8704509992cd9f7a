"""The backups that there are, and whether each was proven: as data, from which table and JSON are both made."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from lambdas.shared.catalogue import Catalogue, Commit
from lambdas.shared.clock import now
from lambdas.vocabulary.backups import Manifest, Verification
from lambdas.vocabulary.codec import encode


@dataclass(frozen=True)
class ListedBackup:
    commit: Commit
    verification: Verification | None
    """None when it was not restored yet."""
    at: datetime
    """When it was looked at: an accepted exception ends."""

    @classmethod
    def of(cls, catalogue: Catalogue, commit: Commit) -> "ListedBackup":
        return cls(commit, catalogue.verification(commit.manifest.backup), now())

    @property
    def manifest(self) -> Manifest:
        return self.commit.manifest

    @property
    def hours_old(self) -> float:
        return (self.at - datetime.fromisoformat(self.manifest.snapshot_at)).total_seconds() / 3600

    @property
    def is_proven(self) -> bool:
        return self.commit.is_proven_by(self.verification, self.at)

    @property
    def verdict(self) -> str:
        return self.verification.text_at(self.at) if self.verification else "not verified"

    def summary(self) -> dict[str, Any]:
        """One of `backup list --json`."""
        manifest, verification = self.manifest, self.verification
        return {
            "backup": manifest.backup,
            "snapshot_at": manifest.snapshot_at,
            "rows": manifest.rows,
            "stored_bytes": manifest.stored_bytes,
            "verdict": str(verification.verdict) if verification else None,
            "proven": self.is_proven,
        }

    def details(self) -> dict[str, Any]:
        """`backup show --json`."""
        manifest, verification = self.manifest, self.verification
        return {
            **self.summary(),
            "database": manifest.database,
            "server_version": manifest.server_version,
            "started_at": manifest.started_at,
            "finished_at": manifest.finished_at,
            "raw_bytes": manifest.raw_bytes,
            "retention": str(manifest.retention),
            "tables": [{"table": it.full_name, "rows": it.rows} for it in manifest.tables],
            "left_out": [str(each) for each in manifest.left_out],
            "verification": _verification(verification) if verification else None,
        }


def listed(catalogue: Catalogue, database: str, newest: int) -> Iterator[ListedBackup]:
    """The newest backups of `database`, newest first."""
    for prefix in islice(catalogue.prefixes(database), newest):
        yield ListedBackup.of(catalogue, catalogue.commit(prefix))


def _verification(found: Verification) -> dict[str, Any]:
    return {
        "finished_at": found.finished_at,
        "server_version": found.server_version,
        "requested_by": found.requested_by,
        "reason": found.reason,
        "seconds": {"fetch": found.seconds.fetch, "restore": found.seconds.restore, "verify": found.seconds.verify},
        "checks": [{"check": it.name, "result": str(it.result), "detail": it.detail} for it in found.checks],
        "accepted": [str(each) for each in found.accepted],
        "left_out": [str(each) for each in found.left_out],
        "part": encode(found.part),
    }
