"""Whether pg_dump waits for a lock that nobody gives up.

Its own limit is for tables alone.  For the definition of a view, and for much else, it waits as long as it takes: a
REFRESH or a DROP that is not committed would hold it, and the backup's locks with it, until the run's time is over.
"""

import threading
from collections.abc import Callable
from contextlib import ExitStack
from types import TracebackType
from typing import Self

import psycopg2

from lambdas.database_backup.blockers import blocker_of_ours
from lambdas.database_backup.errors import BackupInterruptedError
from lambdas.shared.connection import Connection
from lambdas.shared.database_url import BadDatabaseAddressError
from lambdas.shared.hang_up import hang_up
from lambdas.shared.observability import logger
from lambdas.shared.postgres import Login, connect
from lambdas.shared.postgres_errors import one_line
from lambdas.shared.session_limits import LOCK_WAIT

SILENCE = 5.0
"""Seconds without a byte of the dump, after which the server is asked what it waits for."""
_CONNECT_TIMEOUT = "5"  # seconds, less than is kept back for cleaning up


class LockWatch:
    """Looks on from a session of its own, which it opens only when nothing has come for a while.

    `failure` names who was in the way for longer than LOCK_WAIT; `give_up` was called then.
    """

    def __init__(self, login: Login, progress: Callable[[], int], give_up: Callable[[], None]) -> None:
        self.failure: BackupInterruptedError | None = None
        self._login, self._progress, self._give_up = login.to(connect_timeout=_CONNECT_TIMEOUT), progress, give_up
        self._over, self._seen = threading.Event(), 0
        self._session: Connection | None = None
        self._thread = threading.Thread(target=self._watch, name="lock-watch")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        if self._session:
            hang_up(self._session)
        self._thread.join()

    def _watch(self) -> None:
        try:
            with ExitStack() as stack:
                while self._falls_silent():
                    if blocker := blocker_of_ours(self._session or self._open(stack), LOCK_WAIT.total_seconds()):
                        self.failure = blocker.error(LOCK_WAIT.total_seconds())
                        self._give_up()
                        return
        except (psycopg2.Error, BadDatabaseAddressError) as error:
            if not self._over.is_set():
                logger.warning("nobody sees whether pg_dump waits for a lock", reason=one_line(str(error)))

    def _falls_silent(self) -> bool:
        """Wait until nothing has come for a while; false when the watch is over."""
        while not self._over.wait(SILENCE):
            before, self._seen = self._seen, self._progress()
            if self._seen == before:
                return True
        return False

    def _open(self, stack: ExitStack) -> Connection:
        name = self._login.parameters["application_name"]
        self._session = stack.enter_context(connect(self._login, application_name=name, search_path=""))
        self._session.autocommit = True
        return self._session
