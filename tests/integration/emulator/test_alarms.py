"""Alarms on the embedded account, evaluated when a drill asks."""

import json

import pytest
from botocore.exceptions import ClientError

from emulator.account import ACCOUNT_ID, REGION
from emulator.errors import EmulatorError
from tests.integration.emulator.alarm_drill import DIMENSIONS, MINUTE, NOON, measure
from tests.integration.emulator.waiting import until


def test_alarm_fires_recovers_and_notifies(client, clock, inbox, put_alarm):
    """An alarm fires and recovers, and its topic is sent both."""
    name = put_alarm("fires")
    measure(client, name, NOON, 5)
    fired = clock.evaluate(NOON + MINUTE, [name])[name]
    assert (fired.before, fired.after) == ("INSUFFICIENT_DATA", "ALARM")
    assert "1 out of the last 1 datapoints [5.0" in fired.reason
    (message,) = inbox.messages()
    assert (message["NewStateValue"], message["OldStateValue"]) == ("ALARM", "INSUFFICIENT_DATA")
    assert message["StateChangeTime"] == f"{NOON + MINUTE:%Y-%m-%dT%H:%M:%S}.000+0000"
    assert message["Trigger"] == {
        "MetricName": "fires",
        "Namespace": "Drill",
        "StatisticType": "Statistic",
        "Statistic": "MAXIMUM",
        "Unit": None,
        "Dimensions": [{"value": "api", "name": "endpoint"}],
        "Period": 60,
        "EvaluationPeriods": 1,
        "DatapointsToAlarm": 1,
        "ComparisonOperator": "GreaterThanThreshold",
        "Threshold": 1.0,
        "TreatMissingData": "notBreaching",
        "EvaluateLowSampleCountPercentile": "",
    }
    measure(client, name, NOON + MINUTE, 0)
    assert clock.evaluate(NOON + 2 * MINUTE, [name])[name].after == "OK"
    assert inbox.states() == [(name, "ALARM", "OK")]


def test_dimensions_must_match_exactly(client, clock, put_alarm):
    """Only the metric with exactly its dimensions counts."""
    name = put_alarm("dimensions")
    measure(client, name, NOON, 5, endpoint="other")
    assert clock.evaluate(NOON + MINUTE, [name])[name].after == "OK"
    measure(client, name, NOON, 5)
    assert clock.evaluate(NOON + MINUTE, [name])[name].after == "ALARM"


def test_unit_must_match(client, clock, put_alarm):
    """An alarm with a unit does not see data in another."""
    name = put_alarm("unit", Unit="Seconds")
    measure(client, name, NOON, 5, unit="Milliseconds")
    assert clock.evaluate(NOON + MINUTE, [name])[name].after == "OK"
    measure(client, name, NOON, 5, unit="Seconds")
    assert clock.evaluate(NOON + MINUTE, [name])[name].after == "ALARM"


def test_two_of_three_points_make_an_alarm(client, clock, put_alarm):
    name = put_alarm("two-of-three", EvaluationPeriods=3, DatapointsToAlarm=2)
    for minute, value in enumerate((5, 0, 5)):
        measure(client, name, NOON + minute * MINUTE, value)
        after = clock.evaluate(NOON + (minute + 1) * MINUTE, [name])[name].after
        assert after == ("ALARM" if minute == 2 else "OK")


def test_a_percentile_is_of_all_samples(client, clock, inbox, put_alarm):
    name = put_alarm("percentile", ExtendedStatistic="p90")
    measure(client, name, NOON, *[0.0] * 20, 9)
    assert clock.evaluate(NOON + MINUTE, [name])[name].after == "OK"
    measure(client, name, NOON, 9, 9, 9)
    assert clock.evaluate(NOON + MINUTE, [name])[name].after == "ALARM"
    trigger = inbox.messages()[-1]["Trigger"]
    assert (trigger["StatisticType"], trigger["ExtendedStatistic"]) == ("ExtendedStatistic", "p90")


def metric(name, identifier):
    named = {"Namespace": "Drill", "MetricName": name, "Dimensions": DIMENSIONS}
    return {"Id": identifier, "MetricStat": {"Metric": named, "Period": 60, "Stat": "Sum"}, "ReturnData": False}


