"""What people publish and announce: what is written, what is refused, and what two of them do at once."""

from datetime import UTC, datetime, timedelta

import boto3
import pytest
from moto import mock_aws

from lambdas.shared.endpoint_state.window import Window
from lambdas.shared.status_notes.checked import BadNoteError
from lambdas.shared.status_notes.notes import Impact, Phase, Stage, windows_of
from lambdas.shared.status_notes.table import PARTITION, ChangedMeanwhileError, NotesTable
from lambdas.shared.status_notes.write import (
    MOST_OPEN,
    MOST_UPDATES,
    Author,
    RefusedNoteError,
    announce,
    cancel_maintenance,
    end_maintenance,
    publish,
    update,
)
from lambdas.vocabulary.endpoints import ENDPOINT, EXPIRES_AT, RECORD

NOW = datetime(2026, 11, 23, 9, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
PUBLIC = ("api", "shop", "Web hooks")


@pytest.fixture
def table():
    with mock_aws():
        dynamodb = boto3.client("dynamodb", region_name="eu-central-1")
        dynamodb.create_table(
            TableName="states",
            BillingMode="PAY_PER_REQUEST",
            KeySchema=[{"AttributeName": ENDPOINT, "KeyType": "HASH"}, {"AttributeName": RECORD, "KeyType": "RANGE"}],
            AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in (ENDPOINT, RECORD)],
        )
        yield NotesTable(dynamodb, "states")


def anna(**later):
    return Author("anna", NOW + timedelta(**later))


def published(table, title="API is down", **more):
    wish = {"services": ["api"], "stage": Stage.INVESTIGATING, "impact": Impact.DOWN, "text": "We look into it."} | more
    return publish(table, anna(), title, public=PUBLIC, **wish)


def announced(table, start=NOW + HOUR, until=NOW + 2 * HOUR, **more):
    wish = {"services": ["api"], "text": "A new database."} | more
    return announce(table, anna(), "Move", public=PUBLIC, start=start, until=until, **wish)


def items(table):
    return table.dynamodb.scan(TableName="states")["Items"]


def test_published_is_read_back(table):
    incident = published(table, services=["shop", " api", "shop"], text=" Slow.\r\nWe look. ")
    assert table.notes().incidents == (incident,)
    assert incident.services == ("api", "shop")
    assert incident.updates[0].text == "Slow.\nWe look."
    assert (incident.start, incident.end) == (NOW, None)


def test_update_is_added(table):
    incident = published(table)
    update(table, anna(minutes=5), incident.id, stage=Stage.IDENTIFIED, text="Found.", impact=Impact.DEGRADED)
    update(table, anna(minutes=9), incident.id.upper(), stage=Stage.RESOLVED, text="Mended.")
    (found,) = table.notes().incidents
    assert [each.stage for each in found.updates] == [Stage.INVESTIGATING, Stage.IDENTIFIED, Stage.RESOLVED]
    assert (found.impact, found.end) == (Impact.DEGRADED, NOW + timedelta(minutes=9))


def test_only_what_is_over_expires(table):
    """An incident that lasts longer than records are kept stays."""
    incident = published(table)
    assert EXPIRES_AT not in items(table)[0]
    update(table, anna(), incident.id, stage=Stage.RESOLVED, text="Mended.")
    assert int(items(table)[0][EXPIRES_AT]["N"]) == int((NOW + timedelta(days=100)).timestamp())


def test_no_endpoint_has_the_partition(table):
    published(table)
    announced(table)
    assert {item[ENDPOINT]["S"] for item in items(table)} == {PARTITION}
    assert not PARTITION[0].isalnum()


def test_resolved_takes_no_update(table):
    incident = published(table)
    update(table, anna(), incident.id, stage=Stage.RESOLVED, text="Mended.")
    with pytest.raises(RefusedNoteError, match="was resolved at 23 Nov 2026"):
        update(table, anna(), incident.id, stage=Stage.MONITORING, text="Again.")


def test_unknown_note_is_refused(table):
    with pytest.raises(RefusedNoteError, match="there is no published incident 'ffff'"):
        update(table, anna(), "ffff", stage=Stage.RESOLVED, text="x")
    incident = published(table)
    with pytest.raises(RefusedNoteError, match="there is no maintenance"):
        end_maintenance(table, anna(), incident.id)


@pytest.mark.parametrize(
    ("wish", "reason"),
    [
        ({"title": "  "}, "the title is empty"),
        ({"title": "x" * 121}, "the title has 121 characters: write 120 at most"),
        ({"title": "two\nlines"}, "the title has the character U\\+000A"),
        ({"text": "x" * 2001}, "the text has 2001 characters"),
        ({"text": "\x1b[2J"}, "the text has the character U\\+001B"),
        ({"text": "a\x00b"}, "U\\+0000"),
        ({"text": "safe\u202etxt"}, "U\\+202E"),
        ({"services": []}, "name at least one service \\(there are: api, shop, Web hooks\\)"),
        ({"services": ["api", "internal"]}, "'internal' is no service of the page"),
        ({"stage": Stage.RESOLVED}, "not published as resolved"),
    ],
)
def test_bad_incident_is_refused(table, wish, reason):
    with pytest.raises(BadNoteError, match=reason) as refused:
        published(table, **wish)
    assert "\n" not in str(refused.value)
    assert items(table) == []


