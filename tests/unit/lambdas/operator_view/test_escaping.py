"""Whatever an error says, it is text: it plants no element, no attribute, no link, and no control character."""

import json
import re
from dataclasses import fields, is_dataclass, replace
from datetime import datetime
from enum import Enum
from html.parser import HTMLParser

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lambdas.operator_view.event import occurrence
from lambdas.operator_view.render import show
from lambdas.operator_view.surface import Local, Widget
from lambdas.operator_view.view import Page
from lambdas.vocabulary.error_tracking import Muted, Resolution, Resolved, State
from tests.unit.lambdas.operator_view.story import NOW, Errors, ago, event, issue, releases, sources

ESCAPE, CONTROL, REORDER, ISOLATE = "\x1b", "\x9b", "\u202e", "\u2066"
HOSTILE = (
    "</style></script><script>alert(1)</script>\"'><img src=x onerror=alert(1)>"
    "<a class=btn href='javascript:alert(1)'>Approve</a>"
    '<cwdb-action action="call" endpoint="arn:aws:lambda:x">{"action":"merge"}</cwdb-action>'
    "[Approve](https://evil.example) **bold** `x` <https://evil.example|Approve> &lt;b&gt; &#60;b&#62; ]]> -->"
    f"{ESCAPE}[31mred{CONTROL}2J\x00\x08 {REORDER}txt.exe {ISOLATE} \ud800 {{{{x}}}} ${{x}}"
)
NEVER = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
SURFACES = (Widget("arn:view", "arn:action"), Local("token"))
VOID = {"input", "img", "br", "meta"}


class Structure(HTMLParser):
    """The elements with the names of their attributes and the values of those that do something."""

    def __init__(self, html):
        super().__init__(convert_charrefs=True)
        self.elements, self.nesting = [], []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        acting = [(name, value) for name, value in attrs if name in ("class", "action", "endpoint", "method", "type")]
        self.elements.append((tag, sorted(name for name, _ in attrs), acting))
        if tag not in VOID:
            self.nesting.append(tag)

    def handle_endtag(self, tag):
        assert self.nesting.pop() == tag

    def handle_comment(self, data):
        raise AssertionError("a comment")

    def handle_decl(self, decl):
        raise AssertionError("a declaration")

    handle_pi = unknown_decl = handle_decl


def with_texts(value, text):
    """The same with `text` for every text, in whatever it is."""
    if isinstance(value, Enum | datetime | bool | int | None):
        return value
    if isinstance(value, str):
        return text if value else value
    if is_dataclass(value):
        kept = ("project", "id", "object")
        return replace(
            value,
            **{
                field.name: with_texts(getattr(value, field.name), text)
                for field in fields(value)
                if field.name not in kept
            },
        )
    if isinstance(value, dict):
        return {key: with_texts(of, text) for key, of in value.items()}
    return type(value)(with_texts(each, text) for each in value)


def told(text):
    """Every text field of issues, releases and the event is `text`; every state is there."""
    states = [
        {},
        {"state": State.REGRESSED, "regressed_in": "1"},
        {"state": State.RESOLVED, "resolved": Resolved(Resolution.IN_RELEASE, ago(hours=1), release="1", by="a")},
        {"state": State.RESOLVED, "resolved": Resolved(Resolution.IN_NEXT_RELEASE, ago(hours=1), release="1", by="a")},
        {"state": State.MUTED, "muted": Muted(ago(hours=1), by="a")},
    ]
    commits = releases()[0].commits
    found = [
        with_texts(issue(number, suspects=commits, first_release="1", last_release="1", **each), text)
        for number, each in enumerate(states, start=1)
    ]
    return Told(found, text)


class Told(Errors):
    def __init__(self, found, text):
        super().__init__(found)
        self.text = text

    def releases(self, project, limit=100):
        return [with_texts(each, self.text) for each in releases()]

    def releases_of(self, issue):
        return {self.text: 3}


def pages(text, surface):
    """All views of it; the keys of objects that clients name are hostile as well."""
    written = with_texts(event(), text)
    written["tags"] = {text: text}
    written["request"]["headers"] = {text: text}
    written["contexts"] = {text: {text: text}}
    of = sources(told(text), written)
    asked = [{"state": "all"}, *({"view": "issue", "id": f"{number:016x}", "similar": 1} for number in range(1, 6))]
    return [show(each, of, Page(surface, NOW)) for each in asked]


