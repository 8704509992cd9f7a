"""Which lines keep the log contract, and what is said of those that break it."""

import io
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.shared.log_contract.fields import FIELDS
from lambdas.shared.log_contract.lines import LONGEST_LINE, LONGEST_PATH, check
from lambdas.shared.log_contract.private import private_data
from lambdas.vocabulary.log_contract import REQUIRED, Event, Field
from log_contract.__main__ import main
from log_contract.schema import schema
from log_contract.tally import MOST_KINDS, Tally

REMARK = {
    "time": "2026-11-22T09:05:01.123Z",
    "level": "info",
    "service": "junkos-backend",
    "environment": "prod",
    "release": "1.2.3",
    "message": "cache warmed",
}
REQUEST = REMARK | {
    "event": "request",
    "request_id": "trace-7",
    "method": "GET",
    "route": "/orders/{number}",
    "status": 200,
    "duration_ms": 12.5,
}
ERROR = REMARK | {"event": "error", "error": {"type": "KeyError", "message": "price", "stack": "KeyError: price"}}


def faults(line):
    return [str(fault) for fault in check(json.dumps(line).encode()).faults]


@pytest.mark.parametrize("line", [REMARK, REQUEST, ERROR, REMARK | {"time": "2026-11-22T10:05:01+01:00", "mine": [1]}])
def test_good_line_has_no_fault(line):
    """A line that keeps the contract has no fault."""
    assert faults(line) == []


@pytest.mark.parametrize("field", [*REMARK])
def test_every_line_has_common_fields(field):
    """Every line says when how grave from where and what."""
    (fault,) = faults({name: value for name, value in REMARK.items() if name != field})
    assert fault.startswith(f"{field}: is missing; must be ")


@pytest.mark.parametrize("event", [event for event in Event if REQUIRED[event]])
def test_event_line_is_complete(event):
    """A line of an event lacks nothing of it."""
    output = faults(REMARK | {"event": event})
    assert [fault.partition(":")[0] for fault in output] == [field for field in FIELDS if field in REQUIRED[event]]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("time", "22.11.2026 09:05"),
        ("time", "2026-11-22T09:05:01"),
        ("time", 1795338301),
        ("level", "warn"),
        ("environment", "Production EU"),
        ("event", "http"),
        ("event", ["request"]),
        ("request_id", "a b"),
        ("request_id", "x" * 129),
        ("method", "get"),
        ("route", "/orders/100234"),
        ("route", "/orders/7"),
        ("route", "/orders/v20245"),
        ("route", "/reports/2024-11-01"),
        ("route", "/2024-11-01"),
        ("route", "/orders/9f1c2d3e-4a5b-6c7d-8e9f-0a1b2c3d4e5f"),
        ("route", "/orders?page=2"),
        ("route", "orders"),
        ("status", "200"),
        ("status", 200.5),
        ("status", 99),
        ("status", True),
        ("duration_ms", "12"),
        ("duration_ms", -1),
        ("client", "localhost"),
        ("user", "ann"),
    ],
)
def test_wrong_field_names_remedy(field, value):
    """A field that holds something else is named with what to do."""
    (fault,) = faults(REQUEST | {field: value})[:1]
    assert fault.startswith(f"{field}: ")
    assert fault.endswith(f"({FIELDS[Field(field)].remedy})")


@pytest.mark.parametrize(
    "route",
    [
        *["/", "none", "/orders/:number", "/v1/orders/{number}/items", "/oauth2/token", "/api2"],
        *["/v2024/report", "/v2024-11/report", "/api/v2024.1", "/v3.14/a", "/2024-11-01/orders/:number"],
    ],
)
def test_route_templates_are_accepted(route):
    assert faults(REQUEST | {"route": route}) == []


@pytest.mark.parametrize("method", ["GET", "PROPFIND", "MKCALENDAR", "VERSION-CONTROL", "M-SEARCH", "QUERY"])
def test_methods_beyond_http_s_own_are_accepted(method):
    assert faults(REQUEST | {"method": method}) == []


@pytest.mark.parametrize("client", ["203.0.113.7", "2001:db8::1", "::ffff:203.0.113.7"])
def test_addresses_of_both_families_are_accepted(client):
    assert faults(REMARK | {"client": client}) == []


