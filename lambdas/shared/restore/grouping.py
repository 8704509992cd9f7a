"""The tables' contents held against the manifest, partition by partition where that can be."""

from collections.abc import Iterable, Mapping

from lambdas.shared.connection import Connection
from lambdas.shared.table_contents import TableName

# The hash of an enum's value changes with every restore, so pg_dump lets the restored tree find each row's partition
# anew: only the tree as a whole can be equal.
_REDISTRIBUTED = """
SELECT DISTINCT n.nspname, c.relname, rn.nspname, r.relname
FROM pg_catalog.pg_partitioned_table p, pg_catalog.pg_partition_tree(partrelid) t
JOIN pg_catalog.pg_class c ON c.oid = t.relid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_class r ON r.oid = pg_catalog.pg_partition_root(t.relid)
JOIN pg_catalog.pg_namespace rn ON rn.oid = r.relnamespace
WHERE p.partstrat = 'h' AND t.isleaf
AND EXISTS (SELECT FROM pg_catalog.pg_opclass o WHERE o.opcname = 'enum_ops' AND o.oid = ANY (p.partclass))
"""


class Grouping:
    """Which tables' contents only mean something together."""

    def __init__(self, session: Connection) -> None:
        with session.cursor() as cursor:
            cursor.execute(_REDISTRIBUTED)
            self._roots: dict[TableName, TableName] = {row[:2]: row[2:] for row in cursor.fetchall()}

    def members(self, tables: Iterable[TableName]) -> set[TableName]:
        """These tables with all partitions of such a root among them in its place."""
        named = set(tables)
        parts = {part: root for part, root in self._roots.items() if root in named}
        return (named - set(parts.values())) | parts.keys()

    def rows(self, counts: Mapping[TableName, int]) -> dict[TableName, int]:
        """Row counts with those of such partitions added up under the name of their root."""
        grouped: dict[TableName, int] = {}
        for table, count in counts.items():
            root = self._roots.get(table, table)
            grouped[root] = grouped.get(root, 0) + count
        return grouped

    def checksums(self, checksums: Iterable[tuple[TableName, str]]) -> dict[TableName, str]:
        """The same for checksums: each is two sums of 64 bits, so those of parts add up to that of the whole."""
        grouped: dict[TableName, str] = {}
        for table, checksum in checksums:
            root = self._roots.get(table, table)
            grouped[root] = _sum(grouped[root], checksum) if root in grouped else checksum
        return grouped


def _sum(one: str, other: str) -> str:
    halves = ((one[:16], other[:16]), (one[16:], other[16:]))
    return "".join(f"{(int(left, 16) + int(right, 16)) % 2**64:016x}" for left, right in halves)
