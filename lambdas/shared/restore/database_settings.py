"""The settings of the source's database, which its archive holds and pg_restore passes over.

Their values may be secrets: they stand in no message.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import psycopg2
from psycopg2.errors import InsufficientPrivilege, UndefinedObject
from psycopg2.sql import SQL, Composed, Identifier

from lambdas.shared.archive_contents import Contents
from lambdas.shared.connection import Connection
from lambdas.shared.restore.plan import IDENTIFIER, unquoted

_SETTING = re.compile(
    rf"^ALTER (?:DATABASE {IDENTIFIER}|ROLE ({IDENTIFIER}) IN DATABASE {IDENTIFIER})"
    rf" SET ({IDENTIFIER}) TO ((?:[^';]|'(?:[^']|'')*')*);$",
    re.MULTILINE,
)
_LITERAL = re.compile(r"'((?:[^']|'')*)'")
_COMMENT = re.compile(rf"COMMENT ON DATABASE {IDENTIFIER} IS (.*);\s*", re.DOTALL)
# They decide how a session begins, ends or writes, not what a value means: in force, they could end a restore.
_OF_SESSIONS = re.compile(r"default_transaction_read_only|default_tablespace|role|\w+_preload_libraries|\w+_timeout")


@dataclass(frozen=True)
class Setting:
    """One ALTER DATABASE … SET, or ALTER ROLE … IN DATABASE … SET; `value` is SQL, out of every representation."""

    name: str
    role: str | None
    value: str

    def __repr__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return f"{self.name} of role {self.role}" if self.role else self.name

    @property
    def is_of_sessions(self) -> bool:
        return _OF_SESSIONS.fullmatch(self.name) is not None

    @property
    def option(self) -> str | None:
        """As libpq's `options` take it for one session; None when only the server itself can say the value."""
        literal = _LITERAL.fullmatch(self.value)
        if self.role or not literal:
            return None
        value = literal[1].replace("''", "'")
        return f"-c {self.name}=" + re.sub(r"([\s\\])", r"\\\1", value)

    def set(self, database: str) -> Composed:
        return self._subject(database) + SQL(" SET {} TO ").format(Identifier(self.name)) + SQL(self.value)

    def reset(self, database: str) -> Composed:
        return self._subject(database) + SQL(" RESET {}").format(Identifier(self.name))

    def _subject(self, database: str) -> Composed:
        if self.role:
            return SQL("ALTER ROLE {} IN DATABASE {}").format(Identifier(self.role), Identifier(database))
        return SQL("ALTER DATABASE {}").format(Identifier(database))


@dataclass(frozen=True)
class Refusal:
    setting: Setting
    reason: str

    def __str__(self) -> str:
        return f"setting {self.setting.label}: {self.reason}"


def settings_of(contents: Contents) -> list[Setting]:
    return [
        Setting(unquoted(name), unquoted(role) if role else None, value)
        for entry in contents.of_kind("DATABASE PROPERTIES")
        for role, name, value in _SETTING.findall(entry.definition)
    ]


def comment_of(contents: Contents) -> str | None:
    """The database's comment as an SQL literal."""
    definitions = (entry.definition for entry in contents.of_kind("COMMENT"))
    return next((found[1] for definition in definitions if (found := _COMMENT.fullmatch(definition))), None)


def apply(session: Connection, database: str, settings: Iterable[Setting]) -> list[Refusal]:
    """Put them in force for sessions to come, in autocommit mode; returns those that the server refuses."""
    return [Refusal(setting, reason) for setting in settings if (reason := _refusal(session, setting.set(database)))]


def revert(session: Connection, database: str, settings: Sequence[Setting]) -> None:
    for setting in settings:
        with session.cursor() as cursor:
            cursor.execute(setting.reset(database))


def _refusal(session: Connection, statement: Composed) -> str | None:
    try:
        with session.cursor() as cursor:
            cursor.execute(statement)
    except (InsufficientPrivilege, UndefinedObject) as error:
        return error.diag.message_primary  # it names the parameter or the role
    except psycopg2.Error as error:
        if session.closed:
            raise
        return f"the server refuses its value (SQLSTATE {error.pgcode})"
    return None
