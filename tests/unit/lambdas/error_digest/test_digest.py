"""Events that come by the queue: counted once, kept, and published once."""

import gzip
import json
from datetime import timedelta

import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from lambdas.shared.error_tracking import samples
from lambdas.shared.error_tracking.states import mute, resolve
from lambdas.vocabulary.error_tracking import (
    Batch,
    Commit,
    Deployment,
    Pointer,
    Release,
    Resolution,
    SessionCount,
    Source,
    State,
)
from lambdas.vocabulary.metrics import Metric
from tests.unit.lambdas.error_digest.situation import (
    DAY,
    HOUR,
    MINUTE,
    START,
    Through,
    event,
    exception,
    frame,
    make_situation,
)


@pytest.fixture
def situation():
    with mock_aws():
        yield make_situation()


@pytest.fixture
def metrics(monkeypatch):
    """What is published, as (metric, value, at)."""
    published = []

    def publish(values, at=None, /, *, environment):
        published.extend((metric, value, at) for metric, value in values.items())

    monkeypatch.setattr("lambdas.error_digest.digest.publish", publish)
    return published


def change(situation, changed, *arguments, **named):
    issue = situation.issue()
    situation.table.change(issue, changed(issue, *arguments, **named))


def test_event_becomes_issue(situation):
    sent = event(user={"id": "7"})
    assert situation.take(sent) == {"batchItemFailures": []}
    issue = situation.issue()
    assert (issue.title, issue.culprit) == ("TypeError: price is undefined", "createOrder (dist/orders.js)")
    assert (issue.state, issue.count, issue.users, issue.level) == (State.OPEN, 1, 1, "error")
    assert (issue.first_seen, issue.last_seen, issue.first_release) == (START, START, "api@1.0.0")
    assert samples.read(situation.s3, "errors", issue.samples[0]) == sent
    assert situation.table.hours(issue)[-1] == 1
    assert situation.table.releases_of(issue) == {"api@1.0.0": 1}
    assert situation.table.event_issue(sent["event_id"]) == ("api", issue.id)
    assert [each.version for each in situation.table.releases("api")] == ["api@1.0.0"]


def test_kinds_and_projects_are_apart(situation):
    situation.take(event(), event(exception("RangeError")))
    situation.take(event(), project="web")
    assert len(situation.issues()) == 2
    assert len({issue.id for issue in (*situation.issues(), *situation.issues("web"))}) == 3


def test_one_object_of_samples_a_batch(situation):
    situation.take(*(event() for _ in range(40)), event(exception("RangeError")))
    found = situation.s3.list_objects_v2(Bucket="errors")["Contents"]
    assert len(found) == 1
    assert found[0]["Key"].startswith("samples/api/2026-11-24/")
    assert {issue.count: len(issue.samples) for issue in situation.issues()} == {40: 5, 1: 1}


def test_samples_are_the_newest(situation):
    for number in range(30):
        situation.at = START + number * HOUR
        situation.take(event(at=situation.at))
    kept = [sample.at for sample in situation.issue().samples]
    assert kept == [START + number * HOUR for number in range(10, 30)]
    situation.at = START + 60 * DAY
    situation.take(event(at=situation.at))
    assert len(situation.issue().samples) == 1


def test_samples_are_not_of_one_moment(situation):
    """A hot issue gets one a minute, and one in ten when it has all that it may have."""
    for _ in range(3):
        situation.take(*(event() for _ in range(7)))
    assert len(situation.issue().samples) == 5
    for minute in range(1, 16):
        situation.at = START + minute * MINUTE
        situation.take(event(at=situation.at))
    full = situation.issue().samples
    situation.at = START + 24 * MINUTE
    situation.take(event(at=situation.at))
    assert (len(full), situation.issue().samples) == (20, full)
    situation.at = START + 25 * MINUTE
    situation.take(event(at=situation.at))
    assert situation.issue().samples[:-1] == full[1:]


def test_event_in_two_messages_counts_once(situation):
    sent = event()
    situation.take(sent)
    situation.take(sent, event())
    situation.take({**sent, "event_id": sent["event_id"].upper()})
    issue = situation.issue()
    assert issue.count == 2
    assert sum(situation.table.hours(issue)) == 2


def test_event_twice_in_message_counts_once(situation):
    sent = event()
    situation.take(sent, sent)
    assert situation.issue().count == 1