def test_maths_alarm_message_has_queries(client, clock, inbox, put_alarm):
    """An alarm on maths fires and its message carries the queries."""
    rate = {"Id": "rate", "Expression": "100 * FILL(failed, 0) / total", "Label": "errors", "ReturnData": True}
    name = put_alarm("rate", Metrics=[rate, metric("failed", "failed"), metric("total", "total")])
    measure(client, "total", NOON, 200)
    assert clock.evaluate(NOON + MINUTE, [name])[name].after == "OK"
    measure(client, "failed", NOON, 10)
    fired = clock.evaluate(NOON + MINUTE, [name])[name]
    assert (fired.after, "[5.0 (" in fired.reason) == ("ALARM", True)
    trigger = inbox.messages()[-1]["Trigger"]
    assert trigger["Metrics"][0] == rate
    assert trigger["Metrics"][1]["MetricStat"] == {
        "Metric": {"Namespace": "Drill", "MetricName": "failed", "Dimensions": [{"value": "api", "name": "endpoint"}]},
        "Period": 60,
        "Stat": "Sum",
    }
    assert (trigger["Period"], "MetricName" in trigger) == (60, False)
    (described,) = client("cloudwatch").describe_alarms(AlarmNames=[name])["MetricAlarms"]
    assert [query["Id"] for query in described["Metrics"]] == ["rate", "failed", "total"]
    assert "MetricName" not in described


def test_anomaly_alarm_needs_a_band(client, clock, inbox, put_alarm):
    """An anomaly alarm has data once it has a band."""
    queries = [
        {**metric("traffic", "m"), "ReturnData": True},
        {"Id": "band", "Expression": "ANOMALY_DETECTION_BAND(m, 2)"},
    ]
    name = put_alarm(
        "traffic",
        Metrics=queries,
        ThresholdMetricId="band",
        ComparisonOperator="LessThanLowerOrGreaterThanUpperThreshold",
        TreatMissingData="missing",
    )
    measure(client, "traffic", NOON, 50)
    assert clock.evaluate(NOON + MINUTE, [name])[name].after == "INSUFFICIENT_DATA"
    clock.set_band(name, 10, 40)
    assert clock.evaluate(NOON + MINUTE, [name])[name].after == "ALARM"
    assert inbox.messages()[-1]["Trigger"]["ThresholdMetricId"] == "band"
    clock.set_band(name, 10, 60)
    assert clock.evaluate(NOON + MINUTE, [name])[name].after == "OK"


COMPOSITE = {"ActionsSuppressorWaitPeriod": 60, "ActionsSuppressorExtensionPeriod": 120}


def test_composite_alarm_follows_its_parts(client, clock, inbox, put_alarm):
    """A composite alarm follows its parts and names them."""
    first, second = put_alarm("first", AlarmActions=[]), put_alarm("second", AlarmActions=[])
    client("cloudwatch").put_composite_alarm(
        AlarmName="either", AlarmRule=f"ALARM({first}) AND NOT ALARM({second})", AlarmActions=[inbox.topic]
    )
    measure(client, first, NOON, 5)
    measure(client, second, NOON, 5)
    assert clock.evaluate(NOON + MINUTE, [first, second])["either"].after == "OK"  # settled before it is looked at
    measure(client, second, NOON + MINUTE, 0)
    measure(client, first, NOON + MINUTE, 5)
    assert clock.evaluate(NOON + 2 * MINUTE)["either"].after == "ALARM"
    (message,) = [it for it in inbox.messages() if it["AlarmName"] == "either"]
    assert message["AlarmRule"] == "ALARM(first) AND NOT ALARM(second)"
    child, *_others = message["TriggeringChildren"]
    assert child["Arn"] == f"arn:aws:cloudwatch:{REGION}:{ACCOUNT_ID}:alarm:second"
    assert (child["State"]["Value"], "Trigger" in message) == ("OK", False)


