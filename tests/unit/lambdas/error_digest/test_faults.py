"""What fails in the middle: nothing is lost, and nothing is counted twice."""

from dataclasses import replace
from datetime import timedelta

import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from lambdas.shared.error_tracking import samples
from lambdas.shared.error_tracking.states import resolve
from lambdas.vocabulary.error_tracking import Resolution, SessionCount, State
from tests.unit.lambdas.error_digest.situation import (
    HOUR,
    MINUTE,
    START,
    Through,
    event,
    exception,
    make_clients,
    make_situation,
)

WRITES = ("transact_write_items", "put_item", "update_item", "delete_item", "put_object", "publish")


class Killed(BaseException):
    """The platform stops the function: nothing of it runs any more."""


class Fuse:
    """Kills the function after so many writes."""

    def __init__(self, writes):
        self.left = writes

    def around(self, client):
        return Through(client, **{name: self._guard for name in WRITES if hasattr(client, name)})

    def _guard(self, operation, **given):
        self.left -= 1
        if self.left < 0:
            raise Killed  # the process is gone: what it tries to tidy up does not happen either
        return operation(**given)


@pytest.fixture
def situation():
    with mock_aws():
        yield make_situation()


def prepare(situation):
    """An issue that is open and one that is resolved."""
    situation.take(event(exception("Open"), event_id="a" * 32))
    situation.take(event(exception("Resolved"), event_id="b" * 32))
    (issue,) = [each for each in situation.issues() if each.title.startswith("Resolved")]
    situation.table.change(issue, resolve(issue, Resolution.NOW, START))
    situation.at = START + HOUR
    situation.sns.published.clear()


def records(situation):
    """Two messages for both, for a new issue and a new release, and with sessions."""
    at = situation.at - MINUTE
    events = [
        event(exception(kind), at=at, release="2", user={"id": number}, event_id=f"{number:032x}")
        for number, kind in enumerate(("Open", "Resolved", "New", "Open"), 100)
    ]
    sessions = (SessionCount("2", "prod", 3, 1, 1),)
    return [situation.message(*events[:2], sessions=sessions), situation.message(*events[1:])]


def state_of(situation):
    """All but which events are samples: one of the newest, whichever that was; each of them can be read."""
    table, issues = situation.table, situation.issues()
    for issue in issues:
        assert issue.samples
        for sample in issue.samples:
            assert samples.read(situation.s3, "errors", sample)["event_id"] == sample.event_id
    facts = [(replace(issue, samples=()), table.hours(issue, 48), table.releases_of(issue)) for issue in issues]
    return sorted(facts, key=str), table.sessions("api", "2"), table.releases("api")


def take_and_be_killed(situation, writes):
    """One run that is killed after so many writes, and one that takes what comes again; whether it was killed."""
    batch, fuse = records(situation), Fuse(writes)
    killed = situation.make_digest(
        fuse.around(situation.dynamodb), fuse.around(situation.s3), sns=fuse.around(situation.sns)
    )
    try:
        killed.take({"Records": batch})
    except Killed:
        situation.at += timedelta(minutes=6)  # after which SQS gives the messages out again
        situation.make_digest().take({"Records": batch[::-1]})
        return True
    return False


def test_killed_after_every_write():
    """What is stored and what is published is that of a run that was not killed, wherever it was killed."""
    with mock_aws():
        clients, found, killed = make_clients(), [], True
        while killed:
            situation = make_situation(clients, table=f"errors-{len(found)}")
            prepare(situation)
            killed = take_and_be_killed(situation, len(found))
            published = {each.to_json() for each in situation.sns.published}
            found.append((state_of(situation), sorted(published)))
    assert len(found) > 15
    assert all(each == found[-1] for each in found)


def refused(code):
    return ClientError({"Error": {"Code": code, "Message": "slow down"}}, "Operation")


@pytest.mark.parametrize("operation", ["batch_get_item", "transact_write_items"])
def test_throttled_table_keeps_the_messages(situation, operation):
    """The error is raised, and SQS gives the messages out again."""

    def throttled(_operation, **_given):
        raise refused("ProvisionedThroughputExceededException")

    batch = {"Records": [situation.message(event())]}
    with pytest.raises(ClientError):
        situation.make_digest(Through(situation.dynamodb, **{operation: throttled})).take(batch)
    assert situation.issues() == []
    situation.digest.take(batch)
    assert situation.issue().count == 1


