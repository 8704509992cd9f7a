"""The set-ups of docs/log-contract.md, exactly as they stand there, serve requests; their lines keep the contract."""

import json
import os
import re
import socket
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from emulator.account import NODE, ROOT
from lambdas.shared.log_contract.lines import check
from lambdas.vocabulary.log_contract import Event

DOCUMENT = (ROOT / "docs" / "log-contract.md").read_text()
SNIPPETS = dict(re.findall(r'```\w+ title="([^"]+)"\n(.*?)```', DOCUMENT, re.DOTALL))
ENVIRONMENT = {"PATH": os.environ["PATH"], "ENVIRONMENT": "test", "RELEASE": "1.2.3", "LOG_USER_KEY": "k" * 32}
PASSWORD = "hunter2-typed-as-a-name"
LONGEST_SILENCE_MS = 1000


def call(url, path, body=None, **headers):
    data = None if body is None else json.dumps(body).encode()
    request = Request(url + path, data, {"Content-Type": "application/json", **headers})  # noqa: S310
    try:
        with urlopen(request, timeout=10) as answer:  # noqa: S310  our own server
            return answer.status, answer.headers["x-request-id"]
    except HTTPError as error:
        return error.code, error.headers["x-request-id"]


@contextmanager
def serving(folder):
    command = [str(NODE / "node"), "app.mjs"]
    environment = ENVIRONMENT | {"PORT": "0", "LONGEST_SILENCE_MS": str(LONGEST_SILENCE_MS)}
    with subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        try:
            yield process, json.loads(process.stdout.readline())
        finally:
            process.terminate()


@pytest.fixture(params=["pino", "winston"])
def folder(request, tmp_path):
    """The set-up of one of the loggers, as the document says to make it."""
    (tmp_path / "node_modules").symlink_to(ROOT / "node_modules")
    (tmp_path / "log.mjs").write_text(SNIPPETS[f"{request.param}/log.mjs"])
    for name in ("mask.mjs", "contract.mjs", "app.mjs"):
        (tmp_path / name).write_text(SNIPPETS[name])
    return tmp_path


def read_until(process, lines, event, count):
    """The lines so far, and further ones until so many are of the event: the last may come after its answer."""
    while len(of(lines, event)) < count:
        lines.append(json.loads(process.stdout.readline()))
    return lines


@pytest.fixture
def lines(folder):
    """What the application logged while it was used and misused."""
    with serving(folder) as (process, first):
        url = f"http://127.0.0.1:{first['port']}"
        assert call(url, "/orders/JUNK-100001?page=2", **{"X-Request-Id": "trace-7"}) == (200, "trace-7")
        assert call(url, "/orders", {})[0] == 500
        assert call(url, "/login", {"name": PASSWORD, "password": "x"}, **{"X-Forwarded-For": "203.0.113.7"})[0] == 401
        assert call(url, "/wp-login.php")[0] == 404
        assert call(url, "/nowhere", **{"X-Request-Id": "no good\tid"})[0] == 404
        assert call(url, "/orders", None, **{"X-Request-Id": "x" * 500})[0] == 404
        return read_until(process, [first], "request", 6)


def of(lines, event):
    return [line for line in lines if line.get("event") == event]


def keeps_the_contract(lines):
    broken = [(line, check(json.dumps(line).encode()).faults) for line in lines]
    return [(line, faults) for line, faults in broken if faults] == []


def test_a_node_backend_keeps_the_contract(lines):
    assert keeps_the_contract(lines)
    assert len(of(lines, "request")) == 6
    assert {line["environment"] for line in lines} == {"test"}


def test_node_names_failed_routes_by_template(lines):
    """A node backend names routes by their template even when they fail."""
    assert [(line["route"], line["status"]) for line in of(lines, "request")] == [
        ("/orders/:number", 200),
        ("/orders", 500),
        ("/login", 401),
        ("none", 404),
        ("none", 404),
        ("none", 404),
    ]


def test_node_ties_masked_error_to_request(lines):
    """A node backend ties an error to its request and masks what it says."""
    (error,), failed = of(lines, "error"), of(lines, "request")[1]
    assert error["request_id"] == failed["request_id"]
    assert (error["route"], error["error"]["type"]) == ("/orders", "TypeError")
    assert error["error"]["message"] == "price of [masked] is undefined"
    assert "app.mjs" in error["error"]["stack"]


def test_node_reports_failed_logins_hashed(lines):
    """A node backend says failed logins by address and by a hash of the name."""
    (failed,) = of(lines, "login_failed")
    assert failed["client"] == "203.0.113.7"
    assert PASSWORD not in json.dumps(lines)
    (suspicious,) = of(lines, "suspicious_request")
    assert suspicious["reason"] == "a path of another product"