def test_suppressor_delays_composite_message(client, clock, inbox, put_alarm):
    """A suppressor holds a composite alarms message back until it is over."""
    part, cause = put_alarm("part", AlarmActions=[], OKActions=[]), put_alarm("cause", AlarmActions=[], OKActions=[])
    client("cloudwatch").put_composite_alarm(
        AlarmName="whole", AlarmRule=f"ALARM({part})", AlarmActions=[inbox.topic], ActionsSuppressor=cause, **COMPOSITE
    )
    measure(client, part, NOON, 5)
    measure(client, cause, NOON, 5)
    assert clock.evaluate(NOON + MINUTE)["whole"].after == "ALARM"
    (described,) = client("cloudwatch").describe_alarms(AlarmNames=["whole"], AlarmTypes=["CompositeAlarm"])[
        "CompositeAlarms"
    ]
    assert (described["ActionsSuppressedBy"], described["ActionsSuppressor"]) == ("Alarm", cause)
    measure(client, part, NOON + MINUTE, 5)
    measure(client, cause, NOON + MINUTE, 0)
    clock.evaluate(NOON + 2 * MINUTE)
    assert inbox.states() == []  # within the extension period
    measure(client, part, NOON + 3 * MINUTE, 5)
    clock.evaluate(NOON + 4 * MINUTE)
    assert inbox.states() == [("whole", "OK", "ALARM")]


def test_composite_made_while_suppressed_is_silent(client, clock, inbox, put_alarm):
    """A composite alarm that is made while its suppressor is in alarm says nothing."""
    cause = put_alarm("present", AlarmActions=[])
    measure(client, cause, NOON, 5)
    clock.evaluate(NOON + MINUTE, [cause])
    client("cloudwatch").put_composite_alarm(
        AlarmName="born-muted", AlarmRule="TRUE", AlarmActions=[inbox.topic], ActionsSuppressor=cause, **COMPOSITE
    )
    assert inbox.states() == []


def test_composite_sends_after_suppressor_wait(client, clock, inbox, put_alarm):
    """A composite alarm waits for its suppressor and then speaks."""
    part, cause = put_alarm("alone", AlarmActions=[], OKActions=[]), put_alarm("quiet", AlarmActions=[], OKActions=[])
    client("cloudwatch").put_composite_alarm(
        AlarmName="waits", AlarmRule=f"ALARM({part})", AlarmActions=[inbox.topic], ActionsSuppressor=cause, **COMPOSITE
    )
    measure(client, part, NOON, 5)
    clock.evaluate(NOON + MINUTE)
    assert inbox.states() == []
    measure(client, part, NOON + MINUTE, 5)
    clock.evaluate(NOON + 2 * MINUTE)
    assert inbox.states() == [("waits", "OK", "ALARM")]


# By minutes: the composite alarm's part, its suppressor, and what is sent then.  A wait period of two, an extension of
# three, as in the examples of AWS's page.
SUPPRESSION = {
    "1, no suppression": ("OK ALARM ALARM ALARM", "OK OK OK OK", {3: "ALARM"}),
    "2, by the alarm within the wait": ("OK ALARM ALARM ALARM", "OK OK ALARM ALARM", {}),
    "3, back within the wait": ("OK ALARM OK OK OK", "OK OK OK OK OK", {4: "OK"}),
    "4, by the alarm": ("OK ALARM OK OK", "ALARM ALARM ALARM ALARM", {}),
    "5, after the extension": (
        "OK ALARM ALARM ALARM ALARM ALARM ALARM",
        "OK OK ALARM OK OK OK OK",
        {6: "ALARM"},
    ),
    "6, back within the extension": (
        "OK ALARM ALARM ALARM OK OK OK",
        "OK OK ALARM OK OK OK OK",
        {6: "OK"},
    ),
}


@pytest.mark.parametrize("example", SUPPRESSION)
def test_suppression_follows_the_examples_of_aws(client, clock, inbox, put_alarm, example):
    """https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-suppression.html"""
    parts, suppressors, sent = SUPPRESSION[example]
    name = f"example-{example[0]}"
    part = put_alarm(f"{name}-part", AlarmActions=[], OKActions=[])
    cause = put_alarm(f"{name}-cause", AlarmActions=[], OKActions=[])
    client("cloudwatch").put_composite_alarm(
        AlarmName=name,
        AlarmRule=f"ALARM({part})",
        AlarmActions=[inbox.topic],
        OKActions=[inbox.topic],
        ActionsSuppressor=cause,
        ActionsSuppressorWaitPeriod=120,
        ActionsSuppressorExtensionPeriod=180,
    )
    clock.evaluate(NOON - 30 * MINUTE)
    inbox.states()
    value = {"OK": 0, "ALARM": 5}
    found = {}
    for minute, states in enumerate(zip(parts.split(), suppressors.split(), strict=True)):
        for alarm, state in zip((part, cause), states, strict=True):
            measure(client, alarm, NOON + minute * MINUTE, value[state])
        clock.evaluate(NOON + (minute + 1) * MINUTE)
        for alarm, _, state in inbox.states():
            if alarm == name and minute:  # the first evaluation is the new alarm's own
                found[minute] = state
    assert found == sent


