"""The function as it is deployed: its environment, its endpoints' package, its output."""

import json
import os
import subprocess
import sys
from datetime import timedelta

import pytest

from lambdas.health_check.settings import Settings
from tests.integration.probing.hostile import answer, answering, json_answer, listening, silent

SETTINGS = Settings(
    environment="test",
    region="eu-central-1",
    other_regions=(),
    quorum=1,
    reserve=timedelta(seconds=1),
    phase_metrics=True,
    reference=None,
)

INVOKE = """
import json, sys, time
from types import SimpleNamespace
from lambdas.health_check.handler import handler
context = SimpleNamespace(function_name="health-check", memory_limit_in_mb=512, invoked_function_arn="arn",
                          aws_request_id="1", get_remaining_time_in_millis=lambda: left() * 1000)
ends = time.monotonic() + float(sys.argv[2])
left = lambda: ends - time.monotonic()
print("ANSWER", json.dumps({**handler(json.loads(sys.argv[1]), context), "left": left()}))
"""


class Function:
    def __init__(self, folder):
        self._folder = folder
        self.package = folder / "monitored_endpoints"
        self.package.mkdir()
        (self.package / "__init__.py").touch()

    def start(self, endpoints, event=None, seconds=20, **variables):
        (self.package / "endpoints.json").write_text(json.dumps(endpoints))
        environment = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": os.pathsep.join([str(self._folder), *sys.path]),
            **SETTINGS.to_environment(),
            **variables,
        }
        command = [sys.executable, "-u", "-c", INVOKE, json.dumps(event or {}), str(seconds)]
        return subprocess.Popen(
            command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=self._folder
        )

    def run(self, *arguments, **keywords):
        process = self.start(*arguments, **keywords)
        output, errors = process.communicate(timeout=30)
        assert process.returncode == 0, errors
        lines = output.splitlines()
        return json.loads(lines.pop().removeprefix("ANSWER ")), [json.loads(line) for line in lines]


@pytest.fixture
def function(tmp_path):
    return Function(tmp_path)


def local(name, port, **fields):
    return {"name": name, "url": f"http://127.0.0.1:{port}/", "allow_private": True, **fields}


def metrics(lines):
    """(endpoint, metric) -> value."""
    return {
        (line.get("endpoint"), name): line[name][0]
        for line in lines
        if "_aws" in line
        for name in (metric["Name"] for metric in line["_aws"]["CloudWatchMetrics"][0]["Metrics"])
    }


def test_reports_metrics_and_bad_endpoints(function):
    """It reports metrics for all and a log line for the bad."""
    body = '{"status": "down", "checks": {"database": "failing"}}'
    with listening(answering(answer())) as fine, listening(answering(json_answer(body, "503 No"))) as ill:
        result, lines = function.run([local("fine", fine), local("ill", ill)])
    states = {each["endpoint"]: each["state"] for each in result["results"]}
    assert states == {"fine": "up", "ill": "down"}
    found = metrics(lines)
    assert (found["fine", "up"], found["ill", "up"]) == (1, 0)
    assert found["fine", "latency_ms"] >= found["fine", "latency_first_byte_ms"] > 0
    assert found[None, "prober_without_network"] == 0
    assert (None, "endpoints_unknown") not in found
    assert ("ill", "latency_ms") not in found
    bad = [line for line in lines if line.get("message") == "endpoint is unhealthy"]
    assert [(line["endpoint"], line["reason"], line["failing_checks"]) for line in bad] == [
        ("ill", "wrong status", ["database"])
    ]


def test_malformed_answer_is_up_and_logged(function):
    """Malformed answer that browsers take is up and logged."""
    with listening(answering(answer(X_Cache_="hit", **{"X Note": "s3cret"}))) as port:
        result, lines = function.run([local("odd", port)])
    assert result["results"][0]["state"] == "up"
    (line,) = [line for line in lines if line.get("level")]
    assert (line["endpoint"], line["flaws"]) == ("odd", ["header X"])
    assert "s3cret" not in str(lines)


def test_no_network_is_one_line(function):
    """Without a network there is one line and no data."""
    endpoints = [{"name": f"n{number}", "url": f"http://n{number}.invalid/"} for number in range(5)]
    (function.package.parent / "sitecustomize.py").write_text(
        "import socket\n"
        "def getaddrinfo(*_, **__): raise socket.gaierror(socket.EAI_AGAIN, 'Temporary failure')\n"
        "socket.getaddrinfo = getaddrinfo\n"
    )
    result, lines = function.run(endpoints)
    assert {each["reason"] for each in result["results"]} == {"prober has no network"}
    found = metrics(lines)
    assert found == {(None, "endpoints_unknown"): 5, (None, "prober_without_network"): 1}
    assert [line["message"] for line in lines if line.get("level")] == [
        "the prober has no network: nothing is known of any endpoint"
    ]


def test_killed_function_has_reported_known_results(function):
    """What is known has left when the function is killed in the middle."""
    with listening(answering(answer())) as fine, listening(silent) as hanging:
        process = function.start([local("fine", fine), local("hanging", hanging)])
        line = json.loads(process.stdout.readline())
        process.kill()
        process.communicate()
    assert (line["endpoint"], line["up"]) == ("fine", [1.0])


def test_unfinished_endpoints_are_reported(function):
    """Time is left to report what is not finished."""
    with listening(answering(answer())) as fine, listening(silent) as hanging:
        result, lines = function.run([local("fine", fine), local("hanging", hanging)], seconds=4)
    assert result["left"] > 0
    states = {each["endpoint"]: (each["state"], each["reason"]) for each in result["results"]}
    assert states == {"fine": ("up", None), "hanging": ("unknown", "not finished")}
    assert metrics(lines)[None, "endpoints_unknown"] == 1
    assert ("hanging", "up") not in metrics(lines)


def test_remote_probe_answers_without_reporting(function):
    """As a place it answers and leaves the reporting to the one that asked."""
    with listening(answering(answer())) as fine:
        result, lines = function.run([local("fine", fine)], event={"remote_probe": True, "seconds": 5})
    assert result["results"][0]["state"] == "up"
    assert lines == []


def test_packaged_authority_is_trusted(function, authority):
    """A certificate authority in the package is trusted."""
    (function.package / "authorities.pem").write_text(authority.pem)
    with listening(answering(answer()), authority.server("127.0.0.1", days=(-1, 20))) as port:
        result, lines = function.run([{**local("api", port), "url": f"https://127.0.0.1:{port}/"}])
    assert result["results"][0]["state"] == "up"
    (line,) = [line for line in lines if line.get("message") == "certificate ends soon"]
    assert (line["host"], line["days_left"]) == ("127.0.0.1", pytest.approx(20, abs=0.1))


def test_unreadable_endpoints_stop_the_start(function):
    """Endpoints that cannot be read stop the function at its start."""
    process = function.start([{"name": "api", "url": "gopher://example.com/"}])
    _, errors = process.communicate(timeout=30)
    assert process.returncode != 0
    assert "endpoint 'api': url 'gopher://example.com/' is not http:// or https:// with a host" in errors


def test_plain_probing_imports_no_aws_library(function):
    """Without places and references no aws library is loaded."""
    with listening(answering(answer())) as fine:
        process = function.start([local("fine", fine)], PYTHONPROFILEIMPORTTIME="1")
        _, imports = process.communicate(timeout=30)
    assert "h11" in imports
    assert "botocore.session" not in imports
