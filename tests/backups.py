"""A bucket with one proven backup in it, as readers of the catalogue see it."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from types import SimpleNamespace
from typing import Any

from lambdas.shared.catalogue import Commit
from lambdas.vocabulary.backups import (
    Check,
    Manifest,
    Result,
    Retention,
    Seconds,
    Verdict,
    Verification,
    prefix_of,
)


@dataclass(frozen=True)
class Backups:
    """Stands in for a `Catalogue`: one backup of `database`, whose snapshot is of the moment `at`."""

    database: str
    at: datetime
    bucket: str = "backups"

    @cached_property
    def manifest(self) -> Manifest:
        return Manifest(
            backup=prefix_of(self.database, self.at, key="test"),
            database=self.database,
            server_version="18.6",
            client_version="18.6",
            snapshot_at=self.at.isoformat(),
            started_at=self.at.isoformat(),
            finished_at=self.at.isoformat(),
            raw_bytes=4,
            database_bytes=4,
            objects={},
            pg_dump_exit_status=0,
            extensions=(),
            tables=(),
            retention=Retention.DAILY,
            correlation_id="test",
        )

    @property
    def s3(self) -> Any:
        """Takes what is put, and knows of no tags."""
        return SimpleNamespace(put_object=lambda **_: None, get_object_tagging=lambda **_: {"TagSet": []})

    def prefixes(self, _database: str) -> list[str]:
        return [self.manifest.backup]

    def commit(self, _prefix: str) -> Commit:
        return Commit(self.manifest, "0" * 64)

    def verification(self, _prefix: str) -> Verification:
        return Verification(
            backup=self.manifest.backup,
            manifest_sha256="0" * 64,
            verdict=Verdict.PROVEN,
            checks=(Check("tables equal", Result.PASSED, "4 tables"),),
            seconds=Seconds(1, 1, 1),
            recovery_time_objective=3600,
            started_at=self.manifest.started_at,
            finished_at=self.manifest.finished_at,
            requested_by="test",
            reason="test",
            server_version="18.6",
            correlation_id="test",
        )
