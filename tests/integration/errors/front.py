"""An HTTP API on 127.0.0.1: each request becomes an event of a function, in payload format 2.0."""

import contextlib
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from tests.releases import http_event


class Front(ThreadingHTTPServer):
    """`requests` are the methods and paths that came in, in their order."""

    daemon_threads = True

    def __init__(self, function):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.function, self.requests, self.answers = function, [], []
        self.url = f"http://127.0.0.1:{self.server_port}/"


@contextlib.contextmanager
def running(function):
    with Front(function) as front:
        threading.Thread(target=front.serve_forever, daemon=True).start()
        yield front
        front.shutdown()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def _answer(self):
        url = urlsplit(self.path)
        self.server.requests.append(f"{self.command} {url.path}")
        answered = self.server.function(http_event(self.command, url.path, self.headers, self._body(), url.query))
        self.server.answers.append(answered)
        body = answered["body"].encode()
        self.send_response(answered["statusCode"])
        for name, value in {**answered["headers"], "content-length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = do_PUT = do_DELETE = do_OPTIONS = _answer  # noqa: N815 - names of the standard library

    def _body(self):
        if "chunked" not in self.headers.get("transfer-encoding", ""):
            return self.rfile.read(int(self.headers.get("content-length", 0)))
        parts = []
        while length := int(self.rfile.readline().partition(b";")[0], 16):
            parts.append(self.rfile.read(length))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(parts)

    def log_message(self, *_):
        """Nothing is said."""