@pytest.mark.parametrize("text", [b"plain text", b"[1]", b'"text"', b'{"time": ', b"\xff\xfe", b"[" * 100_000])
def test_not_json_is_one_fault(text):
    """What is no json object is one fault."""
    (fault,) = check(text).faults
    assert fault.field == "line"


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity"])
def test_python_only_json_is_fault(number):
    """What python alone takes for json is a fault."""
    (fault,) = check(f'{{"duration_ms": {number}}}'.encode()).faults
    assert str(fault) == f"line: holds {number}, which is not JSON (write null, or leave the field out)"


def test_duplicate_key_is_fault():
    """A key that stands twice is a fault and hides no secret."""
    (fault,) = check(b'{"body": {"password": "hunter2", "password": "***"}}').faults
    assert str(fault).startswith("line: has a key twice")


def test_other_encoding_is_fault():
    """A line in another encoding is a fault."""
    (fault,) = check(json.dumps(REMARK).encode("utf-16")).faults
    assert fault.reason == "is not JSON"


@pytest.mark.parametrize("nested", ['{"a":', "["])
def test_deep_document_is_read_fully(nested):
    """A deep document is walked to its end."""
    deep = nested * 300 + '"ann@example.com"' + {"[": "]"}.get(nested, "}") * 300
    assert "looks like an e-mail address" in str(check(f'{{"message": {deep}}}'.encode()).faults[-1])
    monster = {"event": None}
    for _ in range(3000):  # deeper than some versions of Python read
        monster = {"a": monster}
    assert list(private_data(monster)) == []


@pytest.mark.parametrize(
    ("key", "shown"),
    [("\x1b[2J\ud800", "?[2J?.token"), ("ann@example.com", "***"), ("k" * 1000, "k" * LONGEST_PATH + "…")],
    ids=["of a terminal", "private", "endless"],
)
def test_key_is_shortened_in_output(key, shown):
    """A key is repeated only as far as it can be shown."""
    (fault,) = check(json.dumps(REMARK | {key: {"token": "x1"}}).encode()).faults
    assert fault.field == shown


def test_truncated_line_is_fault():
    """A line that would be cut on its way is a fault."""
    assert "has more than" in faults(REMARK | {"message": "x" * LONGEST_LINE})[0]


SECRETS = {
    "an e-mail address": "order of ann.smith+junk@example.co.uk failed",
    "a card number": "paid with 4111 1111 1111 1111",
    "a token": "Authorization: Bearer abcdef123456789",
    "an AWS access key": "key AKIAIOSFODNN7EXAMPLE",
    "a password": 'body {"password": "hunter2"}',
    "a password in a URL": "cannot reach postgresql://app:hunter2@db/junkos",
    "a private key": "-----BEGIN RSA PRIVATE KEY-----",
}


@pytest.mark.parametrize("kind", SECRETS)
def test_private_data_is_not_repeated(kind):
    """What must not be logged is found and never repeated."""
    output = faults(ERROR | {"error": ERROR["error"] | {"message": SECRETS[kind]}})
    assert any(fault.startswith(f"error.message: looks like {kind}") for fault in output)
    for word in ("ann.smith", "4111", "abcdef", "AKIA", "hunter2"):
        assert word not in " ".join(output)


@pytest.mark.parametrize("key", ["password", "accessToken", "api_key", "Set-Cookie"])
def test_masked_secret_is_accepted(key):
    """A secret is known by its name and a masked one is none."""
    (fault,) = faults(REMARK | {"body": {key: "hunter2"}})
    assert fault.startswith(f"body.{key}: looks like a secret, by its name")
    assert "hunter2" not in fault
    assert faults(REMARK | {"body": {key: "[masked]", f"{key}s": "***"}}) == []


@pytest.mark.parametrize(
    "harmless",
    ["order 1234567890123456", "0000 0000 0000 0000", "1795338301123 ms", "request 1795338301123456799", "a@b"],
)
def test_long_numbers_are_not_cards(harmless):
    """Long numbers that are no card are left alone."""
    assert faults(REMARK | {"message": harmless}) == []


