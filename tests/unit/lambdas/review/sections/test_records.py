"""Sections that read this system's own tables: endpoints, errors and incidents, in moto."""

from datetime import timedelta

import boto3
import pytest
from moto import mock_aws

from lambdas.review.sections.errors import ERRORS
from lambdas.review.sections.incidents import INCIDENTS
from lambdas.review.sections.uptime import UPTIME
from lambdas.shared.endpoint_state.current import Current
from lambdas.shared.endpoint_state.day import Day
from lambdas.shared.endpoint_state.step import Step
from lambdas.shared.endpoint_state.table import StateTable
from lambdas.shared.error_tracking import items
from lambdas.shared.incidents.table import Change, IncidentTable
from lambdas.vocabulary.endpoints import ENDPOINT, RECORD
from lambdas.vocabulary.error_tracking import Issue, Muted, Source
from lambdas.vocabulary.error_tracking import State as IssueState
from lambdas.vocabulary.incidents import ACTIONS, Action, Incident, Subject
from lambdas.vocabulary.incidents import State as IncidentState
from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.reviews import State
from tests.unit.lambdas.operator_view import account as errors_account
from tests.unit.lambdas.review.situation import DENIED, NOW, UNTIL, Account, ago, ask, metrics

REGION = "eu-central-1"
SLOTS = (1 << 288) - 1


@pytest.fixture
def aws():
    with mock_aws():
        yield Tables()


class Tables:
    """Within moto; CloudWatch's answers are written down."""

    def __init__(self):
        self.dynamodb = boto3.client("dynamodb", region_name=REGION)
        self.cloudwatch = {}

    def client(self, service):
        if service == "dynamodb":
            return self.dynamodb
        return Account({"cloudwatch.get_metric_data": metrics(self.cloudwatch)}).client(service)

    def make(self, name, partition, sort):
        keys = ((partition, "HASH"), (sort, "RANGE"))
        self.dynamodb.create_table(
            TableName=name,
            BillingMode="PAY_PER_REQUEST",
            KeySchema=[{"AttributeName": key, "KeyType": kind} for key, kind in keys],
            AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key, _ in keys],
        )


class TestUptime:
    @pytest.fixture(autouse=True)
    def _table(self, aws):
        aws.make("junkos-prod-endpoint-states", ENDPOINT, RECORD)
        self.aws = aws
        self.table = StateTable(aws.dynamodb, "junkos-prod-endpoint-states")

    def watched(self, endpoint, failed=0, days=8):
        """The last `days` days, of which the last whole one has so many failed probes."""
        past = [
            Day((UNTIL - timedelta(days=number)).date(), slots=SLOTS, slot_seconds=300) for number in range(days, 1, -1)
        ]
        last = Day(ago(days=1).date(), slots=SLOTS, slot_seconds=300, failed_slots=(1 << failed) - 1)
        today = Day(NOW.date(), slots=1, failed_slots=1, slot_seconds=300)
        self.table.write(Step(Current(endpoint, today), days=(*past, last)), NOW)

    def test_worst_endpoint_first(self):
        self.watched("api", failed=3)
        self.watched("shop", failed=1)
        found = ask(UPTIME, self.aws, endpoints=("api", "shop", "new"))
        assert (found.state, found.summary) == (
            State.ATTENTION,
            "api 99.851 %, the worst of 2 endpoints; 1 below 99.9 %",
        )
        assert found.blocks[0].rows == (
            ("api", "99.851 %", "2016", "3", "15 min"),
            ("shop", "99.950 %", "2016", "1", "5 min"),
            ("new", "unknown", "0", "0", "-"),
        )

    def test_day_after_the_end_is_not_counted(self):
        self.watched("api")
        found = ask(UPTIME, self.aws)
        assert (found.state, found.summary) == (State.GOOD, "api 100 %")

    def test_young_system_has_the_days_that_it_has(self):
        self.watched("api", days=2)
        assert ask(UPTIME, self.aws).blocks[0].rows[0][2] == "576"

    def test_never_probed_is_unknown(self):
        assert ask(UPTIME, self.aws).state is State.UNKNOWN

    def test_no_endpoint_is_said(self):
        assert ask(UPTIME, self.aws, endpoints=()).state is State.NOT_IN_USE