TROUBLE = """
import { Readable, pipeline } from "node:stream";
const secret = "of ann@example.com, password=hunter2, postgres://app:hunter2@db";
app.get("/destroyed", (request, response) => response.destroy());
app.get("/destroyed-with", (request, response) => response.destroy(new RangeError(secret)));
app.get("/half", (request, response, next) => { response.write("half"); next(new RangeError(secret)); });
app.get("/half-status", (request, response, next) => {
  response.write("half");
  next({ status: 404, toString: null });
});
app.get("/half-thrown", async (request, response) => { response.write("half"); throw new RangeError(secret); });
app.get("/half-stream", (request, response, next) => {
  const broken = new Readable({ read() { this.push("half"); this.destroy(new RangeError(secret)); } });
  pipeline(broken, response, (error) => error && next(error));
});
app.get("/silent", () => {});
app.get("/half-silent", (request, response) => response.write("half"));
app.get("/late", async (request, response) => {
  await new Promise((answer) => request.socket.once("timeout", () => setImmediate(answer)));
  response.json({});
});
app.get("/endless", (request, response, next) => {
  const endless = new Readable({ read() { setTimeout(() => this.push("x".repeat(1000)), 5); } });
  pipeline(endless, response, (error) => error && next(error));
});
app.get("/waiting", (request, response) => { log("info", "it waits"); });
app.post("/body", (request, response) => response.json({}));
app.get("/text", () => { throw "only a text of ann@example.com"; });
app.get("/upstream", () => { throw Object.assign(new Error("x"), { status: "404 Not Found" }); });
app.get("/big", (request, response) => {
  log("info", "big", { bytes: 2n ** 70n });
  response.json({});
});
"""


@pytest.fixture
def troubled(folder):
    """The application with routes that break their responses, and a connection to it."""
    app = (folder / "app.mjs").read_text().replace("app.use(errors);", f"{TROUBLE}\napp.use(errors);")
    imports = re.findall(r"^import .*", app, re.MULTILINE)
    (folder / "app.mjs").write_text("\n".join([*imports, re.sub(r"^import .*", "", app, flags=re.MULTILINE)]))
    with serving(folder) as (process, first):
        yield process, ("127.0.0.1", first["port"])


def exchange(address, request, *, until=b""):
    """What was answered until the server ended it, or until the client has seen enough and goes away."""
    with socket.create_connection(address, timeout=10) as connection:
        connection.sendall(request.encode())
        answer = b""
        while chunk := connection.recv(4096):
            answer += chunk
            if until and until in answer:
                break
        return answer


def get(path):
    return f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"


@pytest.mark.parametrize(
    ("path", "status", "error"),
    [
        ("/destroyed", 500, "BrokenResponse"),
        ("/destroyed-with", 500, "RangeError"),
        ("/half", 500, "RangeError"),
        ("/half-status", 500, "Error"),
        ("/half-thrown", 500, "RangeError"),
        ("/half-stream", 500, "RangeError"),
        ("/silent", 504, "NoAnswer"),
        ("/half-silent", 504, "NoAnswer"),
        ("/late", 504, "NoAnswer"),
        ("/text", 500, "Error"),
        ("/upstream", 500, "Error"),
    ],
)
def test_broken_response_is_one_error(troubled, path, status, error):
    """A response that the server breaks is its failure with one error."""
    process, address = troubled
    exchange(address, get(path))
    exchange(address, get("/orders/JUNK-1"))
    written = read_until(process, [], "request", 2)
    assert [line["status"] for line in of(written, "request")] == [status, 200]
    assert [(line["error"]["type"], line["route"]) for line in of(written, "error")] == [(error, path)]
    assert of(written, "error")[0]["request_id"] == of(written, "request")[0]["request_id"]
    assert keeps_the_contract(written)
    assert not re.search("ann@|hunter2", json.dumps(written))


@pytest.mark.parametrize("reset", [False, True], ids=["closed", "reset"])
@pytest.mark.parametrize("path", ["/waiting", "/endless"])
def test_leaving_client_is_no_failure(troubled, path, reset):
    """A client that goes away is no failure."""
    process, address = troubled
    written = []
    with socket.create_connection(address, timeout=10) as connection:
        connection.sendall(get(path).encode())
        if path == "/waiting":
            written.append(json.loads(process.stdout.readline()))
        else:
            connection.recv(100)
        if reset:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    written = read_until(process, written, "request", 1)
    assert [(line["status"], line["level"]) for line in of(written, "request")] == [(499, "warning")]
    assert of(written, "error") == []


def test_client_stopping_midway_is_no_failure(troubled):
    """A client that stops in its request is no failure."""
    process, address = troubled
    with socket.create_connection(address, timeout=10) as connection:
        connection.sendall(
            b"POST /body HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{"
        )
    written = read_until(process, [], "request", 1)
    assert [line["status"] for line in of(written, "request")] == [499]
    assert of(written, "error") == []


