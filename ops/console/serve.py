"""Serves the console to browsers of this machine."""

from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from ops.console.answer import HEADERS, LARGEST_FORM, Answer, Console, Request

HERE = "127.0.0.1"
_PATIENCE = 30
"""Seconds that a connection may be silent."""


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, port: int, console_at: Callable[[int], Console]) -> None:
        """`port` 0 is a free one.  Raises OSError when it is taken."""
        super().__init__((HERE, port), _Handler)
        self.console = console_at(self.server_port)


class _Handler(BaseHTTPRequestHandler):
    server: Server
    timeout = _PATIENCE

    def do_GET(self) -> None:
        self._send(self.server.console.answer(self._request()))

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal() or int(length) > LARGEST_FORM:
            self.close_connection = True
            self._send(Answer(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, ""))
            return
        self._send(self.server.console.answer(self._request(self.rfile.read(int(length)))))

    def _request(self, body: bytes = b"") -> Request:
        headers = {name.lower(): value for name, value in self.headers.items()}
        return Request(self.command, self.path, headers, body)

    def _send(self, answer: Answer) -> None:
        body = answer.body.encode()
        self.send_response(answer.status)
        for name, value in {**HEADERS, **answer.headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def version_string(self) -> str:
        return "ops"

    def log_message(self, *_: object) -> None:
        """Addresses hold ids and the key: none is written to the terminal."""
