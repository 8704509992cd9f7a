"""What a restore had to do without, and what that means for the proof."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Self

from lambdas.shared.restore.finish import Finished
from lambdas.shared.restore.plan import Omission, Plan
from lambdas.shared.table_contents import TableName
from lambdas.vocabulary.backups import Acceptance, LeftOut, Result

_NAMED = 50
"""Things left out that are named one by one for each reason."""


@dataclass(frozen=True)
class Lacking:
    """The omissions of a restore: for what this server lacks, accepted or not, and for what the settings leave out.

    Nothing of the first kind is proven, and an acceptance bears with that.  The second kind is a wish, so that only the
    rows that are lost by it are not proven.
    """

    not_accepted: tuple[Omission, ...] = ()
    """Of what this server lacks."""
    accepted_omissions: tuple[Omission, ...] = ()
    by_wish: tuple[Omission, ...] = ()
    accepted: tuple[Acceptance, ...] = ()
    """Those that were needed."""

    @classmethod
    def of(cls, plan: Plan, accepted: Sequence[Acceptance]) -> Self:
        here = [omission for omission in plan.omissions if not omission.by_wish]
        names = {omission.lacking for omission in here}
        used = [acceptance for acceptance in accepted if acceptance.what in names]
        whats = {acceptance.what for acceptance in used}
        return cls(
            tuple(omission for omission in here if omission.lacking not in whats),
            tuple(omission for omission in here if omission.lacking in whats),
            tuple(omission for omission in plan.omissions if omission.by_wish),
            tuple(used),
        )

    @property
    def reason(self) -> str | None:
        """Why other differences need not be the backup's fault; None when this server took all that it should."""
        first = next(iter((*self.not_accepted, *self.accepted_omissions)), None)
        return f"it has no {first.lacking}" if first else None

    @property
    def names(self) -> frozenset[str]:
        """Of everything that is not there, without schemas."""
        return frozenset(entry.name for omission in self._all for entry in omission.entries)

    @property
    def result(self) -> Result:
        """Of a check of what this server lacks."""
        if self.not_accepted:
            return Result.NOT_PROVABLE
        return Result.ACCEPTED if self.accepted_omissions else Result.PASSED

    @property
    def tables(self) -> frozenset[TableName]:
        """Those that are not there."""
        return _tables(self._all)

    def result_without(self, tables: Iterable[TableName]) -> Result:
        """Of a check that these of its tables are lost to, all others being as they must be."""
        lost = self.tables.intersection(tables)
        if lost & _tables((*self.not_accepted, *self.by_wish)):
            return Result.NOT_PROVABLE
        return Result.ACCEPTED if lost else Result.PASSED

    def __str__(self) -> str:
        return "; ".join(f"without {each.lacking} and {len(each.names)} objects that need it" for each in self._all)

    @property
    def _all(self) -> tuple[Omission, ...]:
        return (*self.not_accepted, *self.accepted_omissions, *self.by_wish)


NOTHING_LACKS = Lacking()


def not_restored(plan: Plan, finished: Finished) -> tuple[LeftOut, ...]:
    """By name and reason, for the verdict."""
    found: list[LeftOut] = []
    for omission in plan.omissions:
        names = omission.names
        more = [f"{len(names) - _NAMED} more"] if len(names) > _NAMED else []
        found += [LeftOut(name, f"it needs {omission.lacking}") for name in [*names[:_NAMED], *more]]
    rows = "it refers to a table whose rows are left out"
    found += [LeftOut(f"validity of {name}", rows) for name in finished.not_valid]
    return (*found, *(LeftOut(name, rows) for name in finished.not_made))


def _tables(omissions: Iterable[Omission]) -> frozenset[TableName]:
    return frozenset[TableName]().union(*(omission.tables for omission in omissions))
