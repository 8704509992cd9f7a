"""Ending a session from this side: a server that is frozen or out of reach enforces no limit of its own."""

import contextlib
import os
import socket
import threading
from collections.abc import Iterator

import psycopg2

from lambdas.shared.clock import Deadline
from lambdas.shared.connection import Connection


def hang_up(session: Connection) -> None:
    """End a session whatever it is doing in another thread: its query fails there, and the server drops it."""
    with contextlib.suppress(OSError, psycopg2.InterfaceError), _socket_of(session) as line:  # or it is gone
        line.shutdown(socket.SHUT_RDWR)


@contextlib.contextmanager
def hung_up_at(deadline: Deadline, session: Connection) -> Iterator[None]:
    """End the session when the deadline passes inside the block."""
    line = _socket_of(session)

    def end() -> None:
        with contextlib.suppress(OSError):  # the other side was faster
            line.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(max(0, deadline.remaining), end)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()
        line.close()


def _socket_of(session: Connection) -> socket.socket:
    return socket.socket(fileno=os.dup(session.fileno()))