@pytest.mark.parametrize("surface", SURFACES)
def test_hostile_text_stays_text(surface):
    """The elements are the very same as those of a harmless text."""
    for hostile, harmless in zip(pages(HOSTILE, surface), pages("harmless", surface), strict=True):
        assert Structure(hostile).elements == Structure(harmless).elements
        assert hostile.count("&lt;script&gt;") > 3
        assert not NEVER.search(hostile)


@pytest.mark.parametrize("surface", SURFACES)
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    text=st.text(
        st.one_of(st.sampled_from("<>&\"'/=`{}[]()!-;#x \\\n\t\x1b\x9b\u202e\ud800"), st.characters()), min_size=1
    )
)
def test_no_text_changes_markup(surface, text):
    """The same of any text."""
    for any_text, harmless in zip(pages(f"a{text}", surface), pages("a", surface), strict=True):
        assert Structure(any_text).elements == Structure(harmless).elements
        assert not NEVER.search(any_text)


@pytest.mark.parametrize("number", range(1, 6))
def test_actions_carry_no_markup(number):
    """What CloudWatch reads as JSON is the same read as text or as markup."""
    html = show({"view": "issue", "id": f"{number:016x}"}, sources(told(HOSTILE)), Page(SURFACES[0], NOW))
    payloads = re.findall(r"<cwdb-action[^>]*>(.*?)</cwdb-action>", html)
    assert len(payloads) > 2
    for written in payloads:
        assert written.isascii()
        assert not set("<>&") & set(written)
        assert json.loads(written)


def test_attributes_hold_no_foreign_text():
    """Neither tooltips nor labels nor addresses: all of them are ours."""
    for html in pages("FOREIGN", SURFACES[0]):
        assert all("FOREIGN" not in tag for tag in re.findall(r"<[^>]*>", html))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=20,
)
PARTS = (
    "exception",
    "breadcrumbs",
    "request",
    "tags",
    "user",
    "contexts",
    "extra",
    "logentry",
    "message",
    "server_name",
)
FRAME = ("function", "filename", "lineno", "colno", "in_app", "pre_context", "context_line", "post_context")


@settings(max_examples=100, deadline=None)
@given(
    odd=st.dictionaries(st.sampled_from(PARTS), JSON | st.fixed_dictionaries({"values": st.lists(JSON, max_size=3)}))
)
def test_odd_events_are_shown(odd):
    """A part of another type than Sentry's is left out, or shown as it is."""
    assert show({"view": "issue", "id": f"{1:016x}"}, sources(found=odd), Page(SURFACES[0], NOW))


@settings(max_examples=100, deadline=None)
@given(
    frame=st.dictionaries(st.sampled_from(FRAME), JSON),
    thrown=st.dictionaries(st.sampled_from(("type", "value", "mechanism")), JSON),
)
def test_odd_frames_are_shown(frame, thrown):
    odd = {"exception": {"values": [{**thrown, "stacktrace": {"frames": [frame]}}]}}
    assert show({"view": "issue", "id": f"{1:016x}"}, sources(found=odd), Page(SURFACES[0], NOW))


def test_large_event_is_cut():
    """A page stays below the 6 MB that a function may answer, of characters that take twelve bytes in JSON."""
    text = "\U0001f4a5" * 10_000
    frame = {"function": text, "filename": text, "lineno": 1, "in_app": True}
    frame |= {"pre_context": [text] * 100, "context_line": text, "post_context": [text] * 100}
    thrown = {"type": text, "value": text, "stacktrace": {"frames": [frame] * 500}}
    crumb = {"message": text, "data": {"a": text}, "category": text, "timestamp": text}
    pairs = {f"{number}{text}": text for number in range(500)}
    large = {"exception": {"values": [thrown] * 50}, "breadcrumbs": {"values": [crumb] * 1000}, "tags": pairs}
    large |= {"extra": pairs, "request": {"headers": pairs, "data": text}, "contexts": pairs, "user": pairs}
    html = show({"view": "issue", "id": f"{1:016x}"}, sources(found=large), Page(SURFACES[0], NOW))
    assert len(json.dumps(html)) < 6_000_000


def test_deep_event_is_shown():
    deep = value = {}
    for _ in range(100_000):
        value["a"] = {}
        value = value["a"]
    assert "(too deep to be shown)" in dict(occurrence({"extra": {"deep": deep}}).sections["Extra"])["deep"]
