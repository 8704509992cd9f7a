"""A backup whose bytes are counted while they are read."""

from collections.abc import Iterator
from dataclasses import dataclass

from lambdas.shared.restore.objects import Backup
from ops.progress import Transfer


@dataclass(frozen=True)
class WatchedBackup(Backup):
    what: str
    transfer: Transfer

    def dump(self) -> Iterator[bytes]:
        """The same; a restore reads it more than once, and each time counts from the beginning."""
        self.transfer.restart(self.what)
        for piece in super().dump():
            self.transfer.advance(len(piece))
            yield piece
