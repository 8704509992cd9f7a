"""Errors: a tracker that nothing reaches, compiled stacks, secrets in samples, and alarms that notify nobody."""

import gzip
import json
from datetime import timedelta
from typing import Any

import pytest

from lambdas.checklist.checks.errors import CHECKS
from lambdas.error_test.envelope import INVENTED, new_event
from lambdas.shared.error_tracking import items
from lambdas.shared.error_tracking.grouping import group
from lambdas.shared.error_tracking.scrubbing import scrubbed
from lambdas.vocabulary.checklist import Verdict
from lambdas.vocabulary.error_tracking import Deployment, Issue, Release, Sample, Source, State
from lambdas.vocabulary.reports import JSON, Kind, folder_of
from lambdas.vocabulary.self_test import Outcome, ProbeName, ProbeResult, SelfTest
from tests.unit.lambdas.checklist.accounts import AT, DENIED, Account, ask, refusal
from tests.unit.lambdas.checklist.alarming import SUBSCRIBED, alarm, alarms, composite, part
from tests.unit.lambdas.checklist.logged import line
from tests.unit.lambdas.checklist.stored import bucket, errors

OF = {check.name: check for check in CHECKS}
TEST_ID = items.issue_id("api", group(new_event("ana", AT)).hash)
DIGEST = "arn:aws:lambda:us-east-1:123456789012:function:junkos-prod-error-digest"
ALARMS = alarms(
    *(alarm(name) for name in ("errors-many", "errors-flood", "api-error-rate-critical", "api-errors-critical")),
    part("api-errors"),
    composites=[composite("api-failing", ["api-errors"])],
)
RAW = {"frames": [{"filename": "app.min.js", "lineno": 1, "colno": 48213}]}
MAPPED = {"frames": [{"filename": "src/cart.ts", "lineno": 12, "colno": 7}]}
IMAGES = {"images": [{"type": "sourcemap", "code_file": "app.min.js", "debug_id": "d"}]}


def issue(of: str, *, days: float = 1, source: Source = Source.SDK, release: str = "2.0") -> Issue:
    at = AT - timedelta(days=days)
    sample = Sample(f"samples/{of}", 0, "e", at, release)
    return Issue(
        "api", of, "TypeError: x", "cart.ts", "error", source, State.OPEN, at, at, 1,
        last_release=release, samples=(sample,),
    )  # fmt: skip


def javascript(stack: dict[str, Any], raw: dict[str, Any] | None = None, **of: Any) -> dict[str, Any]:
    value = {"type": "TypeError", "value": "x", "stacktrace": stack, **({"raw_stacktrace": raw} if raw else {})}
    return {"platform": "javascript", "exception": {"values": [value]}, **of}


def held(*issues: Issue, releases: tuple[Release, ...] = (), **samples: dict[str, Any]) -> dict[str, Any]:
    objects = {f"samples/{of}": gzip.compress(json.dumps(event).encode()) for of, event in samples.items()}
    return {
        name.replace(".", "__"): each
        for name, each in {**errors(*issues, releases=releases), **bucket(objects)}.items()
    }


def deployed(version: str, days: float) -> Release:
    at = AT - timedelta(days=days)
    return Release("api", version, at, deployments=(Deployment("prod", at),))


def masking(outcome: Outcome) -> dict[str, Any]:
    at = AT - timedelta(days=2)
    found = SelfTest(at, "ana", (ProbeResult(ProbeName.MASKING, "Is it masked?", outcome, "***"),))
    objects = {folder_of(Kind.SELF_TEST, at) + JSON: found.to_json().encode()}
    return {name.replace(".", "__"): each for name, each in bucket(objects).items()}


def backend(*levels: str) -> dict[str, Any]:
    return {"logs__filter_log_events": {"events": [line({"level": level}) for level in levels]}}


