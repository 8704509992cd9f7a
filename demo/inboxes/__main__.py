"""The inboxes' server: `python -m demo.inboxes` prints its two ports and serves until it is stopped.

`GET /` is the home page of `make up`, once `POST /home` has named its account.  `GET /received` lists what has arrived.
`POST /misbehave` takes `{"inbox": …, "status": 429, "retry_after": 3, "times": 2}` or
`{"inbox": …, "hang_seconds": 60}`, and `{"inbox": …}` to behave again.
"""

import json
import time
from email import message_from_bytes, policy
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from aiosmtpd.controller import Controller
from botocore.exceptions import BotoCoreError, ClientError

from demo.home.content import Source, read_content
from demo.home.page import HEADERS, STYLE, page, style
from demo.inboxes.inbox import Arrival, Inbox
from demo.inboxes.receivers import RECEIVERS, Receive, RefusedError
from emulator.process import exit_on_signals, free_port
from lambdas.shared.catalogue import NotABackupError


class InboxServer(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, inbox: Inbox) -> None:
        super().__init__(("127.0.0.1", 0), Request)
        self.inbox = inbox
        self.home: Source | None = None


class Request(BaseHTTPRequestHandler):
    server: InboxServer
    protocol_version = "HTTP/1.1"
    timeout = 30

    def do_GET(self) -> None:
        inbox, headers = self.server.inbox, {**HEADERS, "Content-Type": "text/html; charset=utf-8"}
        if self.path == "/received":
            written = json.dumps({"received": inbox.as_list(), "attempts": inbox.attempts})
            return self.answer(HTTPStatus.OK, written)
        if self.path == STYLE:
            return self.answer(HTTPStatus.OK, style().decode(), {**headers, "Content-Type": "text/css"})
        if self.path != "/":
            return self.answer(HTTPStatus.NOT_FOUND, "")
        try:
            return self.answer(HTTPStatus.OK, self.home(), headers)
        except (BotoCoreError, ClientError, NotABackupError, LookupError) as error:
            plain = {**headers, "Content-Type": "text/plain; charset=utf-8"}
            return self.answer(HTTPStatus.SERVICE_UNAVAILABLE, f"the account cannot be read: {error}\n", plain)

    def home(self) -> str:
        if self.server.home is None:
            raise LookupError("it is not up yet")
        return page(read_content(self.server.home, self.server.inbox.all())).decode()

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path == "/misbehave":
            self.server.inbox.misbehave(**json.loads(body))
            return self.answer(HTTPStatus.NO_CONTENT, "")
        if self.path == "/home":
            self.server.home = Source(**json.loads(body))
            return self.answer(HTTPStatus.NO_CONTENT, "")
        receive = RECEIVERS.get(self.path)
        if receive is None:
            return self.answer(HTTPStatus.NOT_FOUND, "no_service")
        return self.receive(receive, body)

    def receive(self, receive: Receive, body: bytes) -> None:
        wanted = self.server.inbox.request(receive.__name__)
        if wanted:
            time.sleep(wanted.hang_seconds)
            again = {"Retry-After": str(wanted.retry_after)} if wanted.retry_after else {}
            return self.answer(HTTPStatus(wanted.status), "misbehaving on request", again)
        try:
            status, said, arrival = receive(body, self.headers)  # type: ignore[arg-type]  # a mapping in all but name
        except RefusedError as refusal:
            return self.answer(refusal.status, str(refusal))
        self.server.inbox.keep(arrival)
        return self.answer(status, said)

    def answer(self, status: HTTPStatus, text: str, headers: dict[str, str] | None = None) -> None:
        body = text.encode()
        self.send_response(status)
        for name, value in {**(headers or {}), "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """What arrived is in the inbox."""


class Mail:
    """aiosmtpd's handler."""

    def __init__(self, inbox: Inbox) -> None:
        self._inbox = inbox

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        if wanted := self._inbox.request("mail"):
            return f"{wanted.status} misbehaving on request"
        message = message_from_bytes(envelope.content, policy=policy.default)
        body = message.get_body(("plain",))
        text = body.get_content().replace("\r\n", "\n") if body else ""
        about = {"to": envelope.rcpt_tos, "from": message["From"], "subject": message["Subject"]}
        self._inbox.keep(Arrival("mail", text, about=about))
        return "250 OK"


def main() -> None:
    exit_on_signals()
    inbox = Inbox()
    mail = Controller(Mail(inbox), hostname="127.0.0.1", port=free_port())
    mail.start()
    server = InboxServer(inbox)
    print(json.dumps({"http": server.server_port, "smtp": mail.port}), flush=True)
    try:
        server.serve_forever()
    finally:
        mail.stop()


if __name__ == "__main__":
    main()
