"""What is said of logs: the newest lines by the contract, the groups, the masked line, the saved queries."""

import io
import json
from datetime import timedelta
from typing import Any

import pytest

from lambdas.checklist.checks.logs import CHECKS
from lambdas.vocabulary.checklist import Verdict
from lambdas.vocabulary.reports import Kind, folder_of
from lambdas.vocabulary.self_test import Outcome, ProbeName, ProbeResult, SelfTest
from tests.unit.lambdas.checklist.accounts import AT, DENIED, SETTINGS, Account, ask, refusal

CHECK = {check.name: check for check in CHECKS}
OF_LINES = ["log-lines-structured", "log-levels-used", "request-ids", "log-lines-without-private-data"]
REMARK = {
    "time": "2026-11-28T05:59:00Z",
    "level": "info",
    "service": "shop",
    "environment": "prod",
    "release": "1",
    "message": "request",
}
REQUEST = {
    **REMARK,
    "event": "request",
    "request_id": "7f3c",
    "method": "GET",
    "route": "/orders",
    "status": 200,
    "duration_ms": 12.5,
}
ERROR = {
    **REMARK,
    "event": "error",
    "level": "error",
    "request_id": "e1",
    "error": {"type": "TypeError", "message": "-", "stack": "at quote"},
}


def log(*lines: Any, age: timedelta = timedelta(minutes=1), **further: Any) -> Account:
    milliseconds = int((AT - age).timestamp() * 1000)
    events = [
        {"timestamp": milliseconds, "message": line if isinstance(line, str) else json.dumps(line)} for line in lines
    ]
    return Account(
        {
            "logs.describe_log_streams": {"logStreams": [{"logStreamName": "one"}]},
            "logs.get_log_events": {"events": events},
            **further,
        }
    )


def test_lines_of_the_contract_pass() -> None:
    account = log(*[REQUEST] * 30, ERROR)
    for name in (*OF_LINES, "log-lines-arrive"):
        assert ask(CHECK[name], account).verdict is Verdict.PASS, name


@pytest.mark.parametrize(
    ("name", "line", "said"),
    [
        ("log-lines-structured", "GET /orders 200", "1 of the newest 2 lines of /junkos/prod/backend"),
        ("log-lines-structured", {**REQUEST, "status": "200"}, "status"),
        ("log-levels-used", {**REQUEST, "level": "warn"}, "info 1"),
        ("log-levels-used", "plain", "1 of the newest 2"),
        ("request-ids", {**REQUEST, "request_id": ""}, "1 of the newest 2 lines"),
        ("log-lines-without-private-data", {**REMARK, "message": "ann@example.com is here"}, "e-mail address"),
    ],
)
def test_other_lines_fail_and_say_why(name: str, line: Any, said: str) -> None:
    answer = ask(CHECK[name], log(REQUEST, line))
    assert answer.verdict is Verdict.FAIL
    assert said in answer.text


def test_private_data_fails_its_own_line_only() -> None:
    """And is never repeated."""
    account = log({**REQUEST, "message": "ann@example.com"})
    assert ask(CHECK["log-lines-structured"], account).verdict is Verdict.PASS
    assert "ann" not in ask(CHECK["log-lines-without-private-data"], account).to_json()


def test_one_strange_line_of_many_is_no_fault() -> None:
    assert ask(CHECK["log-lines-structured"], log(*[REQUEST] * 99, "a warning of the runtime")).verdict is Verdict.PASS


@pytest.mark.parametrize("name", [*OF_LINES, "log-lines-arrive", "an-error-is-found"])
@pytest.mark.parametrize(
    "account", [log(), Account({"logs.describe_log_streams": refusal("ResourceNotFoundException")})]
)
def test_silent_log_fails(name: str, account: Account) -> None:
    answer = ask(CHECK[name], account)
    assert answer.verdict is Verdict.FAIL
    assert "/junkos/prod/backend" in answer.text


def test_old_line_has_not_arrived() -> None:
    answer = ask(CHECK["log-lines-arrive"], log(REQUEST, age=timedelta(hours=3)))
    assert answer.verdict is Verdict.FAIL
    assert "3 h ago" in answer.text


def test_log_without_requests_has_no_ids() -> None:
    assert ask(CHECK["request-ids"], log(REMARK)).verdict is Verdict.FAIL


def test_the_newest_error_is_looked_for() -> None:
    asked: list[dict[str, Any]] = []

    def search(**given: Any) -> dict[str, Any]:
        asked.append(given)
        return {"events": [{}, {}]}

    answer = ask(CHECK["an-error-is-found"], log(REQUEST, ERROR, **{"logs.filter_log_events": search}))
    assert answer.verdict is Verdict.PASS
    assert asked[0]["filterPattern"] == '{ $.request_id = "e1" }'
    assert asked[0]["endTime"] - asked[0]["startTime"] == 60_000


def test_search_that_finds_nothing_fails() -> None:
    assert ask(CHECK["an-error-is-found"], log(REQUEST)).verdict is Verdict.FAIL


