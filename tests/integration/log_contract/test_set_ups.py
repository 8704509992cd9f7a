"""The set-ups of docs/log-contract.md, exactly as they stand there, serve requests; their lines keep the contract."""

import json
import os
import re
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from embedded.account import NODE, ROOT
from lambdas.vocabulary.log_contract import Event
from log_contract.lines import check

DOCUMENT = (ROOT / "docs" / "log-contract.md").read_text()
SNIPPETS = dict(re.findall(r'```\w+ title="([^"]+)"\n(.*?)```', DOCUMENT, re.DOTALL))
ENVIRONMENT = {"PATH": os.environ["PATH"], "ENVIRONMENT": "test", "RELEASE": "1.2.3", "LOG_USER_KEY": "k" * 32}
PASSWORD = "hunter2-typed-as-a-name"


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
    with subprocess.Popen(
        command, cwd=folder, env=ENVIRONMENT | {"PORT": "0"}, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process, json.loads(process.stdout.readline())
        finally:
            process.terminate()


@pytest.fixture(params=["pino", "winston"])
def lines(request, tmp_path):
    """What the application logged while it was used and misused."""
    (tmp_path / "node_modules").symlink_to(ROOT / "node_modules")
    (tmp_path / "log.mjs").write_text(SNIPPETS[f"{request.param}/log.mjs"])
    for name in ("contract.mjs", "app.mjs"):
        (tmp_path / name).write_text(SNIPPETS[name])
    with serving(tmp_path) as (process, first):
        url = f"http://127.0.0.1:{first['port']}"
        assert call(url, "/orders/JUNK-100001?page=2", **{"X-Request-Id": "trace-7"}) == (200, "trace-7")
        assert call(url, "/orders", {})[0] == 500
        assert call(url, "/login", {"name": PASSWORD, "password": "x"}, **{"X-Forwarded-For": "203.0.113.7"})[0] == 401
        assert call(url, "/wp-login.php")[0] == 404
        assert call(url, "/nowhere", **{"X-Request-Id": "no good\tid"})[0] == 404
        assert call(url, "/orders", None, **{"X-Request-Id": "x" * 500})[0] == 404
        written = [first]
        while len(of(written, "request")) < 6:  # the last line may come after its answer
            written.append(json.loads(process.stdout.readline()))
    return written


def of(lines, event):
    return [line for line in lines if line.get("event") == event]


def test_a_node_backend_keeps_the_contract(lines):
    broken = [(line, check(json.dumps(line).encode()).faults) for line in lines]
    assert [(line, faults) for line, faults in broken if faults] == []
    assert len(of(lines, "request")) == 6
    assert {line["environment"] for line in lines} == {"test"}


def test_a_node_backend_names_routes_by_their_template_even_when_they_fail(lines):
    assert [(line["route"], line["status"]) for line in of(lines, "request")] == [
        ("/orders/:number", 200),
        ("/orders", 500),
        ("/login", 401),
        ("none", 404),
        ("none", 404),
        ("none", 404),
    ]


def test_a_node_backend_ties_an_error_to_its_request_and_masks_what_it_says(lines):
    (error,), failed = of(lines, "error"), of(lines, "request")[1]
    assert error["request_id"] == failed["request_id"]
    assert (error["route"], error["error"]["type"]) == ("/orders", "TypeError")
    assert error["error"]["message"] == "price of [masked] is undefined"
    assert "app.mjs" in error["error"]["stack"]


def test_a_node_backend_tells_failed_logins_by_address_and_by_a_hash_of_the_name(lines):
    (failed,) = of(lines, "login_failed")
    assert failed["client"] == "203.0.113.7"
    assert PASSWORD not in json.dumps(lines)
    (suspicious,) = of(lines, "suspicious_request")
    assert suspicious["reason"] == "a path of another product"


PYTHON = """
import logging
from contract_log import log, pseudonym, served, set_up

set_up()
log(logging.INFO, "release serves", event="deploy")
with served("trace-7", "GET") as seen:
    seen.route, seen.status = "/orders/{number}", 200
try:
    with served("trace-8", "POST") as seen:
        seen.route = "/orders"
        raise ValueError("no price for ann@example.com")
except ValueError:
    pass
log(logging.WARNING, "login failed", event="login_failed", request_id="trace-9", client="203.0.113.7",
    user=pseudonym("hunter2-typed-as-a-name"))
"""


def test_a_python_backend_keeps_the_contract(tmp_path):
    (tmp_path / "contract_log.py").write_text(SNIPPETS["contract_log.py"])
    (tmp_path / "backend.py").write_text(PYTHON)
    command = [sys.executable, "backend.py"]
    run = subprocess.run(command, check=False, cwd=tmp_path, env=ENVIRONMENT, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    lines = [json.loads(line) for line in run.stdout.splitlines()]
    assert [check(json.dumps(line).encode()).faults for line in lines] == [()] * 5
    assert [(line["event"], line.get("status")) for line in lines] == [
        ("deploy", None),
        ("request", 200),
        ("error", None),
        ("request", 500),
        ("login_failed", None),
    ]
    assert lines[2]["request_id"] == lines[3]["request_id"] == "trace-8"
    assert "ann@" not in run.stdout


def test_the_examples_of_the_document_keep_the_contract_and_are_of_every_event():
    examples = re.search(r"```json\n(.*?)```", DOCUMENT, re.DOTALL)[1].splitlines()
    found = [check(example.encode()) for example in examples]
    assert [line.faults for line in found] == [()] * len(examples)
    assert {line.event for line in found} == {*Event, None}


def test_every_snippet_of_the_document_is_run_here():
    assert set(SNIPPETS) == {"pino/log.mjs", "winston/log.mjs", "contract.mjs", "app.mjs", "contract_log.py"}
    assert Path(NODE, "node").is_file()
