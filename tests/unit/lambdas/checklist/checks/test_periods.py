"""What is said of weeks, months and quarters: by records, and by the newest reviews."""

import io
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from lambdas.checklist.checks.periods import CHECKS
from lambdas.checklist.reviews import Part
from lambdas.review.sections import SECTIONS
from lambdas.vocabulary import backups, drills
from lambdas.vocabulary.checklist import Attestation, Verdict
from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.load_tests import LoadTestReport, Step
from lambdas.vocabulary.load_tests import Verdict as LoadVerdict
from lambdas.vocabulary.reports import Kind, folder_of
from lambdas.vocabulary.reviews import Period, State
from tests.unit.lambdas.checklist.accounts import AT, DENIED, Account, ask, refusal
from tests.unit.lambdas.checklist.checks.environment import alarm, budget, deployed, measured, page_of

CHECK = {check.name: check for check in CHECKS}
DAY = timedelta(days=1)
ATTESTED = ("week-slow-queries-reviewed", "month-slow-queries-improved", "quarter-strategy-reviewed")


def bucket(*objects: tuple[str, str]) -> Account:
    """S3, with these keys and what they hold, in whichever bucket."""
    there = dict(objects)

    def listing(Prefix: str = "", StartAfter: str = "", **_: Any) -> dict[str, Any]:  # noqa: N803  (AWS's names)
        return {"Contents": [{"Key": key} for key in sorted(there) if key.startswith(Prefix) and key > StartAfter]}

    def get(Key: str, **_: Any) -> dict[str, Any]:  # noqa: N803  (AWS's name)
        if Key not in there:
            raise refusal("NoSuchKey")
        return {"Body": io.BytesIO(there[Key].encode())}

    return Account({"s3.list_objects_v2": listing, "s3.get_object": get})


def report(kind: Kind, body: str, *, age: timedelta = 3 * DAY) -> tuple[str, str]:
    return f"{folder_of(kind, AT - age)}report.json", body


def review(kind: Kind, *sections: tuple[str, State], age: timedelta = 3 * DAY) -> tuple[str, str]:
    written = [{"name": name, "state": state, "summary": f"{name} says so"} for name, state in sections]
    return report(kind, json.dumps({"sections": written}), age=age)


OF_REVIEWS = {
    "week-slow-statements": (Kind.WEEK, Part.SLOW_STATEMENTS, False),
    "week-top-errors": (Kind.WEEK, Part.TOP_ERRORS, True),
    "month-slow-statements": (Kind.MONTH, Part.SLOW_STATEMENTS, False),
    "month-traffic": (Kind.MONTH, Part.TRAFFIC, False),
    "month-utilisation": (Kind.MONTH, Part.UTILISATION, False),
    "month-thresholds": (Kind.MONTH, Part.ALARMS, True),
    "month-runbooks": (Kind.MONTH, Part.RUNBOOKS, True),
    "quarter-cost": (Kind.QUARTER, Part.COST, False),
    "quarter-checklist": (Kind.QUARTER, Part.CHECKLIST, False),
}


@pytest.mark.parametrize(("name", "of"), OF_REVIEWS.items())
def test_section_of_a_review(name: str, of: tuple[Kind, Part, bool]) -> None:
    kind, part, must_be_good = of
    attention = Verdict.FAIL if must_be_good else Verdict.PASS
    for state, verdict in (
        (State.GOOD, Verdict.PASS),
        (State.NOTED, Verdict.PASS),
        (State.ATTENTION, attention),
        (State.UNKNOWN, Verdict.UNKNOWN),
        (State.NOT_IN_USE, Verdict.NOT_APPLICABLE),
    ):
        answer = ask(CHECK[name], bucket(review(kind, (part, state))))
        assert answer.verdict is verdict, (state, answer.text)
        assert f"{part} says so" in answer.text


@pytest.mark.parametrize(("name", "of"), OF_REVIEWS.items())
def test_sections_are_those_that_reviews_have(name: str, of: tuple[Kind, Part, bool]) -> None:
    assert of[1] in [section.name for section in SECTIONS[Period(of[0].value)]]


@pytest.mark.parametrize(("name", "of"), OF_REVIEWS.items())
def test_review_that_is_missing_or_too_old_fails(name: str, of: tuple[Kind, Part, bool]) -> None:
    for there in ((), (review(of[0], (of[1], State.GOOD), age=101 * DAY),)):
        answer = ask(CHECK[name], bucket(*there))
        assert answer.verdict is Verdict.FAIL
        assert "was made in the last" in answer.text


