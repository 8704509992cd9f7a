"""Logging in to a PostgreSQL server: by an RDS IAM token in the database's subnets, else by a URL kept as a secret."""

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import psycopg2
from botocore.model import ServiceId
from botocore.signers import RequestSigner
from rds_certificates import BUNDLE

from lambdas.shared import aws
from lambdas.shared.clock import Deadline
from lambdas.shared.connection import Connection
from lambdas.shared.database_settings import DatabaseSettings
from lambdas.shared.database_url import BadDatabaseAddressError, parameters_of
from lambdas.shared.hang_up import hung_up_at
from lambdas.shared.pooler import is_pooled, refuse_shared_sessions
from lambdas.shared.session_limits import limits_at, setting
from lambdas.shared.stored_values import secret

TOKEN_LIFETIME = 900  # seconds; RDS checks the token when the session starts and never again
CONNECT_TIMEOUT = 10
TLS_MODES = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")


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
    session = session or aws.session()
    if settings.database_url_secret:
        return _login_of_url(secret(session.create_client("secretsmanager"), settings.database_url_secret), settings)
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

    They are set once it is known that the session is nobody else's, and with them the limits of every session of ours.
    Raises psycopg2.OperationalError when the server cannot be reached or refuses, PoolerError when there is a pooler
    before it that may give the session to others.
    """
    login = login.to(application_name=application_name)
    patience = int(login.parameters.get("connect_timeout", 0)) or CONNECT_TIMEOUT
    with opened(login) as session:
        session.autocommit = True
        with _answering(session, patience, login):
            if is_pooled(session):
                refuse_shared_sessions(session, lambda: _second(login, patience / 2), login.address)
            with session.cursor() as cursor:
                cursor.execute(setting(limits_at(session) | options))
        session.autocommit = False
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
def _second(login: Login, patience: float) -> Iterator[Connection]:
    with opened(login) as session:
        session.autocommit = True
        with _answering(session, patience, login):
            yield session


@contextlib.contextmanager
def _answering(session: Connection, patience: float, login: Login) -> Iterator[None]:
    """What is asked here is answered within `patience` seconds: who accepts a login may say nothing after it."""
    deadline = Deadline.within(patience)
    try:
        with hung_up_at(deadline, session):
            yield
    except (psycopg2.OperationalError, psycopg2.InterfaceError) as error:
        if deadline.remaining > 0:
            raise
        raise psycopg2.OperationalError(
            f"connection to server at {login.address} failed: timeout expired before it answered a first question"
        ) from error


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
        parameters = parameters_of(url, "host", "user")
    except ValueError as fault:
        raise BadDatabaseAddressError(
            f"the URL in the secret {settings.database_url_secret!r} of database {settings.database!r} {fault}"
            " (its form: postgresql://, user, a colon, password, @host:5432/name?sslmode=verify-full)"
        ) from None
    parameters.setdefault("dbname", parameters["user"])  # as PostgreSQL's own tools do
    password = parameters.pop("password", None)
    mode = parameters.setdefault("sslmode", settings.database_minimum_tls)
    if mode not in TLS_MODES or TLS_MODES.index(mode) < TLS_MODES.index(settings.database_minimum_tls):
        raise BadDatabaseAddressError(
            f"the URL of database {settings.database!r} says sslmode={mode}, and the settings demand at least"
            f" {settings.database_minimum_tls} (change the URL, or database.minimum_tls in the environment file)"
        )
    if mode.startswith("verify"):
        parameters.setdefault("sslrootcert", str(BUNDLE))
    if int(parameters.get("connect_timeout") or 0) == 0:  # libpq would wait for ever
        parameters["connect_timeout"] = str(CONNECT_TIMEOUT)
    return Login(parameters, password)


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
