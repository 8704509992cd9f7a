"""What pg_restore said, sorted: into what is harmless, what this server cannot do, and real errors."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

_ERROR = re.compile(r"pg_restore: error: (?:could not execute query: )?(?:ERROR:  )?(.+)")
_COMMAND = "Command was: "
_DETAIL = "DETAIL:  "
_LONGEST = 200
"""Letters of a command that are kept."""

_HARMLESS = re.compile(r'schema "public" already exists')  # it is there in every new database

# Of what comes with these nothing is known, so whatever else does not exist may be a part of them.
_LACKING = re.compile(
    r"""extension\ ".+"\ is\ not\ available
    | required\ extension\ ".+"\ is\ not\ installed
    | could\ not\ access\ file
    | could\ not\ load\ library
    | must\ be\ loaded\ via\ .?shared_preload_libraries
    | language\ ".+"\ does\ not\ exist
    | access\ method\ ".+"\ does\ not\ exist
    """,
    re.VERBOSE,
)
_BEYOND_THIS_SERVER = re.compile(
    r"""unsupported\ XML\ feature
    | ICU\ is\ not\ supported\ in\ this\ build
    | compression\ method\ \S+\ not\ supported
    | collation\ ".+"\ for\ encoding\ ".+"\ does\ not\ exist
    | could\ not\ create\ locale
    | could\ not\ open\ (stop-word|dictionary|affix|synonym|thesaurus|unaccent)\ file
    """,
    re.VERBOSE,
)
# These hang on the locale: under another one, rows can break rules that they kept at the source.
_OF_THE_LOCALE = re.compile(
    r"""violates\ (partition|check|exclusion|unique)\ constraint
    | could\ not\ create\ (unique\ index|exclusion\ constraint)
    | empty\ range\ bound\ specified
    | range\ lower\ bound\ must\ be\ less\ than\ or\ equal\ to\ range\ upper\ bound
    | partition\ ".+"\ would\ overlap\ partition
    | no\ partition\ of\ relation\ ".+"\ found\ for\ row
    """,
    re.VERBOSE,
)
_FOREIGN_KEY = "violates foreign key constraint"

_NAME = r"""(?:[\w$]+\.|"(?:[^"]|"")+"\.)?("(?:[^"]|"")+"|[\w$]+)"""
# What a command makes or fills stands before its first bracket, but for these.
_NAMED_INSIDE = re.compile(rf"""SEQUENCE NAME {_NAME}|setval\('{_NAME}'""")
_NAMED = re.compile(
    rf"""\b(?:EXTENSION|TABLE|VIEW|FUNCTION|PROCEDURE|AGGREGATE|TYPE|DOMAIN|SEQUENCE|COLLATION|(?<!WITH\ )SCHEMA
    |DICTIONARY|CONFIGURATION|COPY)\ (?:IF\ NOT\ EXISTS\ |ONLY\ )*{_NAME}""",
    re.VERBOSE,
)
# A table stays what it is without these.
_PART = re.compile(
    rf"""ALTER\ (?:FOREIGN\ )?TABLE\ (?:ONLY\ )?{_NAME}\ (?:ADD\ CONSTRAINT\ {_NAME}|ALTER\ COLUMN\ )
    |CREATE\ (?:UNIQUE\ |CONSTRAINT\ )?(?:INDEX|TRIGGER|POLICY|RULE)\ {_NAME}\ """,
    re.VERBOSE,
)
_COPIED = re.compile(r'COPY failed for table "(.+?)": ')


@dataclass(frozen=True)
class Difference:
    """In what the restore server is another one than the source's."""

    locale: bool = False
    """Text may sort otherwise: the locale is another one, or ICU's, which sorts by its version."""
    major: bool = False


@dataclass(frozen=True)
class Failure:
    message: str
    command: str = ""
    """The first letters of the SQL command, where there was one."""
    detail: str = ""

    @property
    def names(self) -> frozenset[str]:
        """Those of what is missing or incomplete by this failure."""
        head = "" if self.command.startswith("COMMENT ") else re.split(r"\(| AS ", self.command)[0]
        part = _PART.match(head)
        found = [*(part.groups()[1:] if part else _NAMED.findall(head)), *_COPIED.findall(self.message)]
        found += [name for both in _NAMED_INSIDE.findall(self.command) for name in both]
        return frozenset(name.strip('"').replace('""', '"') for name in found if name)

    def __str__(self) -> str:
        return f"{self.message} ({self.command})" if self.command else self.message


@dataclass(frozen=True)
class Report:
    """`errors` condemn the backup, `beyond_this_server` only says that this server cannot judge it."""

    errors: tuple[Failure, ...] = ()
    beyond_this_server: tuple[Failure, ...] = ()
    omitted: frozenset[str] = frozenset()
    """The names of what was not asked of this server, as it lacks what that needs."""

    def and_error(self, message: str) -> "Report":
        return replace(self, errors=(*self.errors, Failure(message)))

    def and_beyond(self, messages: Iterable[str]) -> "Report":
        return replace(self, beyond_this_server=(*self.beyond_this_server, *map(Failure, messages)))

    @property
    def is_whole(self) -> bool:
        """Whether the server took all of the backup."""
        return not self.beyond_this_server and not self.omitted

    @property
    def affected(self) -> frozenset[str]:
        """The names of what is missing or incomplete only because this server could not take it."""
        return self.omitted.union(*(failure.names for failure in self.beyond_this_server))


def commands_of(failures: Iterable[Failure], kind: str) -> list[str]:
    """The commands that failed, of those that say `kind`, such as ADD CONSTRAINT."""
    return [failure.command for failure in failures if kind in failure.command]


def report_on(messages: Iterable[str], status: int, difference: Difference) -> Report:
    """Sort the lines that pg_restore wrote before it ended with `status`."""
    found, last = _failures(messages)
    failures = [failure for failure in found if not _HARMLESS.search(failure.message)]
    beyond = [failure for failure in failures if _is_beyond_this_server(failure, difference)]
    beyond = _with_consequences(beyond, failures)
    errors = [failure for failure in failures if failure not in beyond]
    if status and not found:
        errors = [Failure(f"pg_restore ended with status {status}: {last or 'it said nothing'}")]
    return Report(tuple(errors), tuple(beyond))


def _failures(messages: Iterable[str]) -> tuple[list[Failure], str]:
    """What went wrong, and the last words."""
    failures: list[Failure] = []
    last, in_command = "", False
    for line in messages:
        last = line.strip() or last
        if found := _ERROR.match(line):
            failures.append(Failure(found[1].strip()))
        in_command = line.startswith(_COMMAND) or (in_command and not line.startswith("pg_restore: "))
        if in_command and failures:
            failures[-1] = _with_command(failures[-1], line)
        elif line.startswith(_DETAIL) and failures:
            failures[-1] = replace(failures[-1], detail=line.removeprefix(_DETAIL).strip())
    return failures, last


def _with_command(failure: Failure, line: str) -> Failure:
    words = f"{failure.command} {line.removeprefix(_COMMAND)}".split()
    return replace(failure, command=" ".join(words)[:_LONGEST])


def _is_beyond_this_server(failure: Failure, difference: Difference) -> bool:
    if difference.major or _LACKING.search(failure.message) or _BEYOND_THIS_SERVER.search(failure.message):
        return True
    return difference.locale and _OF_THE_LOCALE.search(failure.message) is not None


def _with_consequences(beyond: list[Failure], failures: list[Failure]) -> list[Failure]:
    """`beyond` and all that failed for want of it, in the order of the failures."""
    parts_unknown = any(_LACKING.search(failure.message) for failure in beyond)
    while True:
        affected = Report(beyond_this_server=tuple(beyond)).affected
        found = [each for each in failures if each in beyond or _follows(each, affected, parts_unknown=parts_unknown)]
        if found == beyond:
            return beyond
        beyond = found


def _follows(failure: Failure, affected: frozenset[str], *, parts_unknown: bool) -> bool:
    if parts_unknown and "does not exist" in failure.message:
        return True
    if affected and "there is no unique constraint matching given keys" in failure.message:
        return True
    # A row that points to nowhere is excused only by what it points to.
    said = failure.detail if _FOREIGN_KEY in failure.message else failure.message
    return any(re.search(rf"(?<![\w$]){re.escape(name)}(?![\w$])", said) for name in affected)
