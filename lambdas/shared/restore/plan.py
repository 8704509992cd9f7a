"""What of an archive is restored by pg_restore, what of it after that, and what cannot be had at the target at all."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Self

from lambdas.shared.archive_contents import Contents, Entry
from lambdas.shared.table_contents import TableName
from lambdas.vocabulary.backups import Dependent, Manifest

IDENTIFIER = r'(?:"(?:[^"]|"")+"|[a-z_][a-z0-9_$]*)'
"""A name as pg_dump writes it."""
_TABLE = rf"({IDENTIFIER})\.({IDENTIFIER})"
_FOREIGN_KEY = re.compile(
    rf"ALTER TABLE (?:ONLY )?{_TABLE}\s+ADD CONSTRAINT {IDENTIFIER} FOREIGN KEY \(.*?\) REFERENCES {_TABLE}\(",
    re.DOTALL,
)
_EXTENSION = re.compile(rf"CREATE EXTENSION IF NOT EXISTS ({IDENTIFIER}) WITH SCHEMA ({IDENTIFIER});")
_FORCED = re.compile(rf"^ALTER TABLE ONLY {IDENTIFIER}\.{IDENTIFIER} FORCE ROW LEVEL SECURITY;$", re.MULTILINE)
_NEVER_VALIDATED = " NOT VALID;"
# What says nothing of its own about a thing that is left out.
_CONTENTS = ("TABLE DATA", "SEQUENCE SET")
_PARTS = {"COMMENT", "TABLE DATA", "SEQUENCE SET", "ACL", "ROW SECURITY", "TABLE ATTACH", "INDEX ATTACH"}


@dataclass(frozen=True)
class Omission:
    """What cannot be restored without something that the target lacks, such as `extension postgis`."""

    lacking: str
    entries: tuple[Entry, ...]
    by_wish: bool = False
    """The settings leave it out of the backup."""

    @property
    def tables(self) -> frozenset[TableName]:
        """Those that are not made, or not filled: of an extension, the dump holds nothing but users' rows."""
        return frozenset((entry.schema, entry.name) for entry in self.entries if entry.kind in {"TABLE", "TABLE DATA"})

    @property
    def names(self) -> list[str]:
        """All of it for people, but for what is only a part of something named."""
        return [label(entry) for entry in self.entries if entry.kind not in _PARTS and entry.kind != "EXTENSION"]


@dataclass(frozen=True)
class Plan:
    contents: Contents = field(default_factory=Contents)
    omissions: tuple[Omission, ...] = ()
    foreign_keys: tuple[Entry, ...] = ()
    """They refer to tables whose rows are left out, so that they can only be made NOT VALID."""
    refreshes: tuple[Entry, ...] = ()
    """Of materialized views that read tables with forced row-level security."""
    schemas_to_make: tuple[str, ...] = ()
    """Extensions are made in them, and they themselves are left out."""
    unfilled: tuple[Entry, ...] = ()
    """Rows that the archive holds and that are not wanted, and those of the materialized views that read them."""

    @classmethod
    def of(
        cls,
        contents: Contents,
        manifest: Manifest,
        *,
        extensions: Collection[str],
        schemas: Collection[str],
        bound_by_policies: bool = False,
    ) -> Self:
        """For a target that can have these extensions and holds these schemas already, and for its login."""
        lacking = [
            *_omissions_of_extensions(contents, manifest, extensions),
            *_omissions_of_schemas(contents, manifest.needing_excluded, schemas),
        ]
        omitted = _ids(lacking)
        return cls(
            contents,
            tuple(lacking),
            _without(omitted, _unsatisfied_foreign_keys(contents, manifest)),
            _without(omitted, _refreshes_behind_forced_security(contents) if bound_by_policies else ()),
            tuple(_schemas_of_extensions(contents) & set(manifest.excluded_schemas) - set(schemas)),
            _unfilled(contents, manifest),
        )

    @cached_property
    def omitted(self) -> set[int]:
        """The ids of all that is left out."""
        return _ids(self.omissions)

    @cached_property
    def delayed(self) -> tuple[Entry, ...]:
        """What is made after pg_restore has ended, in this order, foreign keys by `never_validated`."""
        ids = self.contents.with_dependents({entry.id for entry in (*self.foreign_keys, *self.refreshes)})
        return tuple(entry for entry in self.contents.entries if entry.id in ids - self.omitted)

    @property
    def list_for_pg_restore(self) -> str | None:
        """The ids of what pg_restore makes, as its --use-list takes them; None when that is all there is."""
        skipped = self.omitted | {entry.id for entry in (*self.delayed, *self.unfilled)}
        if not skipped:
            return None
        return "".join(f"{entry.id};\n" for entry in self.contents.entries if entry.id not in skipped)

    @property
    def tables_to_read_unforced(self) -> list[TableName]:
        """The tables whose forced security would keep the refreshes from reading them."""
        needed = _with_requirements(self.contents, self.refreshes)
        forced = [entry for entry in self.contents.entries if entry.id in needed and is_forced(entry)]
        return [(entry.schema, entry.name) for entry in forced]