@pytest.mark.parametrize("body", ["no JSON", "{}", '{"sections": [{"name": "slow_statements"}]}', '{"sections": []}'])
def test_review_of_another_form_is_unknown(body: str) -> None:
    answer = ask(CHECK["week-slow-statements"], bucket(report(Kind.WEEK, body)))
    assert answer.verdict is Verdict.UNKNOWN
    assert "the check itself failed" not in answer.text


@pytest.mark.parametrize("name", ATTESTED)
def test_what_only_people_know_is_attested(name: str) -> None:
    given = Attestation(name, AT.date(), "Ana")
    assert ask(CHECK[name], Account()).verdict is Verdict.UNKNOWN
    assert ask(CHECK[name], Account(), attestations=(given,)).verdict is Verdict.ATTESTED


def counts(failed_on: dict[int, float]) -> Any:
    """A thousand requests a day; some failed so many days ago."""

    def value(metric: str, statistic: str, start: datetime) -> float:
        days = (datetime(2026, 11, 28, tzinfo=UTC) - start) // DAY
        return 1000.0 if statistic == "SampleCount" else failed_on.get(days, 0.0)

    return Account(
        {
            "lambda.get_function_configuration": deployed(error_budget=budget()),
            "cloudwatch.get_metric_data": measured(value),
        }
    )


def test_error_rate_of_each_day() -> None:
    good = ask(CHECK["week-error-rate"], counts({2: 9.0}))
    assert good.verdict is Verdict.PASS
    assert "at most 0.9 % failed on a day (2026-11-26), of 7 days" in good.text
    bad = ask(CHECK["week-error-rate"], counts({3: 10.0}))
    assert bad.verdict is Verdict.FAIL
    assert "1 % on 2026-11-25" in bad.text


def test_week_without_requests_shows_nothing() -> None:
    silent = counts({}).but(cloudwatch__get_metric_data=measured(lambda *_: None))
    assert ask(CHECK["week-error-rate"], silent).verdict is Verdict.FAIL


def test_without_the_function_that_knows_what_counts_requests() -> None:
    answer = ask(CHECK["week-error-rate"], Account({"lambda.get_function_configuration": deployed()}))
    assert answer.verdict is Verdict.FAIL
    assert "junkos-prod-error-budget is not there" in answer.text


def endpoint(name: str) -> dict[str, Any]:
    dimensions = [{"Name": "endpoint", "Value": name}, {"Name": "environment", "Value": "prod"}]
    return alarm(f"endpoint-{name}-down", Level.CRITICAL, MetricName="up", Statistic="Minimum", Dimensions=dimensions)


@pytest.mark.parametrize(
    ("up", "verdict", "said"),
    [
        (lambda *_: 1.0, Verdict.PASS, "api 100.000 %"),
        (lambda metric, statistic, start: 0.9 if start.day == 24 else 1.0, Verdict.FAIL, "api 98.571 %"),
        (lambda *_: None, Verdict.FAIL, "no probe of the last seven days"),
    ],
)
def test_uptime(up: Any, verdict: Verdict, said: str) -> None:
    account = Account(
        {"cloudwatch.describe_alarms": page_of(endpoint("api")), "cloudwatch.get_metric_data": measured(up)}
    )
    answer = ask(CHECK["week-uptime"], account)
    assert answer.verdict is verdict
    assert said in answer.text
    assert ask(CHECK["week-uptime"], account, endpoints=0).verdict is Verdict.NOT_APPLICABLE


def backup(hours_ago: float) -> tuple[str, str]:
    at = AT - timedelta(hours=hours_ago)
    return f"junkos/{at:%Y/%m/%d/%Y%m%dT%H%M%SZ}-abcdef12/{backups.MANIFEST}", "{}"


@pytest.mark.parametrize(
    ("hours", "verdict", "said"),
    [
        ([4 + 24 * day for day in range(9)], Verdict.PASS, "7 backups in seven days, the longest gap 24 h"),
        ([4, 28, 52 + 24, 100, 124, 148, 172], Verdict.FAIL, "the longest gap 2 d"),
        ([4], Verdict.PASS, "1 backup"),
        ([30], Verdict.FAIL, "the longest gap 30 h"),
        ([200], Verdict.FAIL, "no backup of junkos"),
    ],
)
def test_backups_of_the_week(hours: list[float], verdict: Verdict, said: str) -> None:
    answer = ask(CHECK["week-backups"], bucket(*map(backup, hours)))
    assert answer.verdict is verdict
    assert said in answer.text


def test_channel_that_fails_now_fails_the_week() -> None:
    ill = alarm("channel-chat-failed", StateValue="ALARM")
    answer = ask(CHECK["week-alerts-tested"], Account({"cloudwatch.describe_alarms": page_of(ill)}))
    assert answer.verdict is Verdict.FAIL


