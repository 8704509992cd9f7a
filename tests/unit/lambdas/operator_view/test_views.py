"""What an operator sees of issues and of one issue, and how a wrong question is answered."""

import gzip
import json
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from moto import mock_aws

from lambdas.operator_view.charts import sparkline
from lambdas.operator_view.render import show
from lambdas.operator_view.settings import Settings
from lambdas.operator_view.sources import Sources, UnreadSampleError, error_sources
from lambdas.operator_view.surface import Local
from lambdas.operator_view.view import Message, Page
from lambdas.operator_view.views import views_of
from lambdas.operator_view.widget import answer
from lambdas.operator_view.words import count, state_of, version
from lambdas.shared.error_tracking.table import ErrorTable
from lambdas.vocabulary.error_tracking import Muted, Resolution, Resolved, State
from tests.unit.lambdas.operator_view.account import Account
from tests.unit.lambdas.operator_view.story import NEW, NOW, OLD, Errors, ago, issue, issues, sources

VIEW_ARN = "arn:aws:lambda:eu-central-1:123456789012:function:junkos-prod-operator-view"
ACTION_ARN = "arn:aws:lambda:eu-central-1:123456789012:function:junkos-prod-operator-action"
SETTINGS = Settings(
    environment="prod",
    table="errors",
    bucket="bucket",
    projects=("api", "monitoring"),
    view_function="junkos-prod-operator-view",
    action_function="junkos-prod-operator-action",
)
ONE = {"view": "issue", "project": "api", "id": f"{1:016x}"}


class Calls(HTMLParser):
    """The calls of a widget, each with the label of the element before it."""

    def __init__(self, html):
        super().__init__()
        self.found, self._texts, self._call = [], [], None
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        if tag == "button":
            self._texts = []
        if tag == "cwdb-action":
            self._call, self._label, self._texts = dict(attrs), " ".join(self._texts), []

    def handle_data(self, data):
        self._texts.append(data)

    def handle_endtag(self, tag):
        if tag == "cwdb-action":
            self.found.append((self._label, self._call, json.loads("".join(self._texts))))

    def by_label(self):
        return {label: payload for label, _, payload in self.found}


def shown(asked, of=None, **page):
    return show(asked, of or sources(), Page(Local("token"), NOW, **page))


def calls(event, of=None):
    return Calls(answer(event, VIEW_ARN, SETTINGS, of or sources()))


def of_state(**fields):
    return sources(Errors([issue(1, **fields)]))


def test_list_says_what_matters():
    """State, title, culprit, counts, users, releases and the time of the last event."""
    html = shown({"view": "issues", "state": "all"})
    first = html[html.index("<tbody>") :].partition("</tr>")[0]
    for said in ("TypeError: Cannot read", "chargeOrder in src", ">open<", ">1,834<", ">211<", ">1.4.2<", "2 min ago"):
        assert said in first
    assert "1834 events in 24 hours, at most 512 in one" in first


def test_first_view_is_unresolved_issues():
    html = shown({})
    assert "TypeError" in html
    assert "came back" not in html
    assert ">regressed<" in html
    assert "RangeError" not in html


@pytest.mark.parametrize(("state", "title"), [("muted", "502"), ("resolved", "RangeError"), ("regressed", "duplicate")])
def test_list_is_filtered_by_state(state, title):
    html = shown({"state": state})
    assert title in html
    assert html.count("<tr>") == 2


def test_list_is_filtered_by_project():
    html = shown({"project": "monitoring"})
    assert "Task timed out" in html
    assert "TypeError" not in html


def test_list_may_be_empty():
    assert "No regressed issue in monitoring." in shown({"project": "monitoring", "state": "regressed"})


def test_page_reads_a_bounded_number():
    """Whatever there is: a query for each state, and one for each of 25 issues."""
    errors = Errors([issue(number, last_seen=ago(minutes=number)) for number in range(1, 200)])
    html = shown({"page": "2"}, sources(errors))
    assert errors.queries == 2 + 25
    assert html.count("<tr>") == 1 + 25
    assert "page=1" in html
    assert "page=3" in html


def test_last_page_leads_nowhere():
    errors = Errors([issue(number, last_seen=ago(minutes=number)) for number in range(1, 31)])
    html = shown({"page": 2}, sources(errors))
    assert html.count("<tr>") == 1 + 5
    assert "Older" not in html


def test_issue_shows_mapped_source():
    html = shown(ONE)
    assert 'class="line hit"><span class="no">27</span><code>  const amount = cart.sum.total' in html
    assert html.index("chargeOrder</span>") < html.index("src/orders/routes.ts")


def test_library_frames_are_folded():
    html = shown(ONE)
    assert "2 frames of libraries" in html
    folded = html[html.index("2 frames of libraries") :].partition("</details>")[0]
    assert "layer.js:95:17" in folded