@pytest.fixture
def mute(client):
    names = []

    def put(name, alarm, start, duration):
        names.append(name)
        schedule = {"Expression": f"at({start:%Y-%m-%dT%H:%M})", "Duration": duration}
        client("cloudwatch").put_alarm_mute_rule(
            Name=name, Rule={"Schedule": schedule}, MuteTargets={"AlarmNames": [alarm]}
        )

    yield put
    for name in names:
        client("cloudwatch").delete_alarm_mute_rule(AlarmMuteRuleName=name)


def test_muted_alarm_sends_at_window_end(client, clock, inbox, put_alarm, mute):
    """A muted alarm speaks when the window ends and it is still in that state."""
    name = put_alarm("muted")
    clock.evaluate(NOON, [name])
    inbox.messages()
    mute("night", name, NOON, "PT3M")
    for minute in range(4):
        measure(client, name, NOON + minute * MINUTE, 5)
    assert clock.evaluate(NOON + MINUTE, [name])[name].after == "ALARM"
    clock.evaluate(NOON + 2 * MINUTE, [name])
    assert inbox.states() == []
    clock.evaluate(NOON + 3 * MINUTE, [name])
    assert inbox.states() == [(name, "OK", "ALARM")]


def test_muted_recovered_alarm_stays_silent(client, clock, inbox, put_alarm, mute):
    """A muted alarm that recovered in time stays silent."""
    name = put_alarm("recovered")
    clock.evaluate(NOON, [name])
    inbox.messages()
    mute("deploy", name, NOON, "PT3M")
    measure(client, name, NOON, 5)
    assert clock.evaluate(NOON + MINUTE, [name])[name].after == "ALARM"
    measure(client, name, NOON + MINUTE, 0)
    assert clock.evaluate(NOON + 2 * MINUTE, [name])[name].after == "OK"
    clock.evaluate(NOON + 5 * MINUTE, [name])
    assert inbox.states() == []


def test_mute_rules_are_described_listed_and_deleted(client, mute):
    cloudwatch = client("cloudwatch")
    mute("window", "some-alarm", NOON, "PT1M")
    described = cloudwatch.get_alarm_mute_rule(AlarmMuteRuleName="window")
    assert described["AlarmMuteRuleArn"].endswith(":alarm-mute-rule:window")
    assert (described["Status"], described["MuteType"]) == ("EXPIRED", "ONE_TIME")
    assert described["MuteTargets"] == {"AlarmNames": ["some-alarm"]}
    (listed,) = cloudwatch.list_alarm_mute_rules(AlarmName="some-alarm")["AlarmMuteRuleSummaries"]
    assert listed["AlarmMuteRuleArn"] == described["AlarmMuteRuleArn"]
    assert cloudwatch.list_alarm_mute_rules(Statuses=["ACTIVE"])["AlarmMuteRuleSummaries"] == []
    cloudwatch.delete_alarm_mute_rule(AlarmMuteRuleName="window")
    with pytest.raises(cloudwatch.exceptions.ResourceNotFoundException, match="window does not exist"):
        cloudwatch.get_alarm_mute_rule(AlarmMuteRuleName="window")


def test_manual_state_lasts_until_evaluation(client, clock, inbox, put_alarm):
    """A state that is set by hand is sent and lasts until the next evaluation."""
    name = put_alarm("by-hand")
    client("cloudwatch").set_alarm_state(AlarmName=name, StateValue="ALARM", StateReason="a test")
    (message,) = inbox.messages()
    assert (message["NewStateValue"], message["NewStateReason"]) == ("ALARM", "a test")
    assert clock.evaluate(NOON, [name])[name].after == "OK"