@pytest.mark.parametrize("identity", [None, 7, "", "x", "../../x", "0" * 33, {}])
def test_event_without_id_counts_once(situation, identity):
    message = situation.message(event(event_id=identity))
    for _ in range(2):
        situation.digest.take({"Records": [message]})
    assert situation.issue().count == 1


def test_order_of_events_does_not_matter(situation):
    """An hour late, and before the first one."""
    for minutes, release in ((0, "2"), (-60, "1"), (5, "3"), (-30, "2")):
        situation.take(event(at=START + minutes * MINUTE, release=release))
    issue = situation.issue()
    assert (issue.first_seen, issue.last_seen) == (START - HOUR, START + 5 * MINUTE)
    assert (issue.first_release, issue.last_release) == ("1", "3")


@pytest.mark.parametrize(
    "written",
    [
        "1970-01-01T00:00:00Z",
        "2099-01-01T00:00:00Z",
        0,
        -1e30,
        1e300,
        "yesterday",
        None,
        True,
        [],
        "9" * 5000,
    ],
)
def test_wrong_clock_is_not_believed(situation, written):
    """Years off, or no time at all: the time is when it was received."""
    situation.take(event(timestamp=written))
    assert situation.issue().last_seen == START


@pytest.mark.parametrize(
    "written", [START.timestamp() - 3600, (START.timestamp() - 3600) * 1000, "2026-11-24T08:20:10"]
)
def test_late_event_has_its_own_time(situation, written):
    situation.take(event(timestamp=written))
    assert situation.issue().last_seen == START - HOUR
    assert situation.table.hours(situation.issue(), 3) == [0, 1, 0]


def test_many_events_are_all_counted(situation):
    """More than a transaction takes, of several hours, releases and users."""
    events = [
        event(at=START - (number % 5) * HOUR, release=f"{number % 7}", user={"id": number % 50})
        for number in range(140)
    ]
    situation.take(*events)
    issue = situation.issue()
    assert (issue.count, issue.users) == (140, 50)
    assert situation.table.hours(issue, 5) == [28] * 5
    assert situation.table.releases_of(issue) == {f"{number}": 20 for number in range(7)}


def test_users_are_counted_once(situation):
    for user in ({"id": 1}, {"id": "1"}, {"username": "ann"}, {"email": "***"}, {"ip_address": "10.0.0.1"}, None, "x"):
        situation.take(event(user=user))
    assert situation.issue().users == 2


def test_batch_in_the_bucket_is_read(situation):
    batch = Batch("api", Source.SDK, START, (event(),))
    situation.s3.put_object(Bucket="errors", Key="incoming/a", Body=gzip.compress(batch.to_json().encode()))
    message = {"messageId": "m", "body": Pointer("incoming/a").to_json()}
    assert situation.digest.take({"Records": [message]}) == {"batchItemFailures": []}
    assert situation.issue().count == 1


@pytest.mark.parametrize(
    "body",
    [
        "",
        "null",
        "[]",
        "{}",
        "[" * 5000,
        json.dumps({"object": "incoming/missing"}),
        json.dumps({"object": "maps/api/x"}),
        json.dumps({"object": 7}),
        json.dumps({"project": "api", "source": "sdk", "received_at": "never"}),
    ],
)
def test_bad_message_loses_no_neighbour(situation, body):
    records = [situation.message(event()), {"messageId": "bad", "body": body}, situation.message(event())]
    assert situation.digest.take({"Records": records}) == {"batchItemFailures": [{"itemIdentifier": "bad"}]}
    assert situation.issue().count == 2


NO_BATCHES = (b"", b"no gzip", gzip.compress(b"{}", mtime=0)[:-4], gzip.compress(b"no json", mtime=0))


@pytest.mark.parametrize("packed", NO_BATCHES)
def test_bad_object_loses_no_neighbour(situation, packed):
    situation.s3.put_object(Bucket="errors", Key="incoming/a", Body=packed)
    records = [{"messageId": "bad", "body": Pointer("incoming/a").to_json()}, situation.message(event())]
    assert situation.digest.take({"Records": records}) == {"batchItemFailures": [{"itemIdentifier": "bad"}]}
    assert situation.issue().count == 1


def test_batch_that_inflates_too_much(situation, monkeypatch):
    monkeypatch.setattr("lambdas.shared.error_tracking.incoming.LARGEST", 1000)
    situation.s3.put_object(Bucket="errors", Key="incoming/a", Body=gzip.compress(b" " * 10_000))
    records = [{"messageId": "bad", "body": Pointer("incoming/a").to_json()}]
    assert situation.digest.take({"Records": records}) == {"batchItemFailures": [{"itemIdentifier": "bad"}]}