def groups(*found: dict[str, Any]) -> Any:
    """By the beginning that is asked for."""
    return lambda logGroupNamePrefix: {  # noqa: N803  (AWS's name)
        "logGroups": [each for each in found if each["logGroupName"].startswith(logGroupNamePrefix)]
    }


GOOD = {"retentionInDays": 30, "dataProtectionStatus": "ACTIVATED"}
API = {"logGroupName": "/junkos/prod/backend", **GOOD}
OURS = {"logGroupName": "/aws/lambda/junkos-prod-notify", **GOOD}


@pytest.mark.parametrize(
    ("name", "group", "verdict", "said"),
    [
        ("log-retention", OURS, Verdict.PASS, "2 log groups"),
        (
            "log-retention",
            {**OURS, "retentionInDays": None},
            Verdict.FAIL,
            "junkos-prod-notify keeps its lines for ever",
        ),
        ("log-retention", {**OURS, "retentionInDays": 7}, Verdict.FAIL, "keeps 7 days"),
        ("log-retention", {**OURS, "retentionInDays": 365}, Verdict.FAIL, "keeps 365 days"),
        ("log-protection", OURS, Verdict.PASS, "2 log groups"),
        ("log-protection", {**OURS, "dataProtectionStatus": "DISABLED"}, Verdict.FAIL, "notify has no data protection"),
        ("log-protection", {"logGroupName": OURS["logGroupName"]}, Verdict.FAIL, "(none)"),
    ],
)
def test_groups(name: str, group: dict[str, Any], verdict: Verdict, said: str) -> None:
    answer = ask(CHECK[name], Account({"logs.describe_log_groups": groups(API, group)}))
    assert answer.verdict is verdict
    assert said in answer.text


def test_group_of_the_second_page_counts_and_a_broken_page_does_not_pass() -> None:
    ill = {**OURS, "retentionInDays": None}
    second = Account({"logs.describe_log_groups": [{"logGroups": [OURS]}, {"logGroups": [ill]}]})
    assert ask(CHECK["log-retention"], second).verdict is Verdict.FAIL
    broken = Account({"logs.describe_log_groups": [{"logGroups": [OURS]}, DENIED]})
    assert ask(CHECK["log-retention"], broken).verdict is Verdict.UNKNOWN


def test_group_whose_name_begins_like_the_api_log_is_another() -> None:
    other = {"logGroupName": "/junkos/prod/backend-of-others"}
    account = Account({"logs.describe_log_groups": groups(API, other)})
    assert ask(CHECK["log-retention"], account).verdict is Verdict.PASS


def self_tested(outcome: Outcome, *, age: timedelta = timedelta(days=3)) -> Account:
    at = AT - age
    result = ProbeResult(ProbeName.MASKING, "?", outcome, "seen what was seen")
    body = SelfTest(at, "ada", (result,)).to_json().encode()
    key = f"{folder_of(Kind.SELF_TEST, at)}report.json"

    def listing(StartAfter: str, **_: Any) -> dict[str, Any]:  # noqa: N803  (AWS's name)
        return {"Contents": [{"Key": key}] if key > StartAfter else []}

    return Account({"s3.list_objects_v2": listing, "s3.get_object": lambda **_: {"Body": io.BytesIO(body)}})


@pytest.mark.parametrize(
    ("account", "verdict"),
    [
        (self_tested(Outcome.PASSED), Verdict.PASS),
        (self_tested(Outcome.FAILED), Verdict.FAIL),
        (self_tested(Outcome.NOT_ASKED), Verdict.UNKNOWN),
        (self_tested(Outcome.NOT_APPLICABLE), Verdict.NOT_APPLICABLE),
        (self_tested(Outcome.PASSED, age=timedelta(days=40)), Verdict.FAIL),
    ],
)
def test_masked_line(account: Account, verdict: Verdict) -> None:
    answer = ask(CHECK["a-line-was-masked"], account)
    assert answer.verdict is verdict
    assert "the check itself failed" not in answer.text


def queries(*names: str, group: str = SETTINGS.backend_log) -> dict[str, Any]:
    return {"queryDefinitions": [{"name": f"junkos-prod/{name}", "logGroupNames": [group]} for name in names]}


def paged(first: dict[str, Any], second: dict[str, Any]) -> Any:
    return lambda nextToken="", **_: second if nextToken else {**first, "nextToken": "2"}  # noqa: N803  (AWS's name)


BOTH = ("errors by route", "one request across services")


@pytest.mark.parametrize(
    ("answer", "verdict", "said"),
    [
        (queries(*BOTH), Verdict.PASS, "junkos-prod/errors by route"),
        (queries(BOTH[0]), Verdict.FAIL, "no saved query junkos-prod/one request across services"),
        (queries(*BOTH, group="/other"), Verdict.FAIL, "does not ask /junkos/prod/backend"),
        (paged(queries(BOTH[0]), queries(BOTH[1])), Verdict.PASS, BOTH[1]),
    ],
)
def test_saved_queries(answer: Any, verdict: Verdict, said: str) -> None:
    found = ask(CHECK["saved-queries"], Account({"logs.describe_query_definitions": answer}))
    assert found.verdict is verdict
    assert said in found.text
