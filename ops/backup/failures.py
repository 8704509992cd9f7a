"""What reading a backup or reaching a database raises, as the operator's own errors."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg2

from lambdas.shared.catalogue import NotABackupError
from lambdas.shared.database_url import BadDatabaseAddressError
from lambdas.shared.restore.errors import CouldNotVerifyError, DamagedBackupError
from ops.backup.target import line_about
from ops.errors import OpsError, RefusedError, UsageError


@contextmanager
def as_operator_errors() -> Iterator[None]:
    try:
        yield
    except NotABackupError as error:
        raise UsageError(str(error)) from error
    except BadDatabaseAddressError as error:
        raise UsageError(f"the target database: {error}") from error
    except DamagedBackupError as error:
        raise OpsError(f"the backup is damaged: {error} (do not use it; take another)") from error
    except CouldNotVerifyError as error:
        raise RefusedError(str(error)) from error
    except psycopg2.Error as error:
        raise RefusedError(line_about(error)) from error
