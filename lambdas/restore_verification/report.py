"""What pg_restore said, sorted: into what is harmless, what this server cannot do, and real errors."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

_ERROR = re.compile(r"pg_restore: error: (?:could not execute query: )?(?:ERROR:  )?(.+)")
_COMMAND = "Command was: "
_LONGEST = 200
"""Letters of a command that are kept."""

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
    message: str
    command: str = ""
    """The first letters of the SQL command, where there was one."""

    def __str__(self) -> str:
        return f"{self.message} ({self.command})" if self.command else self.message


@dataclass(frozen=True)
class Report:
    """`errors` condemn the backup, `beyond_this_server` only says that this server cannot judge it."""

    errors: tuple[Failure, ...] = ()
    beyond_this_server: tuple[Failure, ...] = ()

    def and_error(self, message: str) -> "Report":
        return replace(self, errors=(*self.errors, Failure(message)))

    def and_beyond(self, messages: Iterable[str]) -> "Report":
        return replace(self, beyond_this_server=(*self.beyond_this_server, *map(Failure, messages)))

    def commands_in_error(self, kind: str) -> list[str]:
        """The commands that failed, of those that say `kind`, such as ADD CONSTRAINT."""
        return [failure.command for failure in self.errors + self.beyond_this_server if kind in failure.command]


def report_on(messages: Iterable[str], status: int, *, stand_in_locale: bool) -> Report:
    """Sort the lines that pg_restore wrote before it ended with `status`."""
    failures, last = _failures(messages)
    beyond = [failure for failure in failures if _is_beyond_this_server(failure, stand_in_locale=stand_in_locale)]
    errors = [failure for failure in failures if failure not in beyond and not _HARMLESS.search(failure.message)]
    if status and not failures:
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
    return failures, last


def _with_command(failure: Failure, line: str) -> Failure:
    words = f"{failure.command} {line.removeprefix(_COMMAND)}".split()
    return replace(failure, command=" ".join(words)[:_LONGEST])


def _is_beyond_this_server(failure: Failure, *, stand_in_locale: bool) -> bool:
    if _BEYOND_THIS_SERVER.search(failure.message):
        return True
    return stand_in_locale and _OF_THE_LOCALE.search(failure.message) is not None
