"""The alarms' history and metrics, read in whole."""

import json
from datetime import timedelta

from lambdas.review.alarms import read
from lambdas.review.sections.alarms import ALARMS
from lambdas.vocabulary.alarm_description import AlarmDescription
from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.reviews import Period, State
from tests.unit.lambdas.review.situation import DENIED, UNTIL, Account, ago, ask, metrics

PREFIX = "junkos-prod-"
PERIOD = timedelta(minutes=5)
POINTS = [UNTIL - number * PERIOD for number in range(30 * 288, 0, -1)]


def alarm(name, metric, threshold=80.0, **fields):
    return {
        "AlarmName": f"{PREFIX}{name}",
        "AlarmDescription": AlarmDescription(Level.HIGH, "m", "f", "docs/runbooks/service-slow.md", "o").to_text(),
        "ComparisonOperator": "GreaterThanThreshold",
        "Threshold": threshold,
        "EvaluationPeriods": 1,
        "Period": 300,
        "Namespace": "JunkOS",
        "MetricName": metric,
        "Dimensions": [],
        "Statistic": "Maximum",
        "TreatMissingData": "notBreaching",
    } | fields


def change(name, at, to="ALARM"):
    data = json.dumps({"version": "1.0", "oldState": {"stateValue": "OK"}, "newState": {"stateValue": to}})
    return {"AlarmName": f"{PREFIX}{name}", "Timestamp": at, "HistoryData": data}


CPU = {at: 95.0 if place % 1000 == 0 else 20.0 for place, at in enumerate(POINTS)}
"""Nine spikes."""
MEMORY = dict.fromkeys(POINTS, 10.0)
COMPOSITE = {"AlarmName": f"{PREFIX}both", "AlarmDescription": alarm("x", "x")["AlarmDescription"]}
FOREIGN = {**alarm("foreign", "cpu"), "AlarmDescription": "somebody else's"}
SPIKES = [change("cpu", at) for at, value in CPU.items() if value > 80]


def account(*, history=(SPIKES,), incidents=(), **answers):
    return Account(
        {
            "cloudwatch.describe_alarms": [
                {"MetricAlarms": [alarm("cpu", "cpu"), FOREIGN]},
                {"MetricAlarms": [alarm("memory", "memory")], "CompositeAlarms": [COMPOSITE]},
            ],
            "cloudwatch.describe_alarm_history": [{"AlarmHistoryItems": page} for page in history],
            "cloudwatch.get_metric_data": metrics({"watched": {}, "cpu": CPU, "memory": MEMORY}),
            "dynamodb.query": {"Items": list(incidents)},
        }
        | answers
    )


def test_noisy_and_deaf():
    found = ask(ALARMS, account(), Period.MONTH)
    assert (found.state, found.summary) == (State.ATTENTION, "1 noisy and 1 deaf of 3 alarms")
    noisy, deaf = (block for block in found.blocks if hasattr(block, "rows"))
    assert noisy.rows == (("cpu", "high", "fired 9 times, nobody took it", "0", "> 80", "95", "0 times"),)
    assert deaf.rows == (("memory", "high", "> 80", "10", "13", "0 times"),)


def test_second_page_of_the_history_counts():
    found = ask(ALARMS, account(history=(SPIKES[:2], SPIKES[2:])), Period.MONTH)
    assert {figure.name: figure.value for figure in found.figures}["fired"] == 9


def test_failing_page_of_the_history_is_unknown():
    """The first page alone would make the alarm quiet."""
    answers = account()
    pages = [{"AlarmHistoryItems": SPIKES[:2]}, DENIED]
    assert ask(ALARMS, answers.but(cloudwatch__describe_alarm_history=pages), Period.MONTH).state is State.UNKNOWN


def test_history_that_is_too_long_is_unknown(monkeypatch):
    monkeypatch.setattr(read, "_MOST_PAGES", 1)
    assert ask(ALARMS, account(history=(SPIKES, SPIKES)), Period.MONTH).state is State.UNKNOWN


def test_recoveries_are_no_firings():
    recovered = [change("cpu", ago(hours=1), "OK"), change("cpu", ago(hours=2), "INSUFFICIENT_DATA")]
    broken = [{"AlarmName": f"{PREFIX}cpu", "Timestamp": ago(hours=1), "HistoryData": "{"}]
    found = ask(ALARMS, account(history=(recovered + broken,)), Period.MONTH)
    assert found.summary == "0 noisy and 1 deaf of 3 alarms"


def test_nobody_on_call_means_nothing_of_answers():
    found = ask(ALARMS, account(history=(SPIKES[:3],)), Period.MONTH, on_call=False)
    assert found.summary == "0 noisy and 1 deaf of 3 alarms"


def test_empty_account_is_unknown():
    found = ask(ALARMS, Account({"cloudwatch.describe_alarms": {}}), Period.MONTH)
    assert (found.state, found.summary) == (
        State.UNKNOWN,
        "no alarm begins with junkos-prod- (is the environment deployed?)",
    )


def test_alarm_on_an_expression_asks_for_all_of_it():
    asked = []
    written = {
        "Metrics": [
            {"Id": "rate", "Expression": "failed / all", "ReturnData": True},
            {"Id": "failed", "MetricStat": {"Metric": {}, "Period": 60, "Stat": "Sum"}, "ReturnData": False},
        ]
    }

    def answer(**query):
        asked.append(query)
        return {"MetricDataResults": [{"Id": "rate", "Timestamps": [], "Values": []}]}

    computed = {name: of for name, of in alarm("rate", "x").items() if name not in ("Period", "MetricName")} | written
    ask(
        ALARMS,
        account(**{"cloudwatch.describe_alarms": {"MetricAlarms": [computed]}, "cloudwatch.get_metric_data": answer}),
        Period.MONTH,
    )
    query = asked[0]
    assert [each["Id"] for each in query["MetricDataQueries"]] == ["rate", "failed"]
    assert query["EndTime"] - query["StartTime"] == timedelta(days=15)