@pytest.mark.parametrize(
    "hostile",
    [
        {
            "exception": {
                "values": [None, 7, {"type": 7, "value": [], "stacktrace": {"frames": [None, {"filename": 7}]}}]
            }
        },
        {"release": "\ud800", "environment": 7, "user": {"id": "\udfff"}, "level": [], "fingerprint": [[], {}]},
        {"release": "é" * 5000, "transaction": "x" * 10**6, "tags": {str(number): "x" for number in range(10_000)}},
        {"exception": {"values": [{"type": "x" * 1000, "value": "y" * 1000}] * 1000}},
        {"message": "\x00\x1b[31m<script>"},
        {"contexts": [], "extra": 7, "tags": [[1], [], 7, ["a", "b"]]},
    ],
)
def test_hostile_event_is_counted(situation, hostile):
    assert situation.take({**event(), **hostile}, event()) == {"batchItemFailures": []}
    assert sum(issue.count for issue in situation.issues()) == 2


def test_no_event_is_passed_over(situation):
    record = situation.message(event())
    body = json.loads(record["body"])
    body["events"] += [None, 7, "x", [], {"type": "transaction"}]
    assert situation.digest.take({"Records": [{**record, "body": json.dumps(body)}]}) == {"batchItemFailures": []}
    assert situation.issue().count == 1


def test_message_whose_event_breaks_comes_again(situation):
    """A fault of ours in one event: its message is refused, and its neighbours are counted."""
    digest = situation.make_digest(mapped=lambda _project, sent: sent["mapped"])
    records = [situation.message(event()), situation.message(event(mapped=event()))]
    assert digest.take({"Records": records}) == {"batchItemFailures": [{"itemIdentifier": "message-1"}]}
    assert situation.issue().count == 1


def test_frames_are_mapped_before_grouping(situation):
    def mapped(project, sent):
        assert project == "api"
        return {**sent, "exception": {"values": [exception(frames=[frame("/app/src/orders.ts")])]}}

    situation.make_digest(mapped=mapped).take({"Records": [situation.message(event())]})
    assert situation.issue().culprit == "createOrder (src/orders.ts)"
    assert samples.read(situation.s3, "errors", situation.issue().samples[0])["exception"]["values"][0]["stacktrace"]


def test_suspects_are_of_first_release(situation):
    commit = Commit("3f2a1b9", "Break it", "ann", paths=("src/orders.ts",))
    situation.table.put_release(Release("api", "api@1.0.0", START, (commit,)))
    digest = situation.make_digest(suspects=lambda _event, release: release.commits)
    digest.take({"Records": [situation.message(event())]})
    assert situation.issue().suspects == (commit,)


def test_sessions_of_a_message_count_once(situation):
    sessions = (SessionCount("1", "prod", 10, 2, 1), SessionCount("1", "prod", 5), SessionCount("1", "dev", -3))
    message = situation.message(sessions=sessions)
    for _ in range(2):
        situation.digest.take({"Records": [message]})
    assert situation.table.sessions("api", "1") == SessionCount("1", "", 15, 2, 1)
    situation.take(sessions=(SessionCount("2", "prod", 1),))
    assert situation.table.sessions("api", "2") == SessionCount("2", "prod", 1)
    assert situation.table.sessions("api", "3") is None


# States


def test_regression_by_deployments(situation):
    """Hashes as releases: the order is that of their deployments to the event's environment."""
    for day, version in enumerate(("aaa", "bbb", "aaa", "ccc")):
        situation.table.add_deployment("api", version, Deployment("prod", START - (9 - day) * DAY))
    situation.take(event(release="aaa"))
    change(situation, resolve, Resolution.IN_RELEASE, START, release="bbb")
    situation.at = START + HOUR
    situation.take(event(release="aaa", at=situation.at))
    assert situation.issue().state is State.RESOLVED
    situation.take(event(release="ccc", at=situation.at))
    issue = situation.issue()
    assert (issue.state, issue.regressed_in, issue.count) == (State.REGRESSED, "ccc", 3)


def test_releases_without_deployments_go_by_time(situation):
    situation.take(event(release="aaa"))
    situation.take(event(release="bbb", at=START + MINUTE))
    change(situation, resolve, Resolution.IN_NEXT_RELEASE, START + MINUTE)
    situation.at = START + HOUR
    situation.take(event(release="aaa", at=situation.at), event(release="bbb", at=situation.at))
    assert situation.issue().state is State.RESOLVED
    situation.take(event(release="ccc", at=situation.at))
    assert situation.issue().state is State.REGRESSED


