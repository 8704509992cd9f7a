"""How fast budgets burn, by the numbers of the Site Reliability Workbook, and what is logged."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.error_budget.burn_rate import (
    FAST,
    LONGEST,
    PERIOD,
    SLOW,
    WINDOWS,
    Counts,
    Floor,
    budget_left,
    burn_rate,
    burns,
)
from lambdas.error_budget.judge_budgets import floor, judge_budgets, name_of
from lambdas.error_budget.objective import Objective, Promise, Series
from lambdas.error_budget.read_counts import NoCountsError, read_counts
from lambdas.error_budget.settings import Settings

PERIODS = LONGEST // PERIOD
LIMITS = Floor(events=10, failures=5)
BUDGET = 0.001
NOW = datetime(2026, 11, 24, 12, 3, tzinfo=UTC)
END = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def counts(*stretches, events=1000.0):
    """Periods before now by (how long, share of bad events), the newest stretch last; before them all is well."""
    bad = [share * events for length, share in stretches for _ in range(length // PERIOD)]
    return Counts([events] * PERIODS, [0.0] * (PERIODS - len(bad)) + bad)


@pytest.mark.parametrize(
    ("share", "rate", "gone_after"),
    [(0.001, 1, timedelta(days=30)), (0.01, 10, timedelta(days=3)), (1, 1000, timedelta(minutes=43.2))],
)
def test_burn_rates_match_the_workbook(share, rate, gone_after):
    """The workbooks table of burn rates for three nines."""
    assert burn_rate(1000, 1000 * share, BUDGET) == pytest.approx(rate)
    assert timedelta(days=30) / gone_after == pytest.approx(rate)


@pytest.mark.parametrize(
    ("rule", "part_of_the_budget"), [(FAST[0], 0.02), (FAST[1], 0.05), (SLOW[0], 0.1), (SLOW[1], 0.1)]
)
def test_factor_matches_budget_share(rule, part_of_the_budget):
    """A factor over its window is the workbooks part of a months budget."""
    assert rule.factor * (rule.long / timedelta(days=30)) == pytest.approx(part_of_the_budget)
    assert rule.long / rule.short == 12


@pytest.mark.parametrize(
    ("stretches", "fast", "slow"),
    [
        ([], False, False),
        ([(timedelta(hours=1), 0.015)], True, False),  # 15 times over an hour
        ([(timedelta(hours=1), 0.014)], False, False),
        ([(timedelta(minutes=5), 0.5)], True, False),  # half of all for five minutes: 4 % of the hour
        ([(timedelta(minutes=5), 0.1)], False, False),  # a hiccup
        ([(timedelta(minutes=55), 0.02), (timedelta(minutes=5), 0)], False, False),  # it has ended
        ([(timedelta(hours=6), 0.0065)], True, False),
        ([(timedelta(days=1), 0.0035)], False, True),
        ([(timedelta(days=3), 0.0012)], False, True),
        ([(timedelta(days=3), 0.0009)], False, False),
        ([(timedelta(days=2), 0.002), (timedelta(hours=12), 0)], False, False),  # it has ended
        ([(timedelta(days=3), 1)], True, True),
    ],
)
def test_what_burns_and_what_does_not(stretches, fast, slow):
    seen = counts(*stretches)
    assert burns(seen, FAST, BUDGET, LIMITS) is fast
    assert burns(seen, SLOW, BUDGET, LIMITS) is slow


@pytest.mark.parametrize(
    ("failed", "calls"),
    [(1, False), (4, False), (5, True)],
)
def test_one_failed_probe_of_twelve(failed, calls):
    """Of twelve probes an hour one that fails calls nobody."""
    bad = [0.0] * (PERIODS - failed) + [1.0] * failed
    assert burns(Counts([1.0] * PERIODS, bad), FAST, BUDGET, LIMITS) is calls


def test_few_requests_never_alarm():
    """A handful of requests says nothing however many fail."""
    quiet = Counts([0.0] * (PERIODS - 1) + [9.0], [0.0] * (PERIODS - 1) + [9.0])
    assert not burns(quiet, FAST + SLOW, BUDGET, LIMITS)
    assert burns(quiet, FAST + SLOW, BUDGET, Floor(events=9, failures=5))


def test_budget_left_may_be_negative():
    """What is left of a budget can be less than nothing."""
    assert budget_left(10_000, 0, BUDGET) == 1
    assert budget_left(10_000, 5, BUDGET) == pytest.approx(0.5)
    assert budget_left(10_000, 20, BUDGET) == pytest.approx(-1)


HOURS = PERIODS // 12
volumes = st.lists(st.floats(0, 1e6), min_size=HOURS, max_size=HOURS).map(
    lambda hours: [at for at in hours for _ in range(12)]
)
shares = st.lists(st.floats(0, 1), min_size=HOURS, max_size=HOURS).map(
    lambda hours: [at for at in hours for _ in range(12)]
)


@given(volumes)
def test_without_bad_events_nothing_ever_burns(events):
    assert not burns(Counts(events, [0.0] * PERIODS), FAST + SLOW, BUDGET, Floor(0, 0))


@given(st.floats(0, 1), st.floats(1, 1e6))
def test_constant_share_burns_alike(share, events):
    """A share of bad events that never changes burns alike in every window."""
    seen = Counts([events] * PERIODS, [events * share] * PERIODS)
    rates = {round(burn_rate(*seen.over(window), BUDGET), 6) for window in WINDOWS}
    assert max(rates) == pytest.approx(min(rates), rel=1e-4, abs=1e-4)


@given(shares, st.integers(0, PERIODS - 1))
def test_more_bad_events_never_burn_less(shares, where):
    bad = [1000 * share for share in shares]
    more = [*bad[:where], 1000.0, *bad[where + 1 :]]
    before, after = Counts([1000.0] * PERIODS, bad), Counts([1000.0] * PERIODS, more)
    for rules in (FAST, SLOW):
        assert burns(after, rules, BUDGET, LIMITS) >= burns(before, rules, BUDGET, LIMITS)


REQUESTS = Series.of("JunkOS", "request_duration", "SampleCount", {"environment": "test"})
FAILED = Series.of("JunkOS", "request_failed", "Sum", {"environment": "test"})
IN_TIME = Series.of("JunkOS", "request_duration", "TC(:1000)", {"environment": "test"})
AVAILABILITY = Objective(Promise.AVAILABILITY, "api", 99.9, (REQUESTS,), bad=(FAILED,))
LATENCY = Objective(Promise.LATENCY, "api", 99, (REQUESTS,), good=(IN_TIME,))


class CloudWatch:
    """Answers GetMetricData from values by series and moment, in pages of a few."""

    def __init__(self, values, status="Complete"):
        self.values, self.status, self.asked = values, status, []

    def get_paginator(self, operation):
        assert operation == "get_metric_data"
        return self

    def paginate(self, **request):
        self.asked.append(request)
        for query in request["MetricDataQueries"]:
            stat = query["MetricStat"]
            of = self.values.get((stat["Metric"]["MetricName"], stat["Stat"]), {})
            period = timedelta(seconds=stat["Period"])
            sums = {}
            for moment, value in of.items():
                if request["StartTime"] <= moment < request["EndTime"]:
                    at = floor(moment, period)
                    sums[at] = sums.get(at, 0) + value
            for page in (list(sums.items())[::2], list(sums.items())[1::2]):
                yield {
                    "MetricDataResults": [
                        {
                            "Id": query["Id"],
                            "StatusCode": self.status,
                            "Timestamps": [at for at, _ in page],
                            "Values": [value for _, value in page],
                        }
                    ]
                }


def history(**values):
    """Values by period of the last hours, the newest last."""
    return {
        key: {END - (len(of) - number) * PERIOD: value for number, value in enumerate(of)}
        for key, of in (
            (("request_duration", "SampleCount"), values.get("requests", ())),
            (("request_failed", "Sum"), values.get("failed", ())),
            (("request_duration", "TC(:1000)"), values.get("in_time", ())),
        )
    }


def test_counts_are_read_in_one_call():
    """Counts are read in one call and each series once."""
    cloudwatch = CloudWatch(history(requests=[10, 20, 30], failed=[1, 0, 2], in_time=[10, 15, 31]))
    read = read_counts(cloudwatch, (AVAILABILITY, LATENCY), END, LONGEST, PERIOD)
    assert len(cloudwatch.asked) == 1
    assert len(cloudwatch.asked[0]["MetricDataQueries"]) == 3
    assert list(read[AVAILABILITY].events[-4:]) == [0, 10, 20, 30]
    assert list(read[AVAILABILITY].bad[-3:]) == [1, 0, 2]
    assert list(read[LATENCY].bad[-3:]) == [0, 5, 0]  # a good one more than there were: a moment apart
    assert len(read[LATENCY].events) == PERIODS


def test_missing_answer_is_an_error():
    """An answer that cloudwatch does not give is an error and not nothing."""
    with pytest.raises(NoCountsError, match="SampleCount of request_duration: InternalError"):
        read_counts(CloudWatch(history(requests=[1]), "InternalError"), (AVAILABILITY,), END, LONGEST, PERIOD)


@pytest.fixture
def settings():
    return Settings(
        environment="test",
        objectives=(AVAILABILITY.to_json(), LATENCY.to_json()),
        least_events=10,
        least_failures=5,
    )


def judged(settings, cloudwatch, capsys, slot=NOW):
    """What is logged, and the metrics that are sent."""
    logged = judge_budgets(settings, cloudwatch, slot, clock=lambda: NOW)
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    return logged, [line for line in lines if "_aws" in line]


def test_no_metric_while_healthy(settings, capsys):
    """While all is well no metric is sent and paid for."""
    logged, metrics = judged(settings, CloudWatch(history(requests=[100] * 12, in_time=[100] * 12)), capsys)
    assert [(line["objective"], line["burns_fast"]) for line in logged] == [("availability", False), ("latency", False)]
    assert metrics == []


def test_broken_objective_has_own_metric(settings, capsys, caplog):
    """A promise that is broken is a metric of its own."""
    cloudwatch = CloudWatch(history(requests=[100] * 12, failed=[3] * 12, in_time=[100] * 12))
    logged, (metric,) = judged(settings, cloudwatch, capsys)
    assert logged[0]["burn_1h"] == pytest.approx(30)
    assert [record.levelname for record in caplog.records] == ["WARNING", "INFO"]
    assert (metric["budget_burns_fast"], metric["objective"], metric["environment"]) == ([1.0], "availability", "test")
    assert "budget_burns_slowly" in metric  # the three days hold nothing else


def test_remaining_budget_is_read_hourly(settings, capsys):
    """What is left of thirty days is read once an hour."""
    cloudwatch = CloudWatch(history(requests=[100] * 12, failed=[0] * 11 + [0.6], in_time=[100] * 12))
    logged, _ = judged(settings, cloudwatch, capsys, slot=END + timedelta(minutes=4))
    assert logged[0]["budget_left_percent"] == 50
    logged, _ = judged(settings, cloudwatch, capsys, slot=END + timedelta(minutes=5))
    assert "budget_left_percent" not in logged[0]
    assert len(cloudwatch.asked) == 3


def test_unfinished_period_is_skipped(settings, capsys):
    """The period that has only begun is left to the next run."""
    cloudwatch = CloudWatch(history(requests=[100], in_time=[100]))
    judged(settings, cloudwatch, capsys)
    assert cloudwatch.asked[0]["EndTime"] == END


def test_objective_survives_environment_encoding(settings):
    """An objective is the same after its way through the environment."""
    assert settings.promised == (AVAILABILITY, LATENCY)
    assert Settings.from_environment(settings.to_environment()) == settings


def test_windows_are_named_as_people_name_them():
    assert [name_of(window) for window in WINDOWS] == ["5m", "30m", "1h", "2h", "6h", "1d", "3d"]
