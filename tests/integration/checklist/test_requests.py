"""What a whole run asks of a large account: so few requests that AWS's rates bear them, and little memory."""

import tracemalloc
from collections import Counter
from typing import Any

import pytest

from lambdas.checklist.checks import CHECKS
from lambdas.checklist.evaluate import SIDE_BY_SIDE, evaluate
from lambdas.shared import aws
from lambdas.shared.service import Here
from tests.integration.checklist.test_on_moto import METRIC, account, make
from tests.unit.lambdas.checklist.accounts import AT, SETTINGS

__all__ = ["account"]
ALARMS, GROUPS = 500, 200
MOST_REQUESTS = 150
"""With AWS at 0.2 s each and `SIDE_BY_SIDE` at a time, four seconds."""
MOST_OF_ONE_KIND = 20
MOST_MEMORY = 100 * 1000**2
"""Bytes beyond what Python, botocore and the code take, of the function's 512 MB; moto's own are counted, too."""


def make_large(session: Any) -> None:
    cloudwatch, logs = session.client("cloudwatch"), session.client("logs")
    for number in range(ALARMS):
        cloudwatch.put_metric_alarm(AlarmName=f"junkos-prod-more-{number:03}", Threshold=1, **METRIC)
    for number in range(GROUPS):
        logs.create_log_group(logGroupName=f"/aws/lambda/junkos-prod-more-{number:03}")


@pytest.fixture
def requests() -> Counter[str]:
    return Counter()


def counting(requests: Counter[str]) -> Any:
    def client(service: str) -> Any:
        made = aws.client(service, region="us-east-1")
        made.meta.events.register("before-call", lambda model, **_: requests.update([f"{service}.{model.name}"]))
        return made

    return client


def test_a_large_account_is_asked_little(account, requests) -> None:
    make(account)
    make_large(account)
    tracemalloc.start()
    answers = evaluate(CHECKS, SETTINGS, Here("prod", "junkos"), counting(requests), clock=lambda: AT)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    (retention,) = (answer for answer in answers if answer.check == "log-retention")
    assert f"{GROUPS + 3} of {GROUPS + 3} log groups" in retention.text, "all pages were read"
    assert requests.total() <= MOST_REQUESTS, requests
    assert max(requests.values()) <= MOST_OF_ONE_KIND, requests
    assert peak <= MOST_MEMORY, peak
    assert SIDE_BY_SIDE <= 10, "more at a time is more than some of AWS's rates"
