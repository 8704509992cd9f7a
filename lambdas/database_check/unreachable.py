"""Why a server cannot be reached, in one word and one line."""

import re
from enum import StrEnum

from lambdas.shared.postgres_errors import one_line


class Kind(StrEnum):
    """The kinds that call for different hands."""

    STARTING_UP = "starting up"
    TOO_MANY_CONNECTIONS = "too many connections"
    WRONG_PASSWORD = "wrong password"  # noqa: S105  the name of a fault
    UNKNOWN_LOGIN_OR_DATABASE = "unknown login or database"
    NOT_LET_IN = "not let in"
    TLS = "TLS"
    UNKNOWN_HOST = "unknown host"
    REFUSED = "refused"
    TIMEOUT = "timeout"
    CONNECTION_LOST = "connection lost"
    POOLER = "pooler"
    OTHER = "other"


# libpq gives no SQLSTATE for a login that failed, only text.  With several addresses it gives one line for each, so
# what a server said goes before what the network said.  A pooler (PgBouncer, RDS Proxy) has words of its own.
_SIGNS = {
    Kind.STARTING_UP: "database system is (starting up|shutting down|in recovery|not (yet )?accepting)",
    Kind.TOO_MANY_CONNECTIONS: (
        "too many (clients|connections)|remaining connection slots|no more connections allowed|query_wait_timeout"
    ),
    Kind.WRONG_PASSWORD: r"(password|PAM|SCRAM|md5) authentication failed|no password supplied|SASL authentication",
    Kind.UNKNOWN_LOGIN_OR_DATABASE: (
        r'(role|database) ".*" (does not exist|is not permitted to log in)|no such (user|database)'
    ),
    Kind.POOLER: "unsupported startup parameter|support command-line options|not allowed in statement pooling mode",
    Kind.CONNECTION_LOST: (
        "closed the connection|Connection reset|connection (already )?closed|terminating connection"
        "|EOF (detected|while)"
    ),
    Kind.TLS: "certificate|server does not support SSL|SSL error|TLS|no encryption|sslmode",
    Kind.NOT_LET_IN: "no pg_hba.conf entry|permission denied|not currently accepting",
    Kind.UNKNOWN_HOST: "could not translate host name|Name or service not known",
    Kind.REFUSED: "Connection refused|cannot connect to server|server login has been failing",
    Kind.TIMEOUT: "timeout expired|timed out|statement timeout|No route to host|Network is unreachable",
}


class UnreachableError(Exception):
    """The database did not answer; `kind` says how, the text what and the remedy."""

    def __init__(self, kind: Kind, message: str) -> None:
        super().__init__(message)
        self.kind = kind

    @classmethod
    def of(cls, error: Exception, password: str | None) -> "UnreachableError":
        """From what psycopg2 raised; the password is kept out of it."""
        text = str(error)
        return cls(kind_of(text), one_line(text, (password or "",)))


def kind_of(text: str) -> Kind:
    """The kind that libpq's or the server's own words stand for, whatever hosts and logins are called."""
    words = re.sub('"[^"]*"', '""', text)
    return next((kind for kind, signs in _SIGNS.items() if re.search(signs, words, re.IGNORECASE)), Kind.OTHER)
