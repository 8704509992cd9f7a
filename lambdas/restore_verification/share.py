"""What of a database is restored for a proof, where the disk has no room for all of it: each time another share.

All tables are made, and those that are not chosen stay empty.  Small tables are always chosen; of the others those that
have waited longest, as many as there is room for.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from lambdas.shared.quantities import size
from lambdas.shared.restore.finding import some
from lambdas.vocabulary.backups import PROVABLE_SHARE, Manifest, Part, Table

SMALL = 0.01
"""Of the room: a table of fewer bytes is restored each time."""
FOR_THE_SMALL = 0.5
"""Of the room, at most: where there are many small tables, some of them wait too."""


@dataclass(frozen=True)
class Share:
    """`chosen` and `waiting` are the names of all tables that hold rows, as schema.name, with their bytes."""

    manifest: Manifest
    """The backup's, as if the tables that wait had no rows."""
    chosen: Mapping[str, int]
    waiting: Mapping[str, int]
    too_large: tuple[str, ...]
    """Those of `waiting` that there will never be room for."""

    @classmethod
    def of(cls, manifest: Manifest, room: int, restored_at: Mapping[str, str | None]) -> "Share | None":
        """For `room` bytes of disk; None where it holds the whole database, or not even one of its tables.

        `restored_at` says when each table's rows were last proven, as a `Part` does.
        """
        if manifest.database_bytes <= room:
            return None
        provable, sizes = room * PROVABLE_SHARE, _sizes(manifest)
        chosen = _choose(sizes, provable, restored_at)
        if not chosen:
            return None
        waiting = {name: needed for name, needed in sizes.items() if name not in chosen}
        return cls(
            _without_rows(manifest, waiting),
            {name: sizes[name] for name in chosen},
            waiting,
            tuple(sorted(name for name, needed in waiting.items() if needed > provable)),
        )

    def part(self, moment: datetime, restored_at: Mapping[str, str | None]) -> Part:
        """What is known of each table after the chosen ones were restored at `moment`."""
        now = moment.isoformat(timespec="seconds")
        when = {name: now if name in self.chosen else restored_at.get(name) for name in self._names}
        return Part(round(self._bytes_chosen / max(self._bytes, 1), 4), when)

    @property
    def detail(self) -> str:
        """For people: how much was restored, and what never will be here."""
        text = f"{len(self.chosen)} of {len(self._names)} tables that hold rows"
        text += f", {size(self._bytes_chosen)} of {size(self._bytes)}: the disk has no room for all of them at once"
        if self.too_large:
            text += f"; too large for it even alone: {some(self.too_large)}"
        return text

    @property
    def _names(self) -> list[str]:
        return sorted((*self.chosen, *self.waiting))

    @property
    def _bytes_chosen(self) -> int:
        return sum(self.chosen.values())

    @property
    def _bytes(self) -> int:
        return self._bytes_chosen + sum(self.waiting.values())


def _sizes(manifest: Manifest) -> dict[str, int]:
    """Of the tables that hold rows; where a manifest does not say it, what their rows suggest."""
    known, per_row = manifest.table_bytes or {}, manifest.database_bytes / max(manifest.rows, 1)
    filled = [table for table in manifest.tables if table.rows]
    return {it.full_name: known.get(it.full_name, round(it.rows * per_row)) for it in filled}


def _choose(sizes: Mapping[str, int], room: float, restored_at: Mapping[str, str | None]) -> frozenset[str]:
    """The one that waits longest comes first, or it might never fit beside the small ones."""
    small = sorted((name for name in sizes if sizes[name] <= room * SMALL), key=lambda name: _wait(name, restored_at))
    large = [name for name in sizes if room * SMALL < sizes[name] <= room]
    large.sort(key=lambda name: _wait(name, restored_at))
    chosen = _fitting(large[:1], sizes, room)
    chosen |= _fitting(small, sizes, min(room * FOR_THE_SMALL, room - _sum(chosen, sizes)))
    chosen |= _fitting(large[1:], sizes, room - _sum(chosen, sizes))
    chosen |= _fitting((name for name in small if name not in chosen), sizes, room - _sum(chosen, sizes))
    return frozenset(chosen)


def _wait(name: str, restored_at: Mapping[str, str | None]) -> tuple[str, str]:
    """Sorts those first that were never restored."""
    return restored_at.get(name) or "", name


def _fitting(names: Iterable[str], sizes: Mapping[str, int], room: float) -> set[str]:
    found: set[str] = set()
    for name in names:
        if sizes[name] <= room:
            found.add(name)
            room -= sizes[name]
    return found


def _sum(names: Iterable[str], sizes: Mapping[str, int]) -> int:
    return sum(sizes[name] for name in names)


def _without_rows(manifest: Manifest, waiting: Mapping[str, int]) -> Manifest:
    return replace(
        manifest,
        tables=tuple(_emptied(table) if table.full_name in waiting else table for table in manifest.tables),
        tables_without_rows=(*manifest.tables_without_rows, *waiting),
    )


def _emptied(table: Table) -> Table:
    return replace(table, rows=0, checksum=None)
