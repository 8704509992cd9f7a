"""A review as it is kept, mailed and shown; with hostile texts, and where it cannot be kept."""

import json
from datetime import timedelta
from html.parser import HTMLParser

import boto3
import pytest
from markdown_it import MarkdownIt
from moto import mock_aws

from lambdas.review import make_review as module
from lambdas.review.make_review import make_review
from lambdas.review.section import Figure, Found, Section
from lambdas.shared.documents.document import Bars, Grid, Table, Text
from lambdas.shared.notices import publish_notice
from lambdas.shared.reports import Reports
from lambdas.vocabulary.notices import Notice
from lambdas.vocabulary.reports import HTML, MARKDOWN, Kind
from lambdas.vocabulary.reviews import Period, State
from tests.unit.lambdas.review.situation import DENIED, NOW, UNTIL, Account, settings

REGION = "eu-central-1"
HOSTILE = "</style><script>alert(1)</script> [x](javascript:alert(1)) | **b** <img src=x onerror=y> \u202e"


def section(name, state, summary="as it should be", **found):
    return Section(name, name.title(), lambda _: Found(state, summary, **found))


GOOD = section(
    "good",
    State.GOOD,
    figures=(Figure("number", "A number", 1.5, "1.5 %", "CloudWatch: something"),),
    blocks=(
        Bars("By day", ("Mon", "Tue"), (1.0, None), limit=0.5),
        Grid("By hour", ("Mon",), ("00", "01"), ((1.0, 2.0),)),
        Table(("Title",), ((HOSTILE,),)),
        Text("a note"),
    ),
)
ATTENTION = section("uptime", State.ATTENTION, "api 99.1 %")
UNKNOWN = Section("cost", "Cost", lambda _: (_ for _ in ()).throw(DENIED))


@pytest.fixture
def aws(monkeypatch):
    with mock_aws():
        s3 = boto3.client("s3", region_name=REGION)
        s3.create_bucket(Bucket=settings().reports, CreateBucketConfiguration={"LocationConstraint": REGION})
        yield Aws(s3, monkeypatch)


class Aws:
    def __init__(self, s3, monkeypatch):
        self.s3, self.published = s3, []
        self.monkeypatch = monkeypatch
        monkeypatch.setattr(
            module, "publish_notice", lambda _sns, topic, notice: self.published.append((topic, notice))
        )

    def client(self, service):
        return self.s3 if service == "s3" else Account().client(service)

    def review(self, *sections, **event):
        self.monkeypatch.setitem(module.SECTIONS, Period.WEEK, sections)
        return make_review({"period": "week", **event}, settings(), self.client, ("api",), lambda: NOW)

    @property
    def notice(self):
        ((_, notice),) = self.published
        return notice


def test_kept_in_all_forms(aws):
    answer = aws.review(GOOD, ATTENTION, slot=NOW.isoformat())
    reports = Reports(aws.s3, settings().reports)
    stored = reports.newest(Kind.WEEK, NOW, timedelta(days=1))
    assert (stored.folder, stored.at) == (answer["folder"], NOW)
    written = json.loads(stored.body)
    assert {**written, "folder": answer["folder"], "not_kept": ""} == json.loads(json.dumps(answer))
    assert (written["since"], written["until"]) == ((UNTIL - timedelta(days=7)).isoformat(), UNTIL.isoformat())
    assert written["sections"][0]["figures"]["number"] == {
        "label": "A number",
        "value": 1.5,
        "shown": "1.5 %",
        "source": "CloudWatch: something",
    }
    assert reports.document(stored.folder, HTML).startswith(b"<!doctype html>")
    assert reports.document(stored.folder, MARKDOWN).startswith(b"# Weekly review of junkos prod, to 29 November 2026")


def test_mail_fits_a_telephone(aws):
    """Seven sections, the worst first, in no more than twelve short lines."""
    others = [section(f"other{number}", State.GOOD, "a " + "very " * 40 + "long line") for number in range(4)]
    answer = aws.review(GOOD, ATTENTION, UNKNOWN, *others)
    sent = []
    sns = type("Sns", (), {"publish": lambda _self, **asked: sent.append(asked)})()
    publish_notice(sns, "topic", aws.notice)
    notice = Notice.from_json(json.loads(sent[0]["Message"])["default"])
    lines = notice.meaning.split("\n")
    assert lines[:3] == [
        "the worst first",
        "(!) Uptime: api 99.1 %",
        "(?) Cost: AWS refused Operation: AccessDeniedException User is not authoriz…",
    ]
    assert len(lines) + 4 <= 12
    assert max(map(len, lines)) <= 76
    assert notice.title.endswith("1 of 7 needs attention, 1 unknown")
    assert (notice.level, notice.change) == ("low", "happened")
    assert notice.first_look == "ops prod review week --last --html FILE"
    assert notice.console.endswith(f"{answer['folder']}report.html")
    assert aws.published[0][0] == settings().topic


def test_refused_report_is_mailed_all_the_same(aws):
    aws.s3.delete_bucket(Bucket=settings().reports)
    answer = aws.review(ATTENTION)
    assert answer["folder"] is None
    assert "NoSuchBucket" in answer["not_kept"]
    assert aws.notice.meaning.split("\n")[1].startswith("The report could not be kept: AWS refused PutObject")
    assert (aws.notice.console, aws.notice.first_look) == ("", "ops prod review week")


def test_quiet_review_mails_nobody(aws):
    assert aws.review(GOOD, quiet=True)["folder"]
    assert aws.published == []


def test_on_demand_it_goes_up_to_now(aws):
    assert aws.review(GOOD)["until"] == NOW.isoformat()


def test_unknown_period_is_refused(aws):
    with pytest.raises(ValueError, match="year"):
        make_review({"period": "year"}, settings(), aws.client)


def test_hostile_text_is_only_text(aws):
    folder = aws.review(section("errors", State.ATTENTION, HOSTILE), GOOD)["folder"]
    reports = Reports(aws.s3, settings().reports)
    found = _tags_of(reports.document(folder, HTML).decode())
    assert not found & {"script", "img"}
    tokens = MarkdownIt("commonmark").enable("table").parse(reports.document(folder, MARKDOWN).decode())
    inner = [child for token in tokens for child in token.children or ()]
    assert {child.type for child in inner} <= {
        "text",
        "text_special",
        "strong_open",
        "strong_close",
        "em_open",
        "em_close",
    }


def test_each_graph_says_what_it_shows(aws):
    folder = aws.review(GOOD)["folder"]
    page = Reports(aws.s3, settings().reports).document(folder, HTML).decode()
    assert 'aria-label="By day: the most 1 (Mon), the least 1 (Mon); the limit is 0.5"' in page
    assert 'aria-label="By hour: the most 2 (Mon 01), the least 1 (Mon 00)"' in page


def test_new_service_has_an_answer_for_every_section(aws):
    """An account in which nothing happened yet: each section says so, none fails the review."""
    for period in Period:
        answer = make_review(
            {"period": period, "quiet": True},
            settings(projects=(), on_call=False),
            Account(rest={}).client,
            (),
            lambda: NOW,
        )
        assert all(each["summary"] for each in answer["sections"])


def _tags_of(html):
    found = set()

    class Parser(HTMLParser):
        def handle_starttag(self, tag, attrs):
            found.add(tag)

    Parser().feed(html)
    return found