def test_emoji_and_scripts_are_fine(table):
    text = (
        "Störung \N{FACE WITH COLD SWEAT} \N{WOMAN}\N{ZERO WIDTH JOINER}\N{PERSONAL COMPUTER} क्\N{ZERO WIDTH JOINER}ष"
    )
    assert published(table, text=text).updates[0].text == text
    assert table.notes().incidents[0].updates[0].text == text


@pytest.mark.parametrize(
    ("start", "until", "reason"),
    [
        (NOW - timedelta(minutes=6), NOW + HOUR, "lies in the past: maintenance is announced beforehand"),
        (NOW + HOUR, NOW + HOUR, "must lie after its start and after now"),
        (NOW - timedelta(minutes=4), NOW - timedelta(minutes=1), "must lie after its start and after now"),
        (NOW, NOW + timedelta(days=15, minutes=1), "announce 15 d at most"),
        (NOW + timedelta(days=400), NOW + timedelta(days=401), "more than a year ahead"),
    ],
)
def test_bad_times_are_refused(table, start, until, reason):
    with pytest.raises(BadNoteError, match=reason):
        announced(table, start, until)
    assert items(table) == []


def test_start_may_be_minutes_ago(table):
    assert announced(table, NOW - timedelta(minutes=4)).phase(NOW) is Phase.IN_PROGRESS


def test_maintenance_is_ended_early(table):
    maintenance = announced(table)
    with pytest.raises(RefusedNoteError, match="has not begun \\(cancel it\\)"):
        end_maintenance(table, anna(), maintenance.id)
    end_maintenance(table, anna(minutes=70), maintenance.id)
    (found,) = table.maintenance()
    assert windows_of([found], "api") == (Window(NOW + HOUR, NOW + timedelta(minutes=70)),)
    assert (found.until, found.phase(NOW + timedelta(minutes=71))) == (NOW + 2 * HOUR, Phase.OVER)
    with pytest.raises(RefusedNoteError, match="is over already"):
        end_maintenance(table, anna(minutes=80), maintenance.id)


def test_maintenance_is_cancelled(table):
    maintenance = announced(table)
    with pytest.raises(RefusedNoteError, match="has begun \\(end it\\)"):
        cancel_maintenance(table, anna(minutes=61), maintenance.id)
    cancel_maintenance(table, anna(minutes=1), maintenance.id)
    (found,) = table.maintenance()
    assert found.phase(NOW + HOUR) is Phase.CANCELLED
    assert windows_of([found], "api") == ()
    with pytest.raises(RefusedNoteError, match="is cancelled already"):
        cancel_maintenance(table, anna(minutes=2), maintenance.id)


def test_other_services_have_no_window(table):
    maintenance = announced(table, services=["api"])
    assert windows_of([maintenance], "shop") == ()


def test_second_writer_is_refused(table):
    """Two operators update over the same revision: one is told to look again."""
    incident = published(table)
    first = update(table, anna(), incident.id, stage=Stage.IDENTIFIED, text="Found.")
    with pytest.raises(ChangedMeanwhileError):
        table.write(incident.updated(incident.updates[0]))
    assert table.notes().incidents == (first,)


def test_new_notes_do_not_overwrite(table, monkeypatch):
    monkeypatch.setattr("secrets.token_hex", lambda _: "00000000")
    published(table)
    with pytest.raises(RefusedNoteError, match="changed by somebody else"):
        published(table)


def test_notes_are_bounded(table):
    """As many as a page can hold, and the longest of them fit into a record."""
    for _ in range(MOST_OPEN):
        incident = published(table)
        announced(table)
    with pytest.raises(RefusedNoteError, match="resolve one first"):
        published(table)
    with pytest.raises(RefusedNoteError, match="end or cancel one first"):
        announced(table)
    for number in range(MOST_UPDATES - 1):
        update(table, anna(minutes=number), incident.id, stage=Stage.MONITORING, text="\N{FACE WITH COLD SWEAT}" * 2000)
    with pytest.raises(RefusedNoteError, match="has 40 updates"):
        update(table, anna(), incident.id, stage=Stage.MONITORING, text="x")
    resolved = update(table, anna(), incident.id, stage=Stage.RESOLVED, text="\N{FACE WITH COLD SWEAT}" * 2000)
    assert len(resolved.to_json().encode()) < 400_000


def test_damaged_note_is_passed_over(table):
    incident = published(table)
    damaged = {ENDPOINT: {"S": PARTITION}, RECORD: {"S": "incident#x"}, "document": {"S": "{}"}}
    table.dynamodb.put_item(TableName="states", Item=damaged)
    assert table.notes().incidents == (incident,)
