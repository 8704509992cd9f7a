"""Logging in to a PostgreSQL server: by an RDS IAM token in the database's subnets, else by a URL kept as a secret."""

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import botocore.session
import psycopg2
from botocore.model import ServiceId
from botocore.signers import RequestSigner
from psycopg2.extensions import connection as Connection  # noqa: N812  (a class with a lower-case name)
from psycopg2.extensions import parse_dsn
from rds_certificates import BUNDLE

from lambdas.shared.database_settings import DatabaseSettings

TOKEN_LIFETIME = 900  # seconds; RDS checks the token when the session starts and never again
CONNECT_TIMEOUT = 10
TLS_MODES = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")


class BadDatabaseAddressError(Exception):
    """The database's URL or its TLS mode is not usable; the settings must change."""


@dataclass(frozen=True)
class Login:
    """Everything libpq needs for one connection.  The password stays out of every representation."""

    parameters: dict[str, str]
    password: str | None = field(default=None, repr=False)

    @property
    def address(self) -> str:
        """`host:port/database`, for people."""
        return "{host}:{port}/{dbname}".format_map(
            {
                "host": "localhost",
                "port": "5432",
                "dbname": self.parameters.get("user", ""),
                **self.parameters,
            }
        )

    def to(self, **parameters: str) -> "Login":
        """The same login with some parameters changed."""
        return replace(self, parameters={**self.parameters, **parameters})


def log_in(settings: DatabaseSettings, session: Any = None) -> Login:
    """The login for `settings`, fresh: an IAM token serves only a connection that starts within 15 minutes.

    `session` is a botocore session; without one, the process's own credentials are used.
    """
    session = session or botocore.session.get_session()
    if settings.database_url_secret:
        return _login_of_url(_secret(session, settings.database_url_secret), settings)
    host, login = settings.database_host, settings.database_login
    if not host or not login:
        raise BadDatabaseAddressError(
            f"database {settings.database!r} has neither a host nor a URL secret (deploy this function's stack again)"
        )
    return Login(
        {
            "host": host,
            "port": str(settings.database_port),
            "dbname": settings.database_name or "postgres",
            "user": login,
            "sslmode": "verify-full",
            "sslrootcert": str(BUNDLE),
            "connect_timeout": str(CONNECT_TIMEOUT),
        },
        _iam_token(session, host, settings.database_port, login),
    )


@contextlib.contextmanager
def connect(login: Login, *, application_name: str, **options: str) -> Iterator[Connection]:
    """A session that is closed at the end; `options` are server settings such as `statement_timeout`.

    Raises psycopg2.OperationalError when the server cannot be reached or refuses.
    """
    flags = [login.parameters.get("options", ""), *(f"-c {name}={value}" for name, value in options.items())]
    with opened(login.to(options=" ".join(filter(None, flags)), application_name=application_name)) as session:
        yield session


@contextlib.contextmanager
def opened(login: Login) -> Iterator[Connection]:
    """A session as the login alone has it, closed at the end: through a pooler, others may have it in between.

    Raises psycopg2.OperationalError when the server cannot be reached or refuses.
    """
    parameters: dict[str, Any] = dict(login.parameters)
    try:
        session = psycopg2.connect(**parameters, password=login.password)
    except UnicodeDecodeError as error:  # a refusal in the server's language and encoding, which psycopg2 cannot read
        raise psycopg2.OperationalError(error.object.decode(errors="replace")) from None
    with contextlib.closing(session):
        yield session


@contextlib.contextmanager
def password_file(login: Login) -> Iterator[tuple[dict[str, str], tuple[int, ...]]]:
    """Hand the password to a PostgreSQL tool through memory: neither argv nor environment nor disk sees it.

    Yields the environment variables for the tool and the descriptors that it must inherit (`pass_fds`).
    """
    if login.password is None:
        yield {}, ()
        return
    descriptor = os.memfd_create("pgpass")
    try:
        os.fchmod(descriptor, 0o600)  # libpq ignores a password file that others may read
        escaped = login.password.replace("\\", "\\\\").replace(":", "\\:")
        os.write(descriptor, f"*:*:*:*:{escaped}\n".encode())
        yield {"PGPASSFILE": f"/proc/self/fd/{descriptor}"}, (descriptor,)
    finally:
        os.close(descriptor)


def _login_of_url(url: str, settings: DatabaseSettings) -> Login:
    try:
        parameters = {name: str(value) for name, value in parse_dsn(url.strip()).items()}
    except psycopg2.ProgrammingError:  # its message quotes the URL, and with it the password
        raise BadDatabaseAddressError(
            f"the secret {settings.database_url_secret!r} of database {settings.database!r} holds no PostgreSQL URL"
            " (store one like postgresql://user:password@host:5432/name?sslmode=verify-full)"
        ) from None
    password = parameters.pop("password", None)
    mode = parameters.setdefault("sslmode", settings.database_minimum_tls)
    if mode not in TLS_MODES or TLS_MODES.index(mode) < TLS_MODES.index(settings.database_minimum_tls):
        raise BadDatabaseAddressError(
            f"the URL of database {settings.database!r} says sslmode={mode}, and the settings demand at least"
            f" {settings.database_minimum_tls} (change the URL, or database.minimum_tls in the environment file)"
        )
    if mode.startswith("verify"):
        parameters.setdefault("sslrootcert", str(BUNDLE))
    parameters.setdefault("connect_timeout", str(CONNECT_TIMEOUT))
    return Login(parameters, password)


def _secret(session: Any, name: str) -> str:
    client = session.create_client("secretsmanager")
    text: str = client.get_secret_value(SecretId=name)["SecretString"]
    return text


def _iam_token(session: Any, host: str, port: int, login: str) -> str:
    # Signed here rather than by an RDS client: the token needs no call, and the client's model costs 130 ms.
    signer = RequestSigner(
        ServiceId("RDS"),
        session.get_config_variable("region"),
        "rds-db",
        "v4",
        session.get_credentials(),
        session.get_component("event_emitter"),
    )
    request = {
        "method": "GET",
        "url": f"https://{host}:{port}/?Action=connect&DBUser={login}",
        "body": {},
        "headers": {},
        "context": {},
    }
    url: str = signer.generate_presigned_url(request, operation_name="connect", expires_in=TOKEN_LIFETIME)
    return url.removeprefix("https://")