TEST, FILTERED = issue(TEST_ID, days=12), scrubbed(new_event("ana", AT), "prod")
CART, SHOWN = issue("cart"), javascript(MAPPED, RAW, debug_meta=IMAGES)
RELEASES = (deployed("2.0", 3), deployed("1.0", 30))
GOOD = Account(
    {
        "cloudwatch.describe_alarms": ALARMS,
        "sns.list_subscriptions_by_topic": SUBSCRIBED,
        "lambda.get_function_configuration": {
            "State": "Active",
            "Environment": {"Variables": {"POWERTOOLS_LOG_LEVEL": "INFO"}},
        },
        "logs.describe_subscription_filters": {"subscriptionFilters": []},
    }
).but(**held(TEST, CART, releases=RELEASES, **{TEST_ID: FILTERED}, cart=SHOWN), **backend("info", "error"))


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.name)
def test_a_healthy_account_passes(check) -> None:
    answer = ask(check, GOOD)
    assert answer.verdict is Verdict.PASS, answer.text
    assert answer.calls


GONE = refusal("ResourceNotFoundException")
FAILING = [
    ("error-tracker", {"lambda__get_function_configuration": GONE}, "the function junkos-prod-error-digest is missing"),
    (
        "error-tracker",
        {"lambda__get_function_configuration": {"State": "Failed"}},
        "junkos-prod-error-digest is Failed",
    ),
    ("error-alarms", {"cloudwatch__describe_alarms": alarms()}, "junkos-prod-api-failing is missing"),
    (
        "error-alarms",
        {"sns__list_subscriptions_by_topic": {"Subscriptions": []}},
        "junkos-prod-api-failing notifies junkos-prod-alerts-high, to which nobody is subscribed",
    ),
    ("releases-recorded", held(), "no release is known, and no error names one"),
    ("releases-recorded", held(CART), "errors name the release 2.0, and no release was recorded"),
    ("releases-recorded", held(releases=(Release("api", "2.0", AT),)), "release 2.0 is known, and no deployment"),
    ("source-maps", held(CART, cart=javascript(RAW, debug_meta=IMAGES)), "issue cart shows compiled code"),
    ("source-maps", held(CART, cart=javascript(RAW)), "issue cart shows compiled code"),
    ("test-error", held(CART), "no test error was ever seen"),
    ("test-error", held(issue(TEST_ID, days=36)), "the last test error was seen 36 d ago"),
    ("errors-filtered", held(CART), "no test error was ever seen"),
    (
        "errors-filtered",
        held(TEST, **{TEST_ID: new_event("ana", AT)}),
        f"(issue {TEST_ID}) holds its invented password",
    ),
    (
        "errors-filtered",
        held(TEST, **{TEST_ID: {**FILTERED, "message": INVENTED[1]}}),
        f"(issue {TEST_ID}) holds its invented password or address",
    ),
    ("log-level", backend("info", "debug"), "/junkos/prod/backend has debug lines, 1 of the last 2"),
    (
        "log-level",
        {"lambda__get_function_configuration": {"Environment": {"Variables": {"POWERTOOLS_LOG_LEVEL": "DEBUG"}}}},
        "junkos-prod-recovery-check logs at debug, and the environment's file says info",
    ),
    ("log-level", {"lambda__get_function_configuration": GONE}, "junkos-prod-recovery-check is missing"),
]


@pytest.mark.parametrize(("name", "changed", "said"), FAILING, ids=[f"{name}: {said}" for name, _, said in FAILING])
def test_what_is_wrong_fails_and_is_named(name: str, changed: dict[str, Any], said: str) -> None:
    answer = ask(OF[name], GOOD.but(**changed))
    assert (answer.verdict, said in answer.text) == (Verdict.FAIL, True), answer.text
    assert answer.remedy


