"""The empty database that a dump is restored into: written in the source's encoding, sorted by its locale."""

from contextlib import closing

from psycopg2.errors import FeatureNotSupported, InvalidParameterValue, WrongObjectType
from psycopg2.extensions import connection as Connection  # noqa: N812  (a class with a lower-case name)
from psycopg2.sql import SQL, Identifier, Literal

from lambdas.restore_verification.origin import Origin
from lambdas.restore_verification.server import Server

# Characters are known for what they are, as in the usual locales of the world; only their order is plain.
_UNICODE = {"LOCALE_PROVIDER": "builtin", "BUILTIN_LOCALE": "C.UTF-8", "LC_COLLATE": "C", "LC_CTYPE": "C.UTF-8"}
_STAND_INS = (_UNICODE, {**_UNICODE, "LC_CTYPE": "C"})
_EVERYWHERE = {"LOCALE_PROVIDER": "libc", "LOCALE": "C"}  # fits every encoding, and every server has it
_LOCALE_NOT_HERE = (FeatureNotSupported, InvalidParameterValue, WrongObjectType)


def create_database(server: Server, name: str, origin: Origin) -> str | None:
    """Create `name` anew as `origin` says; returns the locale that had to stand in, None when none had to."""
    with closing(server.connect("postgres")) as session:
        session.autocommit = True
        with session.cursor() as cursor:
            cursor.execute(SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(Identifier(name)))
        return _create_database(session, name, origin)


def _create_database(session: Connection, name: str, origin: Origin) -> str | None:
    for locale in (origin.locale, *_STAND_INS):
        try:
            _create(session, name, origin.encoding, locale)
        except _LOCALE_NOT_HERE:
            continue
        return None if locale is origin.locale else locale["BUILTIN_LOCALE"]
    _create(session, name, origin.encoding, _EVERYWHERE)
    return _EVERYWHERE["LOCALE"]


def _create(session: Connection, name: str, encoding: str, locale: dict[str, str]) -> None:
    options = SQL(" ").join(
        SQL("{} = {}").format(SQL(option), Literal(value)) for option, value in {"ENCODING": encoding, **locale}.items()
    )
    statement = SQL("CREATE DATABASE {} TEMPLATE template0 STRATEGY file_copy {}").format(Identifier(name), options)
    with session.cursor() as cursor:
        cursor.execute(statement)
