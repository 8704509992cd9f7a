"""The API's lines on their way to its log group, and its promises held by the deployed function under its own role."""

import json
import time
import uuid
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from emulator.errors import EmulatorError
from lambdas.shared.log_contract.lines import check
from lambdas.vocabulary.metrics import Dimension, Metric

PATIENCE = 60


def asked(url, body=None):
    request = Request(url, body, {"X-Request-Id": uuid.uuid4().hex})  # noqa: S310  our own backend
    try:
        with urlopen(request, timeout=10):  # noqa: S310
            pass
    except HTTPError as refused:
        refused.close()
    return request.headers["X-request-id"]


@pytest.fixture(scope="module")
def lines(started):
    """Waits for the lines of one request in the API's log group."""
    logs, group = started.stage.client("logs"), started.stage.environment.backend_log_group

    def of(request_id, count):
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            pages = logs.get_paginator("filter_log_events").paginate(logGroupName=group)
            messages = [event["message"] for page in pages for event in page["events"]]
            if len(found := [message for message in messages if request_id in message]) >= count:
                return found
            time.sleep(0.2)
        raise EmulatorError(f"{count} lines of {request_id} did not come to {group} within {PATIENCE} s")

    return of


def test_backend_lines_keep_the_contract(started, lines):
    """What the backend logs arrives in its log group and keeps the contract."""
    request_id = asked(f"{started.backend.url}/login", json.dumps({"name": "ann", "password": "x"}).encode())
    arrived = lines(request_id, 2)
    assert [check(line.encode()).faults for line in arrived] == [(), ()]
    assert {json.loads(line)["event"] for line in arrived} == {"login_failed", "request"}


def test_both_promises_are_judged_from_both_sides(stage):
    judged = stage.invoke("error_budget", slot="2026-11-24T12:00:00+00:00")
    assert [(one["objective"], one["seen_by"]) for one in judged] == [
        ("availability", "api"),
        ("latency", "api"),
        ("availability", "probes of api"),
        ("latency", "probes of api"),
    ]
    assert stage.logged("error_budget", "error budget")


def test_a_line_that_arrived_is_counted(started, stage, lines):
    def newest(metric):
        return stage.newest_datapoint(metric, {Dimension.ENVIRONMENT: stage.environment.name})

    lines(asked(f"{started.backend.url}/orders"), 1)
    assert newest(Metric.REQUEST_DURATION) > 0
    assert newest(Metric.REQUEST_FAILED) == 0
    lines(asked(f"{started.backend.url}/wp-login.php"), 2)
    assert newest(Metric.REQUEST_REFUSED) == 1
    assert newest(Metric.SUSPICIOUS_REQUESTS) == 1
