"""A sample backend to be watched: `DATABASE_URL=… python -m demo.sample.backend --port 8080`.

It serves `/health`, `/orders`, `/orders/{number}`, `/login` and, for Prometheus, `/metrics` on loopback (TLS with
`--certificate`, a PEM of certificate and key) and writes lines of the log contract (docs/log-contract.md) to standard
output. With `--drills`, `POST /drills` takes the fields of `Drills` as a JSON object and puts those faults in force.
"""

import argparse
import hashlib
import hmac
import json
import os
import re
import secrets
import signal
import ssl
import sys
import time
import traceback
import uuid
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from functools import partial
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from prometheus_client import CONTENT_TYPE_LATEST, Counter, Histogram, generate_latest

from demo.sample.api import NOT_FOUND, Answer, Api, milliseconds_since
from lambdas.vocabulary.log_contract import NO_ROUTE, Event, Field

REQUEST_ID = re.compile(r"[A-Za-z0-9._:=-]{1,128}")
SUSPICIOUS = re.compile(r"/(wp-|\.env|\.git|phpmyadmin)|\.\./")
"""Paths that no user of this API asks for."""
USER_KEY = os.environ.get("LOG_USER_KEY", "").encode() or secrets.token_bytes(32)
LOAD_TEST_MARK = os.environ.get("LOAD_TEST_MARK", "1")
"""Of the requests that are left out of alarms and objectives; where strangers reach the API, it must not be guessed."""
REQUESTS = Counter("http_requests_total", "Answered requests", ["route", "status"])
DURATION = Histogram("http_request_duration_seconds", "How long answers took", ["route"])
CLIENT_WENT_AWAY = 499  # nginx's number: no answer was sent, and the server is not to blame


class Backend(ThreadingHTTPServer):
    """The listening server; `url` is where it is reached."""

    def __init__(self, api: Api, port: int, *, certificate: Path | None = None, drills: bool = False) -> None:
        super().__init__(("127.0.0.1", port), Request)
        self.api = api
        self.drills_allowed = drills
        self.url = f"{'https' if certificate else 'http'}://127.0.0.1:{self.server_port}"
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            # The handshake is left to the request's thread, so that a silent client blocks no other.
            self.socket = context.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)

    def handle_error(self, _request: object, client_address: tuple[str, int]) -> None:
        """Log a connection that broke before it was a request, such as plain text sent to a TLS port."""
        log("warning", "broken connection", client=client_address[0], error=described(sys.exception()))


