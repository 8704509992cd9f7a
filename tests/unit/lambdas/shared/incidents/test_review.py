"""The draft of a post-mortem: what it says, and that nothing in it is more than text."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from lambdas.shared.documents.document import Document, Facts, Section, Table
from lambdas.shared.documents.html import page
from lambdas.shared.documents.markdown import escaped, markdown
from lambdas.shared.incidents.review.compose import BurntBudget, Known, compose
from lambdas.shared.incidents.words import one_line
from lambdas.vocabulary.incidents import Entry, Evidence, Gathered, Way
from tests.unit.lambdas.shared.incidents.story import (
    ACTION,
    CONSOLE,
    GATHERED,
    INCIDENT,
    NOW,
    OPEN,
    TIMELINE,
    TIMEZONE,
    at,
)

KNOWN = Known(INCIDENT, TIMELINE, NOW, GATHERED, timezone=TIMEZONE, environment="prod")
COMMON_MARK = MarkdownIt("commonmark").enable(["table", "strikethrough"])
HEADINGS = [
    "Summary",
    "Impact",
    "Root causes",
    "Trigger",
    "Resolution",
    "Detection",
    "Response",
    "Action items",
    "Lessons learned",
    "Timeline",
    "Evidence",
]
HOSTILE = (
    "</style></script><script>alert(1)</script><img src=x onerror=alert(1)> [Approve](https://evil.example) "
    "| a | b | `code` **bold** <https://evil.example> ![x](javascript:alert(1)) &lt; \\| \\\\| ~~gone~~ $x$\n\n"
    "# Heading\n- item\n> quote\n```\nfence\n```\n\x1b[31m \u202e"
)


def draft(**changes):
    return markdown(compose(replace(KNOWN, **changes)))


def section(text, heading):
    """What stands below a heading, up to the next one of its kind."""
    return text.split(f"\n## {heading}\n")[1].split("\n## ")[0]


def tokens_of(text):
    """All tokens of a Markdown document, those within lines too."""
    found = COMMON_MARK.parse(text)
    return [inner for each in found for inner in (each, *(each.children or ()))]


def test_headings_are_the_books():
    found = [line.removeprefix("## ") for line in draft().splitlines() if line.startswith("## ")]
    assert found == HEADINGS


def test_summary_is_one_sentence():
    assert section(draft(), "Summary").strip() == (
        "On 24 Nov 2026 at 02:12 UTC “The API is down” was raised (critical) with 2 further alarms; ben took it 7 min"
        " after the first page, and it was resolved after 47 min; suspected: shop-api@1.5.0 was deployed to prod 11 min"
        " before, by the pipeline (run 4711)."
    )


def test_untaken_incident_says_so():
    untaken = replace(INCIDENT, taken_by="", taken_at=None, first_taken_at=None)
    text = draft(incident=untaken, timeline=(), gathered=None)
    assert "nobody took it, and it was resolved after 47 min." in section(text, "Summary")
    assert "recovered before anybody took it" in section(text, "Response")
    assert "Nobody answered." in section(text, "Response")
    assert "None was gathered." in section(text, "Evidence")
    assert "**Authors:** nobody took part" in text


def test_open_incident_is_described_as_lasting():
    text = draft(incident=OPEN, timeline=())
    assert "and it has lasted for 47 min" in text
    assert "It is not resolved." in section(text, "Resolution")


def test_impact_names_each_alarm():
    found = section(draft(budgets=(BurntBudget("availability 99.9 %", 34.2, 12.0),)), "Impact")
    assert "47 min: from 24 Nov 2026, 02:12:10 UTC until 24 Nov 2026, 02:59:22 UTC." in found
    assert (
        "| Connections of the database are nearly used up | high | 24 Nov, 02:13:15 | 24 Nov, 02:56:10 | 42 min"
        " | 2 times | 97 % of 100 connections |"
    ) in found
    assert "34.2 % of the error budget of thirty days (availability 99.9 %) was burnt; 12 % is left." in found


def test_used_up_budget_leaves_nothing():
    assert "nothing is left." in draft(budgets=(BurntBudget("availability 99.9 %", 134.2, -34.2),))


def test_alarms_without_titles_are_counted():
    bare = replace(INCIDENT.subjects[0], title="", measured="")
    found = section(draft(incident=replace(INCIDENT, subjects=(*INCIDENT.subjects, bare, bare))), "Impact")
    assert "And 2 more alarms, of which only the times are kept." in found


def test_finding_has_no_end():
    finding = replace(INCIDENT.subjects[0], recovered_at=None, has_end=False)
    assert "| 24 Nov, 02:12:10 | - | - | once |" in draft(incident=replace(INCIDENT, subjects=(finding,)))


def test_detection_says_how_soon():
    found = section(draft(), "Detection")
    assert "“The API is down” at 24 Nov 2026, 02:12:10 UTC. The first page was accepted 9 s after it." in found
    assert f"[Console](<{CONSOLE}>)" in found


def test_response_counts_from_first_page():
    found = section(draft(), "Response")
    assert "- **Time to acknowledge:** 7 min," in found
    assert "| ana | said that she cannot | by link | 6 min |" in found
    assert "| ben | took it | by Slack | 7 min |" in found


def test_unproven_answers_are_marked():
    said = Entry(at(8), "took it", "ben", Way.SHARED_LINK)
    assert "ben took it (by shared link, not proven)" in draft(timeline=(said,))


def test_timeline_has_two_clocks():
    found = section(draft(), "Timeline")
    assert "| UTC | Europe/Berlin | What |" in found
    assert "| 02:20:12 | 03:20:12 | ben took it (by Slack) |" in found
    assert "| UTC | What |" in section(draft(timezone="UTC"), "Timeline")


def test_days_are_named_when_several():
    found = section(draft(timezone="America/Los_Angeles"), "Timeline")
    assert "| 24 Nov 02:20:12 | 23 Nov 18:20:12 | ben took it (by Slack) |" in found


def test_suspect_stands_first():
    turned = replace(GATHERED, evidence=tuple(reversed(GATHERED.evidence)))
    found = [line for line in section(draft(gathered=turned), "Evidence").splitlines() if line.startswith("### ")]
    assert found[0] == "### Deployments (suspect: its first line)"
    assert "It could not be read: it did not answer within 5 s" in draft()


def test_questions_are_left_to_people():
    """Each has one line, and the actions have an empty table with their command."""
    text = draft()
    for heading in ("Root causes", "Trigger"):
        (only,) = section(text, heading).strip().splitlines()
        assert only.startswith("_"), heading
    assert "|  |  |  |  |" in section(text, "Action items")
    assert "ops prod incidents action add 12 …" in section(text, "Action items")


def test_recorded_actions_fill_the_table():
    assert "| Limit the pool to 20 connections | ben | 2026-12-04 | SHOP-812 |" in draft(actions=(ACTION,))


def test_reopened_incident_names_each_time():
    text = draft(incident=replace(INCIDENT, reopened=(at(20), at(30)), flapping=True))
    assert "came back 2 times: 24 Nov 2026, 02:32:10 UTC, 24 Nov 2026, 02:42:10 UTC." in text
    assert "- **Marks:** flapping, reopened 2 times" in text


@given(st.text(max_size=60))
@example("# heading")
@example("- item")
@example("+ item")
@example("12. item")
@example("3) item")
@example("---")
@example("> quote")
@example("```")
def test_escaped_text_reads_as_itself(text):
    """As a paragraph and as an item of a list: a parser finds one text, and it is the same."""
    expected = one_line(text)
    for before in ("", "- "):
        inner = [each for each in tokens_of(before + escaped(text)) if each.type in ("text", "text_special")]
        assert "".join(each.content for each in inner) == expected


@given(st.text(alphabet="\\`*_[]()<>!&|~#+-=.:/1aw \n{}$@'\"", max_size=30))
def test_marks_stay_text(text):
    """Of characters that mean something, in a table between two others."""
    review = Document("t", Facts(()), (Section("s", (Table(("a", "b", "c"), (("x", text, "y"),)),)),))
    inline = [each for each in COMMON_MARK.parse(markdown(review)) if each.type == "inline"][2:]
    assert [each.content for each in inline[:3]] == ["a", "b", "c"]
    assert [each.content for each in (inline[3], inline[5])] == ["x", "y"]
    read = "".join(each.content for each in inline[4].children)
    assert {each.type for each in inline[4].children} <= {"text", "text_special"}
    assert read == one_line(text)


@pytest.mark.parametrize("address", ["https://evil.example/x", "see www.evil.example", "HTTPS://evil.example"])
def test_addresses_begin_no_link(address):
    """GitHub makes links of bare addresses, before it reads backslashes."""
    assert "://" not in escaped(address)
    assert "www." not in escaped(address)


def hostile():
    subject = replace(
        INCIDENT.subjects[0], title=HOSTILE, measured=HOSTILE, runbook=HOSTILE, console="javascript:alert(1)"
    )
    incident = replace(
        INCIDENT, title=HOSTILE, subjects=(subject,), taken_by=HOSTILE, paged=(HOSTILE,), declined=(HOSTILE,)
    )
    evidence = Gathered(at(), (Evidence(HOSTILE, (HOSTILE,), suspected=True), Evidence("x", failed=HOSTILE)))
    action = replace(ACTION, text=HOSTILE, owner=HOSTILE, ticket=HOSTILE)
    entry = Entry(at(), HOSTILE, HOSTILE, Way.LINK)
    return compose(Known(incident, (entry,), NOW, evidence, (BurntBudget(HOSTILE, 1.0),), (action,), TIMEZONE))


def kinds(tokens):
    return sorted((each.type, each.tag) for each in tokens if each.type not in ("text", "text_special"))


def harmless():
    """The same, with one harmless word everywhere."""
    subject = replace(INCIDENT.subjects[0], title="word", measured="word", runbook="word", console="word")
    incident = replace(
        INCIDENT, title="word", subjects=(subject,), taken_by="word", paged=("word",), declined=("word",)
    )
    evidence = Gathered(at(), (Evidence("word", ("word",), suspected=True), Evidence("x", failed="word")))
    action = replace(ACTION, text="word", owner="word", ticket="word")
    entry = Entry(at(), "word", "word", Way.LINK)
    return compose(Known(incident, (entry,), NOW, evidence, (BurntBudget("word", 1.0),), (action,), TIMEZONE))


def test_hostile_texts_change_no_markdown():
    """The document has the very elements of one with harmless texts."""
    assert kinds(tokens_of(markdown(hostile()))) == kinds(tokens_of(markdown(harmless())))


def test_hostile_texts_change_no_html():
    def tags(review):
        return sorted(part.partition(">")[0].partition(" ")[0] for part in page(review).decode().split("<")[1:])

    assert tags(hostile()) == tags(harmless())
    assert b"javascript:" not in b"".join(part.partition(b">")[0] for part in page(hostile()).split(b"<"))


def test_page_needs_nothing_from_elsewhere():
    text = page(compose(KNOWN)).decode()
    assert text.startswith("<!doctype html>")
    assert not any(tag in text for tag in ("<script", "<link", "<img", "url(", "@import"))
    assert "@media print" in text


@pytest.mark.parametrize("url", ["javascript:alert(1)", "docs/runbooks/x.md", "https://a b", "https://a\n"])
def test_links_lead_to_the_web_only(url):
    changed = replace(INCIDENT, subjects=(replace(INCIDENT.subjects[0], runbook=url, console=""),))
    known = replace(KNOWN, incident=changed)
    assert "](<" not in section(markdown(compose(known)), "Detection")
    assert b"<a " not in page(compose(known))


def test_link_keeps_its_address():
    url = "https://a.example/x?b=1&c=(2)|<d>\\e"
    changed = replace(INCIDENT, subjects=(replace(INCIDENT.subjects[0], runbook=url, console=""),))
    (link,) = (each for each in tokens_of(draft(incident=changed)) if each.type == "link_open")
    assert link.attrs["href"] == "https://a.example/x?b=1&c=(2)%7C%3Cd%3E%5Ce"


def test_same_is_written_alike():
    """A retry an hour later writes the same draft of what is over."""
    assert draft() == draft(at=NOW + timedelta(hours=1))