def test_throttled_transaction_is_no_race(situation):
    """A transaction that is cancelled for throttling is not tried over and over at once."""
    calls = []

    def throttled(_operation, **given):
        calls.append(given)
        error = {"Error": {"Code": "TransactionCanceledException", "Message": ""}}
        reasons = {"CancellationReasons": [{"Code": "None"}, {"Code": "ThrottlingError"}]}
        raise situation.dynamodb.exceptions.TransactionCanceledException({**error, **reasons}, "TransactWriteItems")

    digest = situation.make_digest(Through(situation.dynamodb, transact_write_items=throttled))
    with pytest.raises(situation.dynamodb.exceptions.TransactionCanceledException):
        digest.take({"Records": [situation.message(event(release=""))]})
    assert len(calls) == 1


def test_keys_left_out_are_read_again(situation):
    """DynamoDB may answer a part of what it was asked for."""
    situation.take(event(event_id="a" * 32))

    def partly(operation, RequestItems):  # noqa: N803
        keys = RequestItems["errors"]["Keys"]
        answer = operation(RequestItems={"errors": {**RequestItems["errors"], "Keys": keys[:1]}})
        left = {"errors": {"Keys": keys[1:]}} if keys[1:] else {}
        return {**answer, "UnprocessedKeys": left}

    batch = {"Records": [situation.message(event(event_id="a" * 32, release=""))]}
    situation.make_digest(Through(situation.dynamodb, batch_get_item=partly)).take(batch)
    assert situation.issue().count == 1


def test_dead_store_keeps_the_messages(situation):
    def down(_operation, **_given):
        raise refused("503")

    batch = {"Records": [situation.message(event())]}
    with pytest.raises(ClientError):
        situation.make_digest(s3=Through(situation.s3, put_object=down)).take(batch)
    assert situation.issues() == []
    situation.digest.take(batch)
    assert situation.issue().count == 1


def test_dead_topic_loses_no_notice(situation):
    situation.sns.failures = 1
    batch = {"Records": [situation.message(event())]}
    with pytest.raises(ClientError):
        situation.digest.take(batch)
    situation.digest.take(batch)
    assert situation.sns.titles == ["New error in api: TypeError: price is undefined"]
    assert situation.issue().count == 1


@pytest.mark.parametrize("shared", [True, False], ids=["same events", "other events"])
def test_two_digests_race(situation, shared):
    """One writes between the other's reading and writing: all is counted once, and published once."""
    sent = event(user={"id": 1})
    other = sent if shared else event(user={"id": 1})
    raced = []

    def meanwhile(operation, **given):
        if not raced:
            raced.append(1)
            situation.make_digest().take({"Records": [situation.message(other)]})
        return operation(**given)

    digest = situation.make_digest(Through(situation.dynamodb, transact_write_items=meanwhile))
    digest.take({"Records": [situation.message(sent)]})
    assert raced
    issue = situation.issue()
    assert (issue.count, issue.users) == ((1, 1) if shared else (2, 1))
    assert sum(situation.table.hours(issue)) == issue.count
    assert len(situation.sns.published) == 1


def test_digest_races_a_person(situation):
    """Somebody resolves between reading and writing: both stay."""
    situation.take(event())

    def meanwhile(operation, **given):
        issue = situation.issue()
        if issue.state is State.OPEN:
            situation.table.change(issue, resolve(issue, Resolution.NOW, START + MINUTE, by="ann"))
        return operation(**given)

    digest = situation.make_digest(Through(situation.dynamodb, transact_write_items=meanwhile))
    digest.take({"Records": [situation.message(event(at=START + timedelta(seconds=30)))]})
    issue = situation.issue()
    assert (issue.state, issue.count, issue.resolved.by) == (State.RESOLVED, 2, "ann")


def test_regression_in_two_digests_is_one(situation):
    situation.take(event())
    issue = situation.issue()
    situation.table.change(issue, resolve(issue, Resolution.NOW, START))
    situation.at = START + HOUR

    def meanwhile(operation, **given):
        if not raced:
            raced.append(1)
            situation.make_digest().take({"Records": [situation.message(event(at=START + MINUTE))]})
        return operation(**given)

    raced = []
    digest = situation.make_digest(Through(situation.dynamodb, transact_write_items=meanwhile))
    digest.take({"Records": [situation.message(event(at=START + 2 * MINUTE))]})
    assert [title.partition(" in ")[0] for title in situation.sns.titles] == ["New error", "Error came back"]
    assert situation.issue().count == 3