class TestErrors:
    @pytest.fixture(autouse=True)
    def _table(self, aws):
        self.aws = aws
        self.there = errors_account.Account()

    def issue(self, number, events, hours_ago=30, **fields):
        issue = Issue(
            **{
                "project": "api",
                "id": f"{number:016x}",
                "title": f"Error {number}",
                "culprit": "",
                "level": "error",
                "source": Source.SDK,
                "state": IssueState.OPEN,
                "first_seen": ago(days=20),
                "last_seen": ago(hours=hours_ago),
                "count": 10_000,
                "users": 3,
            }
            | fields
        )
        self.there.put_issue(issue)
        self.there.count(issue, f"hour#{items.hour_of(ago(hours=hours_ago))}", events)

    def test_top_five_with_owner_and_state(self):
        for number in range(1, 7):
            self.issue(number, number * 10)
        self.issue(7, 900, state=IssueState.MUTED, muted=Muted(ago(days=1), by="ana"), last_release="1.2")
        self.issue(8, 5000, hours_ago=24 * 9)
        found = ask(ERRORS, self.aws)
        assert (found.state, found.summary) == (State.ATTENTION, "7 issues, 1110 events; 4 of the top 5 unresolved")
        assert found.blocks[0].rows[0] == ("Error 7", "api", "900", "3", "muted", "ana", "1.2")
        assert [row[0] for row in found.blocks[0].rows] == ["Error 7", "Error 6", "Error 5", "Error 4", "Error 3"]
        assert found.blocks[0].rows[1][5] == "JunkOS backend team"

    def test_service_without_errors(self):
        assert ask(ERRORS, self.aws).summary == "no error"

    def test_title_without_secrets_in_one_line(self):
        self.issue(1, 10, title="login failed\n password=hunter2hunter2 \x1b[31m")
        (row,) = ask(ERRORS, self.aws).blocks[0].rows
        assert "hunter2" not in row[0]
        assert row[0].isprintable()

    def test_errors_that_nobody_tracks(self):
        assert ask(ERRORS, self.aws, projects=()).state is State.NOT_IN_USE


class TestIncidents:
    @pytest.fixture(autouse=True)
    def _table(self, aws):
        aws.make("junkos-prod-incidents", "record", "id")
        self.aws = aws
        self.table = IncidentTable(aws.dynamodb, "junkos-prod-incidents")

    def incident(self, number, opened, lasted=timedelta(minutes=30), **fields):
        ended = opened + lasted
        given = {
            "number": number,
            "level": Level.HIGH,
            "title": "The API fails",
            "opened_at": opened,
            "changed_at": ended,
            "subjects": (Subject("k", Level.HIGH, opened, opened),),
            "version": 1,
            "state": IncidentState.CLOSED,
            "first_paged_at": opened + timedelta(minutes=1),
            "first_taken_at": opened + timedelta(minutes=5),
            "resolved_at": ended,
            "closed_at": ended,
        }
        self.table.store(Change(Incident(**(given | fields)), is_new=True))

    def action(self, identifier, due, **fields):
        action = Action(identifier, 1, f"do {identifier}", "ben", due, **fields)
        self.table.put_document(ACTIONS, identifier, action.to_json())

    def test_incidents_with_open_actions(self):
        self.incident(1, ago(days=20))
        self.incident(2, ago(days=2), is_test=True)
        self.incident(3, ago(days=2))
        self.action("a", "2026-11-01")
        self.action("b", "2026-12-24", ticket="OPS-7")
        self.action("c", "2026-10-01", done_at=ago(days=1))
        found = ask(INCIDENTS, self.aws)
        assert (found.state, found.summary) == (State.ATTENTION, "1 incident, 2 open actions; 1 overdue")
        assert {figure.name: figure.value for figure in found.figures}["acknowledged"] == 240
        assert found.blocks[-1].rows == (
            ("do a", "ben", "2026-11-01 (overdue)", "1", "-"),
            ("do b", "ben", "2026-12-24", "1", "OPS-7"),
        )

    def test_budget_burnt(self):
        """Of a month of 30 000 requests, of which 30 may fail, twelve failed in the incident's time."""
        self.incident(1, ago(days=2, minutes=-2))
        days = [UNTIL - timedelta(days=number) for number in range(30, 0, -1)]
        self.aws.cloudwatch = {
            "request_duration": dict.fromkeys(days, 1000.0),
            "request_failed": {ago(days=2): 6.0, ago(days=2, minutes=-10): 6.0, ago(days=2, hours=3): 100.0},
        }
        (incidents, *_) = ask(INCIDENTS, self.aws).blocks
        assert incidents.rows[0][-1] == "40 %"

    def test_unknown_budget_leaves_the_rest(self):
        self.incident(1, ago(days=2))
        self.aws.client = lambda service: (
            self.aws.dynamodb if service == "dynamodb" else Account(rest=DENIED).client(service)
        )
        found = ask(INCIDENTS, self.aws)
        assert found.state is State.GOOD
        assert found.blocks[0].rows[0][-1] == "unknown"

    def test_open_incident_needs_attention(self):
        self.incident(1, ago(days=2), state=IncidentState.TRIGGERED, resolved_at=None, closed_at=None)
        assert ask(INCIDENTS, self.aws).state is State.ATTENTION

    def test_quiet_week(self):
        found = ask(INCIDENTS, self.aws)
        assert (found.state, found.summary) == (State.GOOD, "0 incidents, 0 open actions")

    def test_nobody_on_call(self):
        assert ask(INCIDENTS, self.aws, on_call=False).state is State.NOT_IN_USE