def test_disabled_actions_do_not_run(client, clock, inbox, put_alarm):
    """Actions that are disabled are not carried out."""
    name = put_alarm("disabled", ActionsEnabled=False)
    measure(client, name, NOON, 5)
    assert clock.evaluate(NOON + MINUTE, [name])[name].after == "ALARM"
    assert inbox.states() == []


def test_state_change_is_event_and_history(client, clock, inbox, put_alarm):
    """A change of state is an event and kept in the history."""
    queue = client("sqs").get_queue_attributes(QueueUrl=inbox.queue, AttributeNames=["QueueArn"])["Attributes"]
    pattern = {"source": ["aws.cloudwatch"], "detail": {"alarmName": ["history"], "state": {"value": ["ALARM"]}}}
    client("events").put_rule(Name="alarms", EventPattern=json.dumps(pattern))
    client("events").put_targets(Rule="alarms", Targets=[{"Id": "queue", "Arn": queue["QueueArn"]}])
    name = put_alarm("history", AlarmActions=[])
    measure(client, name, NOON, 5)
    clock.evaluate(NOON + MINUTE, [name])
    (event,) = inbox.bodies()
    assert event["detail-type"] == "CloudWatch Alarm State Change"
    assert event["detail"]["previousState"] == {"value": "INSUFFICIENT_DATA"}
    assert event["detail"]["state"]["timestamp"] == f"{NOON + MINUTE:%Y-%m-%dT%H:%M:%S}.000+0000"
    (query,) = event["detail"]["configuration"]["metrics"]
    assert query["metricStat"]["metric"]["dimensions"] == {"endpoint": "api"}
    history = client("cloudwatch").describe_alarm_history(AlarmName=name, HistoryItemType="StateUpdate")
    newest = history["AlarmHistoryItems"][0]
    assert (newest["HistorySummary"], newest["Timestamp"]) == (
        "Alarm updated from INSUFFICIENT_DATA to ALARM",
        NOON + MINUTE,
    )
    client("events").remove_targets(Rule="alarms", Ids=["queue"])


REFUSED = [
    ({"Period": 45}, "Period must be 10, 20, 30 or a multiple of 60, not 45"),
    ({"DatapointsToAlarm": 2}, "DatapointsToAlarm must be between 1 and EvaluationPeriods"),
    ({"EvaluationPeriods": 1441}, "cannot be checked across more than a day"),
    ({"ExtendedStatistic": "p101"}, "p101 is not a statistic"),
    ({"AlarmActions": ["arn"] * 6}, "AlarmActions must have at most 5 items"),
    ({"ComparisonOperator": "GreaterThanUpperThreshold"}, "needs ThresholdMetricId and not Threshold"),
    ({"EvaluationWindow": {"WallClockWindow": {"Timezone": "UTC"}}}, "with a wall clock window are not evaluated here"),
    ({"Metrics": [{"Id": "e", "Expression": "SELECT AVG(a) FROM b"}]}, "unexpected AVG in expression"),
    ({"Metrics": [{"Id": "e", "Expression": "NOTHING(1)"}]}, "NOTHING is not a function"),
    ({"Metrics": [{"Id": "e", "Expression": "m1 + 1"}]}, "there is no metric or expression with Id m1"),
    ({"Metrics": [metric("a", "a"), metric("b", "b")]}, "Exactly one element of Metrics must return data"),
]


@pytest.mark.parametrize(("properties", "reason"), REFUSED)
def test_an_alarm_that_cloudwatch_refuses_is_refused(put_alarm, properties, reason):
    with pytest.raises(ClientError, match=reason):
        put_alarm("refused", **properties)


def test_drill_reports_its_mistakes(clock):
    """A drill is sent what it got wrong."""
    with pytest.raises(EmulatorError, match="there is no alarm nobody"):
        clock.evaluate(alarms=["nobody"])
    with pytest.raises(EmulatorError, match="nobody is not an alarm on an anomaly band"):
        clock.set_band("nobody", 1, 2)


def test_alarms_are_evaluated_by_themselves(client, clock, put_alarm):
    name = put_alarm("by-itself")
    clock.resume()

    def state():
        (alarm,) = client("cloudwatch").describe_alarms(AlarmNames=[name])["MetricAlarms"]
        return alarm["StateValue"] if alarm["StateValue"] != "INSUFFICIENT_DATA" else None

    assert until(state) == "OK"
