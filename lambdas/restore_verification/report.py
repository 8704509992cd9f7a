"""What pg_restore said, sorted: into what is harmless, what this server cannot do, and real errors."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

_ENTRY = re.compile(r"pg_restore: from TOC entry \d+; \d+ \d+ (.+)")
_ERROR = re.compile(r"pg_restore: error: (?:could not execute query: )?(?:ERROR:  )?(.+)")

_HARMLESS = re.compile(r'schema "public" already exists')  # it is there in every new database

_BEYOND_THIS_SERVER = re.compile(
    r"""extension\ ".+"\ is\ not\ available
    | could\ not\ access\ file
    | could\ not\ load\ library
    | must\ be\ loaded\ via\ .?shared_preload_libraries
    | unsupported\ XML\ feature
    | ICU\ is\ not\ supported\ in\ this\ build
    | compression\ method\ \S+\ not\ supported
    | collation\ ".+"\ for\ encoding\ ".+"\ does\ not\ exist
    | could\ not\ create\ locale
    | language\ ".+"\ does\ not\ exist
    | access\ method\ ".+"\ does\ not\ exist
    """,
    re.VERBOSE,
)
# These hang on the locale: under another one, rows can break rules that they kept at the source.
_OF_THE_LOCALE = re.compile(
    r"violates (partition|check|exclusion|unique) constraint|could not create (unique index|exclusion constraint)"
    r"|empty range bound specified"
)


@dataclass(frozen=True)
class Failure:
    entry: str
    """The archive's entry: kind, schema, name and owner."""
    message: str


@dataclass(frozen=True)
class Report:
    """`errors` condemn the backup, `beyond_this_server` only says that this server cannot judge it."""

    errors: tuple[Failure, ...] = ()
    beyond_this_server: tuple[Failure, ...] = ()

    def entries_in_error(self, kind: str) -> list[str]:
        """The entries of a kind, such as CONSTRAINT, that were not restored."""
        return [failure.entry for failure in self.errors + self.beyond_this_server if kind in failure.entry]


def report_on(messages: Iterable[str], status: int, *, stand_in_locale: bool) -> Report:
    """Sort the lines that pg_restore wrote before it ended with `status`."""
    failures, last = _failures(messages)
    beyond = [failure for failure in failures if _is_beyond_this_server(failure, stand_in_locale=stand_in_locale)]
    errors = [failure for failure in failures if failure not in beyond and not _HARMLESS.search(failure.message)]
    if status and not failures:
        errors = [Failure("", f"pg_restore ended with status {status}: {last or 'it said nothing'}")]
    return Report(tuple(errors), tuple(beyond))


def _failures(messages: Iterable[str]) -> tuple[list[Failure], str]:
    failures, entry, last = [], "", ""
    for line in messages:
        last = line.strip() or last
        if found := _ENTRY.match(line):
            entry = found[1].strip()
        elif found := _ERROR.match(line):
            failures.append(Failure(entry, found[1].strip()))
    return failures, last


def _is_beyond_this_server(failure: Failure, *, stand_in_locale: bool) -> bool:
    if _BEYOND_THIS_SERVER.search(failure.message):
        return True
    return stand_in_locale and _OF_THE_LOCALE.search(failure.message) is not None
