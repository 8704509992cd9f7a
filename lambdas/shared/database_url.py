"""Reading a PostgreSQL URL.  Nothing of it is ever quoted: any part may be a part of its password.

libpq takes a password that was not percent-encoded apart: of `me:S3cr/et@host/name` it makes the host `me`, the port
`S3cr` and the database `et@host/name`, and its errors then name them.
"""

import psycopg2
from psycopg2.extensions import parse_dsn

_ENCODE = "percent-encode the user and the password, / as %2F, @ as %40, % as %25"

_WORDS = {"dbname": "database"}


class BadDatabaseAddressError(Exception):
    """The database's URL or its TLS mode is not usable; the settings must change."""


def parameters_of(url: str, *needed: str) -> dict[str, str]:
    """libpq's parameters; raises ValueError with what is wrong with the URL, and nothing that stands in it.

    `needed` are parameters that it must name.
    """
    url = url.strip()
    try:
        parameters = {name: str(value) for name, value in parse_dsn(url).items()}
    except psycopg2.ProgrammingError:  # its message quotes the URL, and with it the password
        raise ValueError("is no PostgreSQL URL") from None
    if _is_taken_apart(url):
        raise ValueError(f"is not taken as it was meant: {_ENCODE}")
    for name in ("port", "connect_timeout"):
        if any(number and not number.isdecimal() for number in parameters.get(name, "").split(",")):
            raise ValueError(f"has a {name} that is no number: {_ENCODE}")
    if missing := [_WORDS.get(name, name) for name in needed if not parameters.get(name)]:
        raise ValueError(f"names no {' and no '.join(missing)}")
    return parameters


def _is_taken_apart(url: str) -> bool:
    """Whether there is an @ where libpq does not look for one: it ends the user's part at the first, before any /."""
    scheme, _, rest = url.partition("://")
    authority, _, path = rest.partition("/")
    return scheme.startswith("postgres") and (authority.count("@") > 1 or "@" in path.partition("?")[0])
