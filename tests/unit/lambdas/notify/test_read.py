"""What SNS delivers, read as notices."""

import json

import pytest

from lambdas.notify.errors import BadMessageError
from lambdas.notify.queue import work_of
from lambdas.notify.read_notice import received
from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.notices import Change, Notice
from tests.unit.lambdas.notify.samples import ARN, AT, alarm, crossed, envelope, trigger


def notice_of(**changes):
    return received(envelope(alarm(**changes))).notice


def test_alarm_text_is_complete():
    """An alarm says what since when how bad and where to look."""
    assert notice_of() == Notice(
        key=ARN,
        level=Level.HIGH,
        change=Change.RAISED,
        title="Connections are running out",
        at=AT,
        measured="connections_used of junkos 93 % (above 80 %)",
        first_look="who holds them",
        runbook="https://runbooks.example/database-capacity.md",
        console="https://eu-central-1.console.aws.amazon.com/cloudwatch/home?region=eu-central-1"
        "#alarmsV2:alarm/junkos-prod-database%20connections",
        owner="backend team",
    )


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (
            {"Trigger": trigger(MetricName="backup_age", Threshold=93600.0), "NewStateReason": crossed("97200.0")},
            "backup_age of junkos 27 h (above 26 h)",
        ),
        (
            {
                "Trigger": trigger(
                    MetricName="FreeStorageSpace",
                    Namespace="AWS/RDS",
                    Dimensions=[{"name": "DBInstanceIdentifier", "value": "db"}],
                    ComparisonOperator="LessThanThreshold",
                    Threshold=2e9,
                ),
                "NewStateReason": crossed("1.5E9"),
            },
            "FreeStorageSpace of db 1.5 GB (below 2 GB)",
        ),
        (
            {
                "Trigger": trigger(
                    MetricName="request_duration", Statistic=None, ExtendedStatistic="p95", Dimensions=[], Threshold=1e3
                ),
                "NewStateReason": crossed("1200.0"),
            },
            "request_duration p95 1.2 s (above 1 s)",
        ),
        (
            {"NewStateReason": "Threshold Crossed: no datapoints were received for 2 periods and 2 missing datapoints "
             "were treated as [Breaching]."},
            "connections_used of junkos: no data for 10 min",
        ),
        (
            {"NewStateValue": "OK", "NewStateReason": crossed("12.0")},
            "connections_used of junkos 12 % (the limit is 80 %)",
        ),
        (
            {
                "Trigger": {
                    "Period": 300,
                    "ComparisonOperator": "GreaterThanThreshold",
                    "Threshold": 0.05,
                    "Metrics": [
                        {"Id": "rate", "Expression": "failed / all", "Label": "failed share", "ReturnData": True},
                        {"Id": "failed", "MetricStat": {"Metric": {"MetricName": "f"}}, "ReturnData": False},
                    ],
                },
                "NewStateReason": crossed("0.0712"),
            },
            "failed share 0.0712 (above 0.05)",
        ),
        (
            {
                "Trigger": trigger(ComparisonOperator="LessThanLowerOrGreaterThanUpperThreshold", Threshold=None),
                "NewStateReason": crossed("93.0"),
            },
            "connections_used of junkos 93 % (not what is usual)",
        ),
        (
            {
                "Trigger": {
                    "Period": 300,
                    "ComparisonOperator": "LessThanLowerOrGreaterThanUpperThreshold",
                    "ThresholdMetricId": "expr_1",
                    "Metrics": [
                        {"Id": "expr_1", "Expression": "ANOMALY_DETECTION_BAND(m0, 4)", "ReturnData": True},
                        {
                            "Id": "m0",
                            "MetricStat": {
                                "Metric": {"MetricName": "request_duration", "Namespace": "JunkOS"},
                                "Stat": "SampleCount",
                            },
                            "ReturnData": True,
                        },
                    ],
                },
                "NewStateReason": "Thresholds Crossed: 1 out of the last 4 datapoints [537.0 (24/11/26 20:28:00)] was "
                "less than the lower thresholds [193.3] or greater than the upper thresholds [531.4] (minimum 1 "
                "datapoint for OK -> ALARM transition).",
            },
            "number of request_duration 537 (not what is usual)",
        ),
        ({"Trigger": trigger(Period=None), "NewStateReason": "no datapoints were received for 2 periods"},
         "connections_used of junkos: no data"),
        ({"Trigger": trigger(Statistic="SAMPLE_COUNT")}, "number of connections_used of junkos 93 (above 80)"),
        ({"NewStateReason": "set by hand"}, ""),
    ],
    ids=[
        *("age", "bytes", "percentile", "no data", "recovered", "maths", "band", "band as deployed", "no period"),
        *("count", "by hand"),
    ],
)  # fmt: skip
def test_value_has_words_and_units(changes, said):
    """How bad is said in words and units."""
    assert notice_of(**changes).measured == said


