"""The empty database that a dump is restored into: written in the source's encoding, sorted by its locale."""

import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass

from psycopg2.errors import FeatureNotSupported, InvalidParameterValue, WrongObjectType
from psycopg2.sql import SQL, Identifier, Literal

from lambdas.restore_verification.origin import Origin
from lambdas.restore_verification.server import Server
from lambdas.shared.connection import Connection

_Options = dict[str, str]

_STRATEGIES_SINCE = 15
_PROVIDERS_SINCE, _BUILTIN_SINCE = 15, 17  # before, a database's locale was the C library's
_LIBC = re.compile(r"(?P<language>[a-z]{2,3})_(?P<region>[A-Z]{2})(?:\.[\w-]+)?$")
_ANYWHERE = ("C.UTF-8", "C")
"""For LC_CTYPE: what characters are, where the machine and the encoding allow, else plain letters alone."""
_LOCALE_NOT_HERE = (FeatureNotSupported, InvalidParameterValue, WrongObjectType)


@dataclass(frozen=True)
class Locale:
    """What a database sorts by; `stand_in` names it when this machine has not got the source's."""

    stand_in: str | None = None
    is_exact: bool = True
    """Whether text is sure to sort as at the source: not with a stand-in, nor with ICU, whose versions differ."""


def create_database(server: Server, name: str, origin: Origin) -> Locale:
    """Create `name` anew as `origin` says, or as nearly as this server can."""
    with closing(server.connect("postgres")) as session:
        session.autocommit = True
        with session.cursor() as cursor:
            cursor.execute(SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(Identifier(name)))
        return _create_database(session, name, origin, server.major)


def _create_database(session: Connection, name: str, origin: Origin, major: int) -> Locale:
    # Copying files is the quickest way, and the only one that 14 knows.
    common = {"ENCODING": origin.encoding, **({"STRATEGY": "file_copy"} if major >= _STRATEGIES_SINCE else {})}
    if _create(session, name, {**common, **origin.locale}):
        return Locale(is_exact=origin.locale.get("LOCALE_PROVIDER") != "icu")
    for stand_in, locale in _stand_ins(origin, major):
        if _create(session, name, {**common, **locale}):
            return Locale(stand_in, is_exact=False)
    raise AssertionError("every server has the locale C")  # and it fits every encoding


def _stand_ins(origin: Origin, major: int) -> Iterator[tuple[str, _Options]]:
    """The nearest first: the same language by ICU, then the order of characters' numbers."""
    libc = _LIBC.match(origin.locale.get("LC_COLLATE") or origin.locale.get("LOCALE", ""))
    if libc and major >= _PROVIDERS_SINCE:
        language = f"{libc['language']}-{libc['region']}"
        for characters in _ANYWHERE:
            locale = {"LOCALE_PROVIDER": "icu", "ICU_LOCALE": language, "LC_COLLATE": "C", "LC_CTYPE": characters}
            yield f"{language} of ICU", locale
    if major >= _BUILTIN_SINCE:
        for characters in _ANYWHERE:
            locale = {"LOCALE_PROVIDER": "builtin", "BUILTIN_LOCALE": "C.UTF-8", "LC_COLLATE": "C"}
            yield "C.UTF-8", {**locale, "LC_CTYPE": characters}
    provider = {"LOCALE_PROVIDER": "libc"} if major >= _PROVIDERS_SINCE else {}
    for characters in _ANYWHERE:
        yield characters, {**provider, "LC_COLLATE": "C", "LC_CTYPE": characters}


def _create(session: Connection, name: str, options: _Options) -> bool:
    """Whether this server has that locale for that encoding, and the database is there."""
    each = (SQL("{} = {}").format(SQL(option), Literal(value)) for option, value in options.items())
    statement = SQL("CREATE DATABASE {} TEMPLATE template0 {}").format(Identifier(name), SQL(" ").join(each))
    try:
        with session.cursor() as cursor:
            cursor.execute(statement)
    except _LOCALE_NOT_HERE:
        return False
    return True