def test_late_event_does_not_reopen(situation):
    situation.take(event())
    change(situation, resolve, Resolution.NOW, START + 2 * MINUTE)
    situation.at = START + HOUR
    situation.take(event(at=START + MINUTE))
    assert situation.issue().state is State.RESOLVED
    situation.take(event(at=START + 3 * MINUTE))
    assert situation.issue().state is State.REGRESSED


@pytest.mark.parametrize(("window", "minutes", "opens"), [(0, 600, True), (10, 1, True), (10, 9, False)])
def test_mute_ends_by_number(situation, window, minutes, opens):
    """Three within the window, however the batches fall."""
    situation.take(event())
    change(situation, mute, START, events=3, window_minutes=window)
    for number in range(1, 4):
        assert situation.issue().state is State.MUTED
        situation.at = START + number * minutes * MINUTE
        situation.take(event(at=situation.at))
    assert situation.issue().state is (State.OPEN if opens else State.MUTED)


def test_mute_counts_within_a_batch(situation):
    situation.take(event())
    change(situation, mute, START, events=150, window_minutes=60)
    situation.take(*(event(at=START + number * timedelta(seconds=1)) for number in range(149)))
    assert situation.issue().state is State.MUTED
    situation.take(event(at=START + 5 * MINUTE))
    assert (situation.issue().state, situation.issue().muted) == (State.OPEN, None)


def test_new_mute_counts_anew(situation):
    situation.take(event())
    for day in (1, 2):
        situation.at = START + day * DAY
        change(situation, mute, situation.at, events=2)
        situation.take(event(at=situation.at + MINUTE))
        assert situation.issue().state is State.MUTED


def test_mute_ends_by_time_silently(situation):
    situation.take(event())
    change(situation, mute, START, until=START + HOUR)
    situation.at = START + 2 * HOUR
    situation.take(event(at=situation.at))
    assert situation.issue().state is State.OPEN
    assert len(situation.sns.published) == 1


# Metrics


def test_errors_count_at_their_minute(situation, metrics):
    events = [event(at=START - minutes * MINUTE) for minutes in (0, 0, 1, 60)]
    situation.take(*events, event(level="warning"), event(level="fatal"))
    minute = START.replace(second=0)
    assert sorted(metrics) == [
        (Metric.ERRORS_TRACKED, 1, minute - HOUR),
        (Metric.ERRORS_TRACKED, 1, minute - MINUTE),
        (Metric.ERRORS_TRACKED, 3, minute),
    ]


def test_old_errors_count_as_of_now(situation, metrics):
    situation.take(event(at=START - 3 * HOUR), event(at=START + 4 * MINUTE))
    assert metrics == [(Metric.ERRORS_TRACKED, 2, START.replace(second=0))]


def test_dropped_errors_count_too(situation, metrics):
    situation.take(event(), dropped={"ratelimit_backoff": 30, "quota": 12})
    assert metrics == [
        (Metric.ERRORS_TRACKED, 1, START.replace(second=0)),
        (Metric.ERRORS_DROPPED, 42, None),
        (Metric.ERRORS_TRACKED, 42, None),
    ]


def test_dropped_errors_count_once_only(situation, metrics):
    message = situation.message(event(), dropped={"quota": 5})

    def down(_operation, **_given):
        raise ClientError({"Error": {"Code": "503"}}, "PutObject")

    with pytest.raises(ClientError):
        situation.make_digest(s3=Through(situation.s3, put_object=down)).take({"Records": [message]})
    situation.digest.take({"Records": [message]})
    assert sum(value for metric, value, _ in metrics if metric is Metric.ERRORS_DROPPED) == 5


def test_muted_and_resolved_do_not_count(situation, metrics):
    situation.take(event())
    change(situation, mute, START)
    situation.take(event())
    change(situation, resolve, Resolution.IN_NEXT_RELEASE, START)
    situation.take(event())
    situation.take(event())
    assert metrics == [(Metric.ERRORS_TRACKED, 1, START.replace(second=0))]


def test_nothing_to_do_is_done(situation, metrics):
    assert situation.digest.take({"Records": []}) == {"batchItemFailures": []}
    assert situation.digest.take({"source": "aws.scheduler"}) == {"batchItemFailures": []}
    assert metrics == []
