"""Failures of every kind, told as one clear line that names the database and the remedy."""

import contextlib
import re
from collections.abc import Iterator

import psycopg2
from botocore.exceptions import BotoCoreError, ClientError

from lambdas.database_backup.errors import (
    BackupError,
    BackupInterruptedError,
    OutOfTimeError,
    SourceNotReadyError,
    class_of,
)
from lambdas.shared.database_url import BadDatabaseAddressError
from lambdas.shared.observability import logger
from lambdas.shared.postgres_errors import one_line

_MORE_TIME = (
    "give the function more memory, which brings CPU, or more time, up to 15 minutes;"
    " or leave the rows of some tables out by excluded_table_data"
)

_SECRETS = re.compile(r"GetSecretValue|\bsecretsmanager\.")  # in an answer of the service, and in its address


@contextlib.contextmanager
def log_and_wrap_errors(database: str, bucket: str) -> Iterator[None]:
    """Log any failure and raise it again, as a BackupError when PostgreSQL, S3 or this function raised it."""
    try:
        with _translated(database, bucket):
            yield
    except Exception as error:
        logger.error(str(error), error=type(error).__name__, exc_info=not isinstance(error, BackupError))
        raise


@contextlib.contextmanager
def _translated(database: str, bucket: str) -> Iterator[None]:
    try:
        yield
    except OutOfTimeError as error:
        raise OutOfTimeError(f"backup of {database!r} stopped: {error} ({_MORE_TIME})") from error
    except BackupError as error:
        raise type(error)(f"backup of {database!r} stopped: {error}") from error
    except BadDatabaseAddressError as error:
        raise SourceNotReadyError(f"backup of {database!r} stopped: {error}") from error
    except psycopg2.Error as error:
        reason = one_line(str(error))
        raise class_of(str(error))(f"backup of {database!r} stopped: its session failed: {reason}") from error
    except (ClientError, BotoCoreError) as error:
        failed = "the secret of its URL" if _SECRETS.search(str(error)) else f"bucket {bucket!r}"
        raise BackupInterruptedError(f"backup of {database!r} stopped: {failed} failed: {error}") from error
