"""What an HTTP API of API Gateway does between a client and a function (payload format 2.0), on this machine.

    with front({"/api/0/": releases.answer, "/api/": intake.answer}) as here:
        dsn = here.dsn(key, number)

A route is the beginning of a path; the longest one that fits is called with the event, and answers as functions do.
"""

import base64
import contextlib
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

Function = Callable[[dict[str, Any]], Any]

LARGEST = 10_000_000  # bytes of a request, as at API Gateway
_AS_TEXT = ("text/", "application/json", "application/xml", "application/javascript")
"""All other bodies, those without a type included, are handed over in base64."""


@dataclass
class Front:
    port: int
    received: list[dict[str, Any]] = field(default_factory=list)
    """The events, as they were handed over."""
    answered: list[int] = field(default_factory=list)
    """The status of each answer."""
    failures: list[BaseException] = field(default_factory=list)
    """What functions raised; clients were answered 500."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def dsn(self, key: str, number: int) -> str:
        return f"http://{key}@127.0.0.1:{self.port}/{number}"


@contextlib.contextmanager
def front(routes: Mapping[str, Function]) -> Iterator[Front]:
    """Functions are called one at a time, as an instance of them is."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    server.here = Front(server.server_port)
    server.routes, server.lock = routes, threading.Lock()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.here
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 10

    def _serve(self) -> None:
        body = self._body()
        if body is None:
            self.close_connection = True
            self._write(413, {"content-type": "application/json"}, b'{"message":"Request Entity Too Large"}')
            return
        event = self._event(body)
        with self.server.lock:
            status, headers, said = _parts(self._call(event))
            self.server.here.received.append(event)
            self.server.here.answered.append(status)
        self._write(status, headers, said)

    def handle(self) -> None:
        with contextlib.suppress(ConnectionError):  # a client that ends need not say so
            super().handle()

    def _call(self, event: dict[str, Any]) -> Any:
        fitting = [start for start in self.server.routes if event["rawPath"].startswith(start)]
        if not fitting:
            return {"statusCode": 404, "body": '{"message":"Not Found"}'}
        try:
            return self.server.routes[max(fitting, key=len)](event)
        except Exception as error:  # noqa: BLE001  (as the platform does; the test looks at them)
            self.server.here.failures.append(error)
            return {"statusCode": 500, "body": '{"message":"Internal Server Error"}'}

    def _event(self, body: bytes) -> dict[str, Any]:
        target = urlsplit(self.path)
        headers: dict[str, str] = {}
        for name, value in self.headers.items():
            if name.lower() not in ("cookie", "transfer-encoding"):
                headers[name.lower()] = ",".join(filter(None, (headers.get(name.lower()), value)))
        as_text = headers.get("content-type", "").startswith(_AS_TEXT) and "content-encoding" not in headers
        query: dict[str, str] = {}
        for name, value in parse_qsl(target.query, keep_blank_values=True):
            query[name] = f"{query[name]},{value}" if name in query else value
        event = {
            "version": "2.0",
            "routeKey": "$default",
            "rawPath": target.path,
            "rawQueryString": target.query,
            "headers": headers,
            "requestContext": {
                "http": {
                    "method": self.command,
                    "path": target.path,
                    "protocol": self.request_version,
                    "sourceIp": self.client_address[0],
                    "userAgent": headers.get("user-agent", ""),
                },
                "domainName": headers.get("host", ""),
                "stage": "$default",
                "timeEpoch": int(datetime.now(UTC).timestamp() * 1000),
            },
            "isBase64Encoded": bool(body) and not as_text,
        }
        if query:
            event["queryStringParameters"] = query
        if cookies := self.headers.get_all("cookie"):
            event["cookies"] = [part.strip() for cookie in cookies for part in cookie.split(";")]
        if body:
            event["body"] = body.decode("utf-8", "replace") if as_text else base64.b64encode(body).decode()
        return event

    def _body(self) -> bytes | None:
        """None for one that is too large."""
        if "chunked" in self.headers.get("transfer-encoding", "").lower():
            return self._chunks()
        length = int(self.headers.get("content-length") or 0)
        return self.rfile.read(length) if length <= LARGEST else None

    def _chunks(self) -> bytes | None:
        body = bytearray()
        while length := int(self.rfile.readline(100).partition(b";")[0], 16):
            if len(body) + length > LARGEST:
                return None
            body += self.rfile.read(length)
            self.rfile.readline(10)
        while self.rfile.readline(1000).strip():
            pass  # trailers
        return bytes(body)

    def _write(self, status: int, headers: Mapping[str, str], said: bytes) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(said)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(said)

    def log_message(self, *_: Any) -> None:
        """Requests are in `received`."""


for method in ("GET", "POST", "PUT", "DELETE", "OPTIONS", "HEAD", "PATCH"):
    setattr(_Handler, f"do_{method}", _Handler._serve)


def _parts(answer: Any) -> tuple[int, Mapping[str, str], bytes]:
    """Whatever has no status is the body of a good answer, as JSON."""
    if not isinstance(answer, dict) or "statusCode" not in answer:
        return 200, {"content-type": "application/json"}, json.dumps(answer).encode()
    body = answer.get("body") or ""
    said = base64.b64decode(body) if answer.get("isBase64Encoded") else body.encode()
    return answer["statusCode"], {"content-type": "text/plain;charset=UTF-8", **_lowered(answer)}, said


def _lowered(answer: Mapping[str, Any]) -> dict[str, str]:
    return {name.lower(): str(value) for name, value in (answer.get("headers") or {}).items()}