@pytest.mark.parametrize(
    ("reason", "before", "held"),
    [
        ("no datapoints were received for 3 periods and 3 missing datapoints were treated as [Breaching].", "", True),
        ("2 missing datapoints were treated as [Breaching].", "", True),
        ("2 missing datapoints were treated as [NonBreaching].", "", False),
        ("1 missing datapoint was treated as [Breaching].", "OK", False),
        (crossed("0.0")[:-1] + " and 2 missing datapoints were treated as [Breaching].", "", False),
        (crossed("0.0"), "", False),
    ],
)
def test_new_alarm_without_data_is_recognised(reason, before, held):
    """A new alarm without data is known from one with a bad value."""
    document = alarm(NewStateReason=reason, OldStateValue=before or "INSUFFICIENT_DATA")
    assert received(envelope(document)).has_no_data_yet is held
    fine = received(envelope({**document, "NewStateValue": "OK"}))
    assert not fine.has_no_data_yet


def test_a_composite_alarm_names_its_causes():
    composite = alarm(AlarmRule="ALARM(a)", TriggeringChildren=[{"Arn": ARN, "State": {"Value": "ALARM"}}])
    del composite["Trigger"]
    assert received(envelope(composite)).notice.measured == "because of junkos-prod-database connections"


def test_foreign_alarm_ends_by_ok():
    """An alarm of others without data is ended by its ok."""
    lost = received(envelope(alarm(NewStateValue="INSUFFICIENT_DATA", AlarmDescription="Ask Ana: she knows.")))
    fine = received(envelope(alarm(NewStateValue="OK", OldStateValue="INSUFFICIENT_DATA")))
    assert (lost.notice.change, fine.notice.change) == (Change.RAISED, Change.RECOVERED)
    assert lost.notice.key == fine.notice.key
    assert lost.notice.meaning == "Ask Ana: she knows."


def test_channel_alarm_names_channel():
    """The alarm on a channel names the channel."""
    about = trigger(MetricName="channel_failed", Dimensions=[{"name": "channel", "value": "team-chat"}])
    assert received(envelope(alarm(Trigger=about))).about_channel == "team-chat"
    assert received(envelope(alarm())).about_channel == ""


def test_notice_is_read_as_published():
    """A notice is read as it was published."""
    notice = Notice("k", Level.LOW, Change.HAPPENED, "seen", AT)
    assert received(envelope(notice.to_json())).notice == notice


def test_foreign_message_is_passed_on():
    """Whatever else somebody publishes is sent as it is."""
    notice = received(envelope("the disk of the build machine is full", Subject="Disk")).notice
    assert (notice.title, notice.meaning, notice.change) == (
        "Disk",
        "the disk of the build machine is full",
        Change.HAPPENED,
    )
    assert notice.level is Level.HIGH


@pytest.mark.parametrize(
    "message",
    [
        alarm(NewStateValue="SUPPRESSED", OldStateValue="ALARM"),
        alarm(StateChangeTime=None),
        alarm(AlarmArn="alarm"),
        alarm(Trigger={"Metrics": []}),
        {"key": "k", "level": "urgent"},
        {**json.loads(Notice("k", Level.LOW, Change.HAPPENED, "seen", AT).to_json()), "at": "2026-11-24T20:33:07"},
        {**json.loads(Notice("k", Level.LOW, Change.HAPPENED, "seen", AT).to_json()), "key": 7},
        {**json.loads(Notice("k", Level.LOW, Change.HAPPENED, "seen", AT).to_json()), "count": "3"},
        {**json.loads(Notice("k", Level.LOW, Change.HAPPENED, "seen", AT).to_json()), "measured": None},
        [alarm()],
        7,
    ],
    ids=[
        *["no state of an alarm", "no time", "no ARN", "no metric", "no level of ours", "no zone", "no key"],
        *["no number", "no text", "a list", "a number"],
    ],
)
def test_look_alike_is_passed_on(message):
    """What looks like an alarm or a notice and is none is sent as it is."""
    notice = received(envelope(message, Subject="ALARM: something")).notice
    assert (notice.title, notice.change) == ("ALARM: something", Change.HAPPENED)


@pytest.mark.parametrize("message", ["half a letter: \ud83d", alarm(AlarmDescription="Meaning: half a letter: \ud83d")])
def test_half_a_letter_is_a_question_mark(message):
    text = json.dumps(message) if isinstance(message, dict) else message
    notice = received(envelope(text, Subject="s")).notice
    assert "half a letter: \ufffd" in notice.meaning + notice.title
    notice.to_json().encode()


@pytest.mark.parametrize(
    "body", ["", "no JSON", "[]", '{"Records": []}', '{"flush": {"level": "high"}}', '{"deliver": 7}']
)
def test_unknown_message_is_refused(body):
    """A message that nobody here writes is refused."""
    with pytest.raises(BadMessageError):
        work_of(body)


@pytest.mark.parametrize("changes", [{"TopicArn": "arn:aws:sns:x:1:other"}, {"Timestamp": "yesterday"}])
def test_an_envelope_of_another_topic_is_refused(changes):
    with pytest.raises(BadMessageError):
        received({**envelope(alarm()), **changes})
