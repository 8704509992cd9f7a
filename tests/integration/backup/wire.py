"""A network path to a server, which can be cut or go dead."""

import contextlib
import socket
import struct
import threading
from contextlib import contextmanager

AT_ONCE = struct.pack("ii", 1, 0)  # closing discards what waits and resets the connection: `struct linger`


class Wire:
    """Forwards connections to a port of 127.0.0.1."""

    def __init__(self, port: int) -> None:
        self._to, self._sockets = port, []
        self._passing = threading.Event()
        self._passing.set()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]

    def cut(self) -> None:
        """Reset every connection.

        A shutdown alone would leave the kernel to take what the server sends, until its buffer is full and the server
        waits for ever; it is there to wake the threads that read.
        """
        for end in self._sockets:
            with contextlib.suppress(OSError):
                end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def go_dead(self) -> None:
        """Deliver nothing any more, and say nothing of it."""
        self._passing.clear()

    def serve(self) -> None:
        with contextlib.suppress(OSError):  # the listener was closed
            while True:
                near, _ = self._listener.accept()
                far = socket.create_connection(("127.0.0.1", self._to))
                self._sockets += [near, far]
                for one, other in ((near, far), (far, near)):
                    threading.Thread(target=self._carry, args=(one, other), daemon=True).start()

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.cut()
        self._passing.set()

    def _carry(self, one: socket.socket, other: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := one.recv(65536):
                self._passing.wait()
                other.sendall(data)
            other.shutdown(socket.SHUT_RDWR)


@contextmanager
def wire_to(port: int):
    wire = Wire(port)
    thread = threading.Thread(target=wire.serve, daemon=True)
    thread.start()
    try:
        yield wire
    finally:
        wire.close()
        thread.join()