def test_raw_stack_is_folded():
    html = shown(ONE)
    assert html.index("Raw stack") < html.index("dist/index.min.js:1:17")


def test_issue_shows_context():
    """Cause, tags, breadcrumbs, request, releases and suspects."""
    html = shown(ONE)
    for said in (
        "CartError",
        "payment.provider",
        "price missing for sku 77-1204",
        "https://api.shop.example/orders/8812/charge",
        "node v22.11.0",
        ">1,790<",
        "Charge by the order's currency",
        "Mira Aalto",
        "a41f93c2d70b",
    ):
        assert said in html
    assert "See the contract" not in html


def test_samples_are_paged():
    newest, oldest = calls(ONE).by_label(), calls({**ONE, "sample": 12}).by_label()
    assert newest["Older →"]["sample"] == 2
    assert "← Newer" not in newest
    assert oldest["← Newer"]["sample"] == 11
    assert "Older →" not in oldest


def test_sample_beyond_last_is_last():
    assert "Sample 12 of 12" in shown({**ONE, "sample": 100})


def test_lost_sample_leaves_the_issue():
    def lost(_):
        raise UnreadSampleError("it is older than samples are kept")

    html = shown(ONE, Sources(replace(sources().errors, sample=lost), clock=lambda: NOW))
    assert "This sample cannot be shown: it is older than samples are kept." in html
    assert "Suspect commits" in html


def test_open_issue_offers_actions():
    """Each brings the issue's revision."""
    payloads = calls(ONE).by_label()
    about = {"project": "api", "id": f"{1:016x}", "revision": 3}
    assert payloads["Resolve"] == {"action": "resolve", **about, "kind": "now"}
    assert payloads["Resolve in next release"] == {"action": "resolve", **about, "kind": "in next release"}
    assert payloads["1.4.2"] == {"action": "resolve", **about, "kind": "in release", "release": NEW}
    assert payloads["For a day"] == {"action": "mute", **about, "hours": 24}
    assert payloads["Until 100 more events"] == {"action": "mute", **about, "events": 100}
    assert payloads["For ever"] == {"action": "mute", **about}
    assert "Reopen" not in payloads


@pytest.mark.parametrize("fields", [{"state": State.MUTED, "muted": Muted(NOW)}, {"state": State.RESOLVED}])
def test_closed_issue_offers_reopening(fields):
    payloads = calls(ONE, of_state(**fields)).by_label()
    assert payloads["Reopen"]["action"] == "reopen"
    assert not {"Resolve", "For a day"} & payloads.keys()


def test_similar_issues_can_be_merged():
    """They are searched only when somebody asks for them, and merging asks before it is done."""
    errors = Errors([issue(1), issue(2, culprit="other in a.ts"), issue(3, title="Error: other")])
    found = calls({**ONE, "similar": 1}, sources(errors))
    merges = [(call, payload) for label, call, payload in found.found if label == "Merge into this"]
    assert [payload["others"] for _, payload in merges] == [[f"{2:016x}"], [f"{3:016x}"]]
    assert all("cannot be undone" in call["confirmation"] for call, _ in merges)
    assert "Merge into this" not in calls(ONE, sources(errors)).by_label()


def test_buttons_call_the_acting_function():
    """Who may only look can invoke the one and not the other."""
    for _, call, payload in calls(ONE).found:
        assert call["endpoint"] == (ACTION_ARN if "action" in payload else VIEW_ARN)
        assert (call["action"], call["display"]) == ("call", "widget")


def test_links_lead_to_views():
    """Every link of the list is answered."""
    for label, _, payload in calls({"state": "all"}).found:
        assert payload["view"] in views_of(sources()), label
        assert "Nothing is shown" not in answer(payload, VIEW_ARN, SETTINGS, sources())


@pytest.mark.parametrize(
    "asked",
    [
        {"view": "secrets"},
        {"view": ["issues"]},
        {"project": "other"},
        {"project": "<b>"},
        {"project": 1},
        {"state": "broken"},
        {"state": ["open"]},
        {"page": 0},
        {"page": "9" * 30},
        {"page": True},
        {"page": "1.5"},
        {"view": "issue"},
        {"view": "issue", "id": "../../x"},
        {"view": "issue", "id": "F" * 16},
        {"view": "issue", "id": None},
        {"view": "issue", "id": f"{1:016x}", "sample": -1},
        {"view": "issue", "id": f"{99:016x}"},
    ],
)
def test_wrong_question_is_refused(asked):
    """In one line, which repeats nothing of the question."""
    html = answer(asked, VIEW_ARN, SETTINGS, sources())
    assert 'role="alert">Nothing is shown: ' in html
    assert "<b>" not in html
    assert "<table" not in html


def test_widget_documents_itself():
    said = answer({"describe": True}, VIEW_ARN, SETTINGS, sources())
    assert all(f"`{name}`" in said for name in views_of(sources()))
    assert "<" not in said