@pytest.mark.parametrize(
    ("name", "changed", "verdict"),
    [
        ("source-maps", held(CART, cart=javascript(MAPPED)), Verdict.NOT_APPLICABLE),
        ("source-maps", held(CART, cart={"platform": "python"}), Verdict.NOT_APPLICABLE),
        ("source-maps", held(CART), Verdict.NOT_APPLICABLE),
        ("source-maps", held(CART, releases=(deployed("3.0", 1),), cart=javascript(RAW)), Verdict.NOT_APPLICABLE),
        ("source-maps", held(CART, cart=javascript({"frames": 7}, debug_meta=[1])), Verdict.NOT_APPLICABLE),  # type: ignore[dict-item]
        ("source-maps", {"s3__get_object": DENIED}, Verdict.UNKNOWN),
        ("errors-filtered", held(TEST), Verdict.UNKNOWN),
        ("errors-filtered", held(TEST, **{TEST_ID: {"extra": "nothing"}}), Verdict.UNKNOWN),
        ("releases-recorded", {"dynamodb__query": [{"Items": []}, DENIED]}, Verdict.UNKNOWN),
    ],
)
def test_what_shows_nothing_is_neither_pass_nor_fail(name: str, changed: dict[str, Any], verdict: Verdict) -> None:
    assert ask(OF[name], GOOD.but(**changed)).verdict is verdict


@pytest.mark.parametrize("name", ["releases-recorded", "source-maps", "test-error", "errors-filtered"])
def test_without_a_tracker_only_that_is_a_failure(name: str) -> None:
    assert ask(OF[name], GOOD, errors=False).verdict is Verdict.NOT_APPLICABLE
    assert ask(OF["error-tracker"], GOOD, errors=False).verdict is Verdict.FAIL


FROM_LOG = issue("log", source=Source.API_LOG)
FED = {
    "logs__describe_subscription_filters": [
        {"subscriptionFilters": []},
        {"subscriptionFilters": [{"destinationArn": DIGEST}]},
    ]
}


@pytest.mark.parametrize(
    ("name", "changed", "verdict"),
    [
        ("error-tracker", FED, Verdict.PASS),
        ("error-tracker", {}, Verdict.FAIL),
        ("error-tracker", {"logs__describe_subscription_filters": GONE}, Verdict.FAIL),
        ("test-error", held(FROM_LOG), Verdict.PASS),
        ("test-error", held(CART), Verdict.FAIL),
        ("source-maps", {}, Verdict.NOT_APPLICABLE),
        ("errors-filtered", masking(Outcome.PASSED), Verdict.PASS),
        ("errors-filtered", masking(Outcome.FAILED), Verdict.FAIL),
        ("errors-filtered", masking(Outcome.NOT_ASKED), Verdict.UNKNOWN),
        ("errors-filtered", {}, Verdict.FAIL),
        ("error-alarms", {"cloudwatch__describe_alarms": ALARMS}, Verdict.PASS),
    ],
)
def test_a_log_that_feeds_the_tracker_does_as_well(name: str, changed: dict[str, Any], verdict: Verdict) -> None:
    answer = ask(OF[name], GOOD.but(**changed), projects=())
    assert answer.verdict is verdict, answer.text


@pytest.mark.parametrize(
    ("environment", "level", "lines", "verdict"),
    [
        ("staging", "debug", ("debug", "info"), Verdict.PASS),
        ("staging", "info", (), Verdict.FAIL),
        ("prod", "info", (), Verdict.PASS),
        ("prod", "debug", (), Verdict.FAIL),
        ("prod", "error", (), Verdict.FAIL),
        ("live", "debug", (), Verdict.FAIL),
    ],
)
def test_levels_are_those_of_the_environment(
    environment: str, level: str, lines: tuple[str, ...], verdict: Verdict
) -> None:
    """What is not named as staging is taken for production."""
    function = {"Environment": {"Variables": {"POWERTOOLS_LOG_LEVEL": level.upper()}}}
    account = GOOD.but(lambda__get_function_configuration=function, **backend(*lines))
    assert ask(OF["log-level"], account, environment=environment, log_level=level).verdict is verdict


def test_a_busy_log_is_not_read_through() -> None:
    asked = []

    def events(**query: Any) -> dict[str, Any]:
        asked.append(query.get("nextToken"))
        return {"events": [], "nextToken": str(len(asked))}

    assert ask(OF["log-level"], GOOD.but(logs__filter_log_events=events)).verdict is Verdict.PASS
    assert asked == [None, "1", "2", "3", "4"]