class Request(BaseHTTPRequestHandler):
    """One request: routed, answered, logged."""

    server: Backend
    protocol_version = "HTTP/1.1"
    timeout = 30

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        if SUSPICIOUS.search(path):
            return self.serve(NO_ROUTE, self.refuse_suspicious)
        if path == "/metrics":
            return self.serve(path, lambda: Answer(HTTPStatus.OK, generate_latest().decode()))
        for route, answer in self.server.api.routes.items():
            pattern = re.sub(r"{(\w+)}", r"(?P<\1>[^/]+)", route)
            if found := re.fullmatch(pattern, path):
                return self.serve(route, partial(self.answer_under_drills, answer, **found.groupdict()))
        return self.serve(NO_ROUTE, lambda: NOT_FOUND)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path == "/drills" and self.server.drills_allowed:
            return self.serve("/drills", lambda: self.change_drills(body))
        if self.path == "/login":
            return self.serve("/login", lambda: self.log_in(body))
        return self.serve(NO_ROUTE, lambda: NOT_FOUND)

    def answer_under_drills(self, answer: Callable[..., Answer], **parameters: str) -> Answer:
        self.server.api.drills.strike()
        return answer(**parameters)

    def change_drills(self, body: bytes) -> Answer:
        try:
            self.server.api.drills.change(json.loads(body))
        except ValueError as error:
            return Answer(HTTPStatus.BAD_REQUEST, {"error": str(error)})
        return Answer(HTTPStatus.OK, asdict(self.server.api.drills))

    def log_in(self, body: bytes) -> Answer:
        """Refused: nobody has a password here."""
        try:
            name = str(json.loads(body)["name"])
        except (ValueError, TypeError, KeyError):
            return Answer(HTTPStatus.BAD_REQUEST, {"error": "a JSON object with name and password is needed"})
        self.log_security(Event.LOGIN_FAILED, user=pseudonym(name))
        return Answer(HTTPStatus.UNAUTHORIZED, {"error": "wrong name or password"})

    def refuse_suspicious(self) -> Answer:
        about = {"method": self.command, "route": NO_ROUTE}
        self.log_security(Event.SUSPICIOUS_REQUEST, **about, reason="a path of another product")
        return NOT_FOUND

    def log_security(self, event: Event, **facts: str) -> None:
        request_id, client = self.request_id, self.client_address[0]
        log("warning", event.replace("_", " "), event=event, request_id=request_id, client=client, **facts)

    def serve(self, route: str, answer: Callable[[], Answer]) -> None:
        """Answer and log; what goes wrong inside becomes a 500 whose cause is only in the log."""
        started, given = time.perf_counter(), self.headers.get("X-Request-Id", "")
        self.request_id = given if REQUEST_ID.fullmatch(given) else uuid.uuid4().hex
        about: dict[str, object] = {"request_id": self.request_id, "method": self.command, "route": route}
        if self.headers.get("X-Load-Test") == LOAD_TEST_MARK:
            about[Field.LOAD_TEST] = True
        try:
            found = answer()
        except Exception as problem:  # noqa: BLE001 - the last place where a request's failure can be logged
            body = {"error": "internal error", "request_id": self.request_id}
            found = Answer(HTTPStatus.INTERNAL_SERVER_ERROR, body)
            log("error", "request failed", event=Event.ERROR, **about, error=described(problem))
        status = self.send(found, self.request_id)
        took = milliseconds_since(started)
        REQUESTS.labels(route, str(status)).inc()
        DURATION.labels(route).observe(took / 1000)
        log(level_of(status), "request", event=Event.REQUEST, **about, status=status, duration_ms=took)

    def send(self, answer: Answer, request_id: str) -> int:
        """Send the answer and return the status to log."""
        text, content_type = answer.body, CONTENT_TYPE_LATEST
        if not isinstance(text, str):
            text, content_type = json.dumps(text), "application/json"
        body = text.encode()
        try:
            self.send_response(answer.status)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("X-Request-Id", request_id)
            self.end_headers()
            self.wfile.write(body)
        except ConnectionError:
            self.close_connection = True
            return CLIENT_WENT_AWAY
        return answer.status.value

    def log_message(self, *_: object) -> None:
        """Nothing: the structured line says it."""


def described(problem: BaseException | None) -> dict[str, str]:
    return {
        "type": type(problem).__name__,
        "message": str(problem).strip() or "-",
        "stack": "".join(traceback.format_exception(problem)),
    }


def pseudonym(name: str) -> str:
    """What stands for a login name in the log."""
    return hmac.new(USER_KEY, name.strip().lower().encode(), hashlib.sha256).hexdigest()[:32]


def level_of(status: int) -> str:
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return "error"
    return "warning" if status >= HTTPStatus.BAD_REQUEST else "info"


def log(level: str, message: str, **facts: object) -> None:
    """Write one line: when, how grave, from which service, environment and release, and the facts."""
    line = {
        "time": datetime.now(UTC).isoformat(),
        "level": level,
        "service": os.environ.get("SERVICE", "junkos-backend"),
        "environment": os.environ.get("ENVIRONMENT", "local"),
        "release": os.environ.get("RELEASE", "unreleased"),
        "message": message,
        **facts,
    }
    # One write, so that lines of requests served at the same time do not mix.
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="The sample backend; DATABASE_URL names its database.")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one; the first log line names it")
    parser.add_argument("--certificate", type=Path, help="PEM file of certificate and key: serve TLS")
    parser.add_argument("--drills", action="store_true", help="allow POST /drills to put faults in force")
    return parser.parse_args()


def stop(*_: Any) -> None:
    raise SystemExit(0)


def main() -> None:
    options = arguments()
    if "DATABASE_URL" not in os.environ:
        sys.exit("the sample backend needs DATABASE_URL, a postgresql:// URL, in its environment")
    signal.signal(signal.SIGTERM, stop)
    api = Api(os.environ["DATABASE_URL"])
    with Backend(api, options.port, certificate=options.certificate, drills=options.drills) as backend:
        log("info", "listening", event=Event.DEPLOY, url=backend.url)
        backend.serve_forever()


if __name__ == "__main__":
    main()