DRILL = drills.Drill(
    at=AT - 5 * DAY,
    occasion=drills.Occasion.QUARTER,
    database="junkos",
    backup="junkos/2026/11/23/20261123T020000Z-abcdef12/",
    snapshot_at=AT - 5 * DAY,
    database_bytes=10**9,
    verdict=backups.Verdict.PROVEN,
    proven=True,
    seconds=backups.Seconds(fetch=60, restore=600, verify=60),
    recovery_time_objective=timedelta(hours=1),
    server_version="18.1",
    requested_by="the schedule",
    reason="",
)


def drilled(drill: drills.Drill) -> Account:
    return bucket((drill.key, drill.to_json()))


@pytest.mark.parametrize(
    ("drill", "month", "quarter"),
    [
        (DRILL, Verdict.PASS, Verdict.PASS),
        (replace(DRILL, occasion=drills.Occasion.MONTH), Verdict.PASS, Verdict.FAIL),
        (replace(DRILL, at=AT - 50 * DAY), Verdict.FAIL, Verdict.PASS),
        (replace(DRILL, at=AT - 101 * DAY), Verdict.FAIL, Verdict.FAIL),
        (replace(DRILL, proven=False, findings=("rows differ",)), Verdict.FAIL, Verdict.FAIL),
        (replace(DRILL, recovery_time_objective=timedelta(minutes=10)), Verdict.FAIL, Verdict.FAIL),
    ],
)
def test_drills(drill: drills.Drill, month: Verdict, quarter: Verdict) -> None:
    assert ask(CHECK["month-restore-drill"], drilled(drill)).verdict is month
    assert ask(CHECK["quarter-drill"], drilled(drill)).verdict is quarter


def step(multiple: float, verdict: LoadVerdict) -> Step:
    return Step(multiple, 60 * multiple, 60, 60, 60, 60, 0, 0, {}, 1, None, verdict, "")


def loaded(*steps: Step, verdict: LoadVerdict = LoadVerdict.PASSED, reason: str = "") -> Account:
    found = LoadTestReport(
        id="1",
        environment="prod",
        requested_by="ada",
        started_at=AT - 3 * DAY,
        ended_at=AT - 3 * DAY,
        hosts=("api",),
        routes=("https://api/",),
        busiest_per_minute=60,
        busiest_at=AT - 9 * DAY,
        proven_backup="b",
        steps=steps,
        knee_multiple=None,
        verdict=verdict,
        reason=reason,
    )
    return bucket(report(Kind.LOAD_TEST, found.to_json()))


GOOD = LoadVerdict.PASSED


@pytest.mark.parametrize(
    ("account", "verdict", "said"),
    [
        (loaded(step(1, GOOD), step(2, GOOD)), Verdict.PASS, "passed at 2×"),  # noqa: RUF001  (a multiple)
        (loaded(step(1, GOOD), step(1.5, GOOD)), Verdict.FAIL, "1.5×"),  # noqa: RUF001  (the same)
        (
            loaded(step(1, GOOD), verdict=LoadVerdict.INCONCLUSIVE, reason="the rate was not reached"),
            Verdict.FAIL,
            "inconclusive at 1× of the busiest minute: the rate was not reached",  # noqa: RUF001  (the same)
        ),
        (bucket(), Verdict.FAIL, "no load test"),
        (bucket(report(Kind.LOAD_TEST, "{}")), Verdict.UNKNOWN, "cannot be read"),
    ],
)
def test_load_test(account: Account, verdict: Verdict, said: str) -> None:
    answer = ask(CHECK["quarter-load-test"], account)
    assert answer.verdict is verdict
    assert said in answer.text


@pytest.mark.parametrize(
    ("states", "verdict"),
    [
        ({"own": State.GOOD, "backend": State.NOT_IN_USE}, Verdict.PASS),
        ({"own": State.GOOD, "backend": State.ATTENTION}, Verdict.FAIL),
        ({"own": State.UNKNOWN, "backend": State.GOOD}, Verdict.UNKNOWN),
        ({"own": State.NOT_IN_USE}, Verdict.UNKNOWN),
    ],
)
def test_dependencies(states: dict[str, State], verdict: Verdict) -> None:
    """Nothing that was looked at is not clean."""
    answer = ask(CHECK["quarter-dependencies"], bucket(review(Kind.DEPENDENCIES, *states.items())))
    assert answer.verdict is verdict


@pytest.mark.parametrize(
    "name", [name for name in CHECK if name not in (*ATTESTED, "week-uptime", "week-alerts-tested")]
)
def test_records_that_cannot_be_read_are_unknown(name: str) -> None:
    denied = Account({"s3.list_objects_v2": [{"Contents": []}, DENIED], "lambda.get_function_configuration": DENIED})
    assert ask(CHECK[name], denied).verdict is Verdict.UNKNOWN