def test_reused_connection_is_judged_anew(troubled):
    """A connection that is used again is judged anew."""
    process, address = troubled
    with socket.create_connection(address, timeout=10) as connection:
        for path in ("/orders/JUNK-1", "/orders/JUNK-2"):
            connection.sendall(get(path).replace("Connection: close\r\n", "").encode())
            assert b" 200 OK" in connection.recv(4096)
        connection.sendall(get("/half").encode())
        while connection.recv(4096):  # what there is of it
            continue
    written = read_until(process, [], "request", 3)
    assert [line["status"] for line in of(written, "request")] == [200, 200, 500]


def test_numbers_beyond_json_s_are_logged(troubled):
    process, address = troubled
    assert b" 200 OK" in exchange(address, get("/big"))
    written = read_until(process, [], "request", 1)
    (big,) = (line for line in written if line["message"] == "big")
    assert str(big["bytes"]) == str(2**70)


PYTHON = """
import asyncio, logging
from contract_log import log, pseudonym, served, set_up

set_up()
log(logging.INFO, "release serves of ann@example.com", event="deploy")
with served("trace-7", "GET") as seen:
    seen.route, seen.status = "/orders/{number}", 200

class HTTPException(Exception):
    status_code = 404

def fail(error):
    try:
        with served("trace-8", "POST") as seen:
            seen.route, seen.status = "/orders", 200
            raise error(secret)
    except BaseException:
        pass

secret = "no price for ann@example.com, password=hunter2, postgres://app:hunter2@db"
fail(ValueError)
fail(SystemExit)
fail(HTTPException)

async def cancelled():
    with served("trace-9", "GET") as seen:
        seen.route, seen.status = "/orders", 200
        await asyncio.sleep(3600)

async def main():
    task = asyncio.create_task(cancelled())
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait([task])

asyncio.run(main())

def stream():
    with served("trace-10", "GET") as seen:
        seen.route, seen.status = "/orders", 200
        yield b"half"

answer = stream()
next(answer)
answer.close()  # as a server of WSGI does when nobody reads on
logging.exception("no error at all")
log(logging.WARNING, "login failed", event="login_failed", request_id="trace-11", client="203.0.113.7",
    user=pseudonym("hunter2-typed-as-a-name"))
"""
STRUCTLOG = """
import contract_structlog, structlog

log = structlog.get_logger()
log.info("release serves", _event="deploy")
log.warning("cache of ann@example.com is cold")
log.info("request", _event="request", request_id="trace-7", method="GET", route="/orders/{number}", status=200,
    duration_ms=12.7)
secret = "no price for ann@example.com, password=hunter2"
try:
    raise ValueError(secret)
except ValueError as error:
    log.exception("request failed", request_id="trace-8")
    log.error("request failed", exc_info=error)
"""


def run_python(tmp_path, text):
    for name in ("contract_log.py", "contract_structlog.py"):
        (tmp_path / name).write_text(SNIPPETS[name])
    (tmp_path / "backend.py").write_text(text)
    command = [sys.executable, "backend.py"]
    run = subprocess.run(command, check=False, cwd=tmp_path, env=ENVIRONMENT, capture_output=True, text=True)
    assert (run.returncode, run.stderr) == (0, "")
    assert not re.search("ann@|hunter2", run.stdout)
    return [json.loads(line) for line in run.stdout.splitlines()]


def test_a_python_backend_keeps_the_contract(tmp_path):
    lines = run_python(tmp_path, PYTHON)
    assert keeps_the_contract(lines)
    assert [(line.get("event"), line.get("status")) for line in lines] == [
        ("deploy", None),
        ("request", 200),
        ("error", None),
        ("request", 500),
        ("error", None),
        ("request", 500),
        ("request", 404),
        ("request", 499),
        ("request", 499),
        (None, None),
        ("login_failed", None),
    ]
    assert lines[2]["request_id"] == lines[3]["request_id"] == "trace-8"


def test_structlog_keeps_the_contract(tmp_path):
    lines = run_python(tmp_path, STRUCTLOG)
    assert keeps_the_contract(lines)
    assert [(line.get("event"), line["message"], line["level"]) for line in lines] == [
        ("deploy", "release serves", "info"),
        (None, "cache of [masked] is cold", "warning"),
        ("request", "request", "info"),
        ("error", "request failed", "error"),
        ("error", "request failed", "error"),
    ]


def test_examples_cover_every_event():
    """The examples of the document keep the contract and are of every event."""
    examples = re.search(r"```json\n(.*?)```", DOCUMENT, re.DOTALL)[1].splitlines()
    found = [check(example.encode()) for example in examples]
    assert [line.faults for line in found] == [()] * len(examples)
    assert {line.event for line in found} == {*Event, None}


def test_every_snippet_is_run():
    """Every snippet of the document is run here."""
    node = {"mask.mjs", "pino/log.mjs", "winston/log.mjs", "contract.mjs", "app.mjs"}
    assert set(SNIPPETS) == node | {"contract_log.py", "contract_structlog.py"}
    assert Path(NODE, "node").is_file()
