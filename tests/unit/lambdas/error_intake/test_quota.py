"""A key sends so many errors in a minute, whichever instances take them; the others are counted, and cost nothing."""

import json

import boto3
import pytest
from moto import mock_aws

from lambdas.error_intake import losses
from lambdas.error_intake.quota import LEASE, Category, Quota
from lambdas.vocabulary.notices import EXPIRES_AT, IDENTIFIER, RECORD
from tests.unit.lambdas.error_intake.sending import KEY, START, WEB_KEY, WEB_NUMBER, Place, envelope, of_error

QUOTA = 50  # of the keys in `sending`
SESSION = envelope(({"type": "session"}, {"init": True, "status": "ok", "attrs": {"release": "1"}}), header={})


@pytest.fixture
def place():
    return Place()


def statuses(place, times, **options):
    return [place.send(of_error(), **options)["statusCode"] for _ in range(times)]


def test_quota_is_kept(place):
    assert statuses(place, QUOTA + 30) == [200] * QUOTA + [429] * 30
    assert len(place.events) == QUOTA


def test_refusal_says_until_when(place):
    statuses(place, QUOTA)
    answer = place.send(of_error())
    assert json.loads(answer["body"]) == {"detail": "the key's quota of this minute is used up"}
    assert answer["headers"]["X-Sentry-Rate-Limits"] == "51:error;default:key"
    assert answer["headers"]["Retry-After"] == "51"


def test_next_minute_begins_anew(place):
    statuses(place, QUOTA + 1)
    place.wait(50)
    assert statuses(place, 1) == [200]


def test_keys_have_quotas_of_their_own(place):
    statuses(place, QUOTA + 1)
    assert statuses(place, 1, key=WEB_KEY, number=WEB_NUMBER) == [200]


def test_instances_share_the_quota(place):
    instances = [place.intake, place.instance(), place.instance()]
    for number in range(3 * QUOTA):
        place.intake = instances[number % 3]
        place.send(of_error())
    assert len(place.events) == QUOTA


def test_table_is_asked_by_lease(place):
    statuses(place, QUOTA)
    assert place.dynamodb.calls == QUOTA / 5  # a tenth of the quota each


def test_table_is_not_asked_over_quota(place):
    statuses(place, QUOTA + 1)
    before = place.dynamodb.calls
    statuses(place, 500)
    assert place.dynamodb.calls == before


def test_wrong_key_asks_no_table(place):
    statuses(place, 5, key="d" * 32)
    assert place.dynamodb.calls == 0


def test_drops_are_counted_and_sent_seldom(place):
    statuses(place, QUOTA)
    place.sqs.sent.clear()
    for _ in range(100):
        statuses(place, 1)
        place.wait(0.1)
    assert 2 <= len(place.sqs.sent) <= 3
    place.wait(losses.EVERY)
    statuses(place, 1)
    assert place.dropped == {"quota": 101}


def test_drops_travel_with_the_next_event(place):
    statuses(place, QUOTA + 10)
    place.wait(50)
    place.send(of_error())
    assert place.dropped == {"quota": 10}


def test_other_items_pass_over_quota(place):
    statuses(place, QUOTA)
    answer = place.send(envelope(({"type": "event"}, {}), ({"type": "log"}, {})))
    assert answer["statusCode"] == 200
    assert answer["headers"]["X-Sentry-Rate-Limits"] == "51:error;default:key"
    assert "Retry-After" not in answer["headers"]  # which would stop everything


def test_sessions_have_a_quota_too(place):
    answers = [place.send(SESSION) for _ in range(QUOTA + 1)]
    assert answers[-1]["headers"]["X-Sentry-Rate-Limits"] == "51:session:key"
    assert sum(batch.sessions[0].started for batch in place.batches) == QUOTA
    assert statuses(place, 1) == [200]


def test_reports_pass_over_quota(place):
    statuses(place, QUOTA + 1)
    report = {"discarded_events": [{"reason": "ratelimit_backoff", "category": "error", "quantity": 3}]}
    assert place.send(envelope(({"type": "client_report"}, report)))["statusCode"] == 200
    place.wait(losses.EVERY)
    statuses(place, 1)
    assert place.dropped == {"quota": 2, "ratelimit_backoff": 3}


def test_dead_table_loses_no_errors(place):
    """An instance then allows a whole quota by itself, and does not ask again in that minute."""
    place.dynamodb.fails = True
    assert statuses(place, QUOTA + 20) == [200] * QUOTA + [429] * 20
    assert place.dynamodb.calls == 1
    place.wait(60)
    place.dynamodb.fails = False
    assert statuses(place, 1) == [200]


def test_table_dies_within_a_lease(place):
    statuses(place, 1)
    place.dynamodb.fails = True
    assert statuses(place, QUOTA) == [200] * QUOTA


def test_failed_handover_keeps_counts(place):
    statuses(place, QUOTA + 5)
    place.sqs.fails.add(place.settings.queue_url)
    place.wait(60)
    statuses(place, 2)
    place.sqs.fails.clear()
    place.wait(losses.EVERY)
    statuses(place, 1)
    assert place.dropped == {"quota": 5, "queue unavailable": 2}


@pytest.fixture
def table():
    with mock_aws():
        client = boto3.client("dynamodb")
        keys = {RECORD: "HASH", IDENTIFIER: "RANGE"}
        client.create_table(
            TableName="errors",
            KeySchema=[{"AttributeName": name, "KeyType": kind} for name, kind in keys.items()],
            AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in keys],
            BillingMode="PAY_PER_REQUEST",
        )
        yield client


def test_real_table_counts_and_forgets(table):
    quotas = [Quota(table, "errors", lambda: START) for _ in range(2)]
    taken = [quota.take(KEY, 1000, Category.ERRORS) for _ in range(300) for quota in quotas]
    assert sum(taken) == 600
    (item,) = table.scan(TableName="errors")["Items"]
    assert int(item["used"]["N"]) == 600
    assert int(item["used"]["N"]) % LEASE == 0
    assert int(item[EXPIRES_AT]["N"]) == START.timestamp() + 600


def test_many_at_once_are_split(table):
    quota = Quota(table, "errors", lambda: START)
    assert [quota.take(KEY, 7, Category.ERRORS, 5) for _ in range(3)] == [5, 2, 0]


def test_quota_of_zero_takes_nothing(table):
    assert Quota(table, "errors", lambda: START).take(KEY, 0, Category.ERRORS) == 0