@pytest.mark.parametrize(
    ("theme", "class_"),
    [("dark", "theme-dark"), ("light", "theme-light"), ('"><b>', "theme-auto"), (None, "theme-auto")],
)
def test_theme_is_that_of_the_dashboard(theme, class_):
    html = answer({"widgetContext": {"theme": theme}}, VIEW_ARN, SETTINGS, sources())
    assert f'class="ov {class_} ' in html


def test_message_stands_above():
    html = shown(ONE, message=Message("Muted."))
    assert html.index("Muted.") < html.index("TypeError")


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"state": State.OPEN}, ""),
        ({"state": State.REGRESSED, "regressed_in": NEW}, "in 1.4.2"),
        ({"state": State.RESOLVED, "resolved": Resolved(Resolution.NOW, ago(hours=2), by="jon")}, "2 h ago by jon"),
        (
            {"state": State.RESOLVED, "resolved": Resolved(Resolution.IN_RELEASE, ago(hours=2), release=NEW)},
            "in 1.4.2, 2 h ago",
        ),
        ({"state": State.MUTED, "muted": Muted(NOW, until=ago(hours=-3))}, "for 3 h more, just now"),
        ({"state": State.MUTED, "muted": Muted(ago(hours=4), until=ago(hours=3))}, "until the next event, 4 h ago"),
        ({"state": State.MUTED, "muted": Muted(NOW, events=100)}, "until 100 more events, just now"),
        (
            {"state": State.MUTED, "muted": Muted(NOW, events=5, window_minutes=10)},
            "until 5 more events within 10 min, just now",
        ),
        ({"state": State.MUTED, "muted": Muted(NOW)}, "for ever, just now"),
    ],
)
def test_state_is_said_in_words(fields, said):
    assert state_of(issue(1, **fields), NOW) == said


def test_numbers_are_short():
    assert [count(number) for number in (0, 999, 9999, 12874, 4_100_000)] == ["0", "999", "9,999", "12.9k", "4.1M"]
    assert [version(each) for each in (OLD, "1.2", "a" * 40, "@scope/api@2.0", "")] == [
        "1.4.1",
        "1.2",
        "a" * 12,
        "2.0",
        "",
    ]


def test_sparkline_shows_single_events():
    """Beside thousands, one event is three of 28 units high."""
    drawn = sparkline([0, 1, 5000])
    assert drawn.find("path[@class='bars']").get("d") == "M5 25h4v3h-4zM10 0h4v28h-4z"
    assert drawn.get("aria-label") == "5001 events in 3 hours, at most 5,000 in one"
    assert sparkline([0] * 24).find("path[@class='bars']") is None


@pytest.fixture
def deployed():
    """An account with the story, and what views read of it."""
    with mock_aws():
        account = Account().tell_story()
        errors = ErrorTable(account.dynamodb, account.table, clock=lambda: NOW)
        yield (
            account,
            Sources(error_sources(errors, account.s3, account.bucket, ("api", "monitoring")), clock=lambda: NOW),
        )


def test_views_read_the_account(deployed):
    _, found = deployed
    assert "501 events in 24 hours, at most 470 in one" in shown({}, found)
    html = shown(ONE, found)
    assert "const amount = cart.sum.total" in html
    assert ">1,790<" in html


def test_old_id_leads_to_merged_issue(deployed):
    """Messages of before the merges name it still."""
    _, found = deployed
    one, two, three = (found.errors.errors.issue("api", f"{number:016x}") for number in (1, 2, 3))
    found.errors.errors.merge(two, [three])
    found.errors.errors.merge(one, [found.errors.errors.issue("api", two.id)])
    assert "TypeError: Cannot read" in shown({**ONE, "id": three.id}, found)


@pytest.mark.parametrize(
    ("body", "reason"),
    ids=["gone", "no gzip", "no JSON", "no object"],
    argvalues=[
        (None, "it is older than samples are kept"),
        (b"no gzip", "its object is damaged"),
        (gzip.compress(b"{\n" * 12), "its object is damaged"),
        (gzip.compress(b"[]\n" * 12), "its object is damaged"),
    ],
)
def test_unread_sample_has_its_reason(deployed, body, reason):
    account, found = deployed
    key = issues()[0].samples[0].object
    account.s3.delete_object(Bucket=account.bucket, Key=key)
    if body is not None:
        account.s3.put_object(Bucket=account.bucket, Key=key, Body=body)
    assert f"This sample cannot be shown: {reason}." in shown(ONE, found)


def test_missing_bucket_is_named(deployed):
    account, found = deployed
    errors = error_sources(found.errors.errors, account.s3, "no-such-bucket", found.errors.projects)
    broken = Sources(errors, clock=lambda: NOW)
    assert "This sample cannot be shown: S3 refused it: NoSuchBucket." in shown(ONE, broken)