def never_validated(foreign_key: Entry) -> str:
    """The statement that makes it without looking at the rows."""
    statement = foreign_key.definition.rstrip()
    return statement if statement.endswith(_NEVER_VALIDATED) else statement.removesuffix(";") + _NEVER_VALIDATED


def is_forced(entry: Entry) -> bool:
    """Whether its policies bind the table's owner, too."""
    return entry.kind == "TABLE" and _FORCED.search(entry.definition) is not None


def label(entry: Entry) -> str:
    return " ".join([entry.kind.lower(), ".".join(filter(None, [entry.schema, entry.name]))])


def unquoted(name: str) -> str:
    return name[1:-1].replace('""', '"') if name.startswith('"') else name


def _omissions_of_extensions(contents: Contents, manifest: Manifest, available: Collection[str]) -> Iterable[Omission]:
    holding = {extension.name: extension.holding for extension in manifest.extensions}
    for extension, name in _extensions(contents):
        if name not in available:
            own = holding.get(name, ())
            filled = [entry for entry in contents.of_kind(*_CONTENTS) if f"{entry.schema}.{entry.name}" in own]
            yield _omission(contents, f"extension {name}", {extension.id, *(entry.id for entry in filled)})


def _omissions_of_schemas(
    contents: Contents, dependents: Iterable[Dependent], present: Collection[str]
) -> Iterable[Omission]:
    ids_of = {f"{table} {own}": entry.id for entry in contents.entries for table, own in [entry.object] if table}
    missing: dict[str, set[int]] = {}
    for dependent in dependents:
        if dependent.schema not in present:
            held = [ids_of[identity] for identity in dependent.ids if identity in ids_of]
            missing.setdefault(dependent.schema, set()).update(held[:1])
    for schema, ids in missing.items():
        yield _omission(contents, f"schema {schema}", ids, by_wish=True)


def _omission(contents: Contents, lacking: str, ids: Collection[int], *, by_wish: bool = False) -> Omission:
    all_ids = contents.with_dependents(ids)
    return Omission(lacking, tuple(entry for entry in contents.entries if entry.id in all_ids), by_wish)


def _unsatisfied_foreign_keys(contents: Contents, manifest: Manifest) -> Iterable[Entry]:
    without = set(manifest.tables_without_rows)
    referenced = _with_partitioned(contents, without)
    for entry in contents.of_kind("FK CONSTRAINT") if without else ():
        if found := _FOREIGN_KEY.search(entry.definition):
            schema, table, other_schema, other_table = map(unquoted, found.groups())
            if f"{other_schema}.{other_table}" in referenced and f"{schema}.{table}" not in without:
                yield entry


def _unfilled(contents: Contents, manifest: Manifest) -> tuple[Entry, ...]:
    """A dump holds no rows of the tables that the settings leave out; of these it does."""
    without = set(manifest.tables_without_rows)
    rows = [entry for entry in contents.of_kind("TABLE DATA") if f"{entry.schema}.{entry.name}" in without]
    names = {(entry.schema, entry.name) for entry in rows}
    empty = {entry.id for entry in contents.of_kind("TABLE") if (entry.schema, entry.name) in names}
    views = contents.of_kind("MATERIALIZED VIEW DATA") if empty else []
    return (*rows, *(view for view in views if empty & _with_requirements(contents, [view])))


def _with_partitioned(contents: Contents, tables: set[str]) -> set[str]:
    """The tables, and those that they are partitions of."""
    names = {entry.id: f"{entry.schema}.{entry.name}" for entry in contents.of_kind("TABLE")}
    found, before = set(tables), -1
    while len(found) > before:
        before = len(found)
        for attached in contents.of_kind("TABLE ATTACH"):
            if f"{attached.schema}.{attached.name}" in found:
                found.update(names[table] for table in attached.needs if table in names)
    return found


def _extensions(contents: Contents) -> Iterable[tuple[Entry, str]]:
    for entry in contents.of_kind("EXTENSION"):
        found = _EXTENSION.match(entry.definition)
        yield entry, unquoted(found[1]) if found else entry.name


def _schemas_of_extensions(contents: Contents) -> set[str]:
    definitions = [entry.definition for entry in contents.of_kind("EXTENSION")]
    return {unquoted(found[2]) for text in definitions if (found := _EXTENSION.match(text))}


def _refreshes_behind_forced_security(contents: Contents) -> Iterable[Entry]:
    forced = {entry.id for entry in contents.entries if is_forced(entry)}
    for entry in contents.of_kind("MATERIALIZED VIEW DATA") if forced else ():
        if forced & _with_requirements(contents, [entry]):
            yield entry


def _with_requirements(contents: Contents, entries: Iterable[Entry]) -> set[int]:
    needs = {entry.id: entry.needs for entry in contents.entries}
    found: set[int] = set()
    waiting = [entry.id for entry in entries]
    while waiting:
        if (entry := waiting.pop()) not in found:
            found.add(entry)
            waiting.extend(needs.get(entry, ()))
    return found


def _ids(omissions: Iterable[Omission]) -> set[int]:
    return {entry.id for omission in omissions for entry in omission.entries}


def _without(omitted: Collection[int], entries: Iterable[Entry]) -> tuple[Entry, ...]:
    return tuple(entry for entry in entries if entry.id not in omitted)