def test_wrong_private_value_is_hidden():
    """A wrong value that may be private is not repeated."""
    assert "ann" not in " ".join(
        faults(REQUEST | {"user": "ann", "route": "/users/ann/1", "request_id": "ann was here"})
    )


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_no_document_breaks_the_validator(document):
    check(json.dumps(document).encode())


@given(st.binary())
def test_no_bytes_break_the_validator(text):
    check(text)


@pytest.mark.parametrize("line", [REMARK, REQUEST, ERROR])
def test_schema_and_validator_agree(line):
    validator = jsonschema.Draft202012Validator(schema())
    assert list(validator.iter_errors(line)) == []
    for name in line:
        without = {key: value for key, value in line.items() if key != name}
        changed = line | {name: {"no": "such thing"}} if name != "error" else line | {"error": {"type": "KeyError"}}
        for other in (without, changed):
            assert bool(list(validator.iter_errors(other))) == bool(faults(other)), other


def run(monkeypatch, *arguments, given=""):
    monkeypatch.setattr(sys, "argv", ["log_contract", *arguments])
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(given.encode())))
    return main()


def test_summary_has_line_numbers(monkeypatch, capsys, tmp_path):
    """A log is summed up and its faults have line numbers."""
    log = tmp_path / "app.log"
    log.write_text("\n".join(map(json.dumps, [REMARK, REQUEST, REQUEST | {"status": "200"}])) + "\n\n")
    assert run(monkeypatch, str(log)) == 1
    output = capsys.readouterr().out
    assert 'line 3: status: is "200"; must be a whole number from 100 to 599' in output
    assert "3 lines: 2 keep the contract, 1 break it" in output
    assert output.endswith("events: request 2, no event 1\n"), "what happened once is not listed twice"


def test_good_log_exits_zero(monkeypatch, capsys):
    """A log that keeps the contract ends with zero."""
    assert run(monkeypatch, "-", given=json.dumps(REQUEST)) == 0
    assert "1 line: 1 keep the contract, 0 break it" in capsys.readouterr().out


def test_empty_log_is_not_good(monkeypatch, capsys):
    """No lines at all are not a good log."""
    assert run(monkeypatch, "-") == 1


def test_repeated_faults_are_counted(monkeypatch, capsys):
    """Many faults are sent once each and counted."""
    given = "\n".join([json.dumps(REQUEST | {"status": 0})] * 50)
    assert run(monkeypatch, "-", "--show", "2", given=given) == 1
    output = capsys.readouterr().out
    assert output.count("line ") == 2
    assert "and 48 more" in output
    assert "50 times status: is 0" in output


def test_varying_faults_are_counted_only():
    """Faults that are never the same are counted and not kept."""
    tally = Tally(2, lambda *_: None)
    for number in range(MOST_KINDS + 500):
        tally.add(number, check(json.dumps(REQUEST | {"status": 1000 + number}).encode()))
    output = "\n".join(tally.summary())
    assert "… and 1,498 more" in output
    assert len(tally.faults) == MOST_KINDS


def test_limit_stops_further_faults(tmp_path):
    """Who has seen enough is sent no fault of the file."""
    log = tmp_path / "app.log"
    log.write_text("no JSON\n" * 20_000)
    command = [sys.executable, "-m", "log_contract", str(log), "--show", "20000"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as validator:
        validator.stdout.readline()
        validator.stdout.close()
        assert validator.stderr.read() == b""
    assert validator.returncode == 1


def test_documented_example_is_enough(tmp_path):
    """What the documents say to copy is enough."""
    for name in re.findall(r"`((?:log_contract|lambdas)/[^`]*)`", Path("docs/log-contract.md").read_text()):
        copy = shutil.copytree if name.endswith("/") else shutil.copy
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        copy(name, tmp_path / name)
    output = subprocess.run(
        [sys.executable, "-S", "-m", "log_contract", "-"],
        cwd=tmp_path,
        env={},
        input=json.dumps(REMARK).encode(),
        check=True,
        capture_output=True,
    )
    assert output.stdout.startswith(b"1 line: 1 keep the contract")


def test_unreadable_file_is_one_line(monkeypatch, capsys):
    """A file that cannot be read is one line."""
    assert run(monkeypatch, "/nowhere/app.log") == 2
    assert capsys.readouterr().err == (
        "/nowhere/app.log: cannot be read: No such file or directory (name a file, or - for input)\n"
    )
