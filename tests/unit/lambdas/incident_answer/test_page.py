"""What the page of a link shows, and what answering on it does."""

import re
from datetime import timedelta
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit

import pytest

from lambdas.incident_answer.form import LONGEST_NOTE
from lambdas.shared.incidents.links import new_nonce, read
from lambdas.vocabulary.incidents import Answer, Incident, Reply, State, Subject, Way
from lambdas.vocabulary.levels import Level
from tests.unit.lambdas.incident_answer.situation import NOW, ago, incident, taken

HOSTILE = "</title><script>alert(1)</script>'\"><img src=x onerror=alert(1)>"


def get(situation, token, **query):
    return situation.ask("GET", f"/a/{token}", query=query)


def fields_of(body):
    return dict(re.findall(r'name="(nonce)" value="([^"]*)"', body))


def buttons(body):
    return re.findall(r'name="answer" value="(\w+)"[^>]*><strong>([^<]*)', body)


def press(situation, token, answer="take", **fields):
    """As a browser does: with the nonce of the page that it got."""
    sent = {**fields_of(get(situation, token)["body"]), "answer": answer, **fields}
    answer = situation.ask("POST", f"/a/{token}", body=urlencode(sent).encode())
    return {**answer, "asked": f"/a/{token}"}


def said_after(situation, answer, kind='result[^"]*'):
    """The line of the page that the answer leads to."""
    address = urlsplit(urljoin(answer["asked"], answer["headers"]["Location"]))
    query = {name: values[0] for name, values in parse_qs(address.query).items()}
    shown = situation.ask("GET", address.path, query=query)
    assert shown["statusCode"] == 200
    return re.search(rf'class="{kind}" role="status">([^<]*)', shown["body"])[1]


def test_page_shows_the_incident(situation):
    body = get(situation, situation.link())["body"]
    for text in (
        "Critical · Incident 12",
        "<h1>The API answers with errors</h1>",
        "Open: nobody has it",
        "27 Nov 2026, 21:18:00 UTC, 12 min ago",
        "ana, backup ben",
        "ben, backup cem, from Mon 30 Nov, 09:00 CET",
        "37 % of requests failed, threshold 5 %",
        "First look: the newest release",
        "critical, for 12 min, 3 times",
        "high, right again after 10 min",
        'href="https://example.com/runbooks/high-error-rate.md"',
        "api 2.14.0 was deployed 4 min before",
        "likely cause",
        "it did not answer within 5 s",
        "ana took it (by shared link, not proven)",
    ):
        assert text in body
    assert body.index("ana took it") < body.index("opened: The API")
    assert body.index("<h3>The API answers with errors") < body.index("<h3>The API is slow")


def test_three_buttons_mean_different_things(situation):
    assert buttons(get(situation, situation.link())["body"]) == [
        ("take", "Take it"),
        ("snooze", "Snooze"),
        ("cannot", "I cannot"),
        ("note", "Only the note"),
    ]


def test_who_has_it_goes_on(situation):
    situation.put(taken("ana", number=13))
    assert "Still on it" in get(situation, situation.link(13, "ana"))["body"]
    for other in (situation.link(13, "ben"), situation.link(13, "")):
        assert "Still on it" not in get(situation, other)["body"]
    assert "ana has it, for 4 min" in get(situation, situation.link(13, "ben"))["body"]


def test_what_is_over_takes_notes_alone(situation):
    situation.put(incident(13, state=State.RESOLVED, resolved_at=ago(minutes=1)))
    assert buttons(get(situation, situation.link(13))["body"]) == [("note", "Only the note")]


def test_what_has_no_end_can_be_done(situation):
    finding = Subject("f", Level.HIGH, ago(hours=1), ago(hours=1), has_end=False, title="A root login")
    situation.put(incident(13, subjects=(finding,)), gathered=None)
    assert ("resolve", "It is done") in buttons(get(situation, situation.link(13))["body"])
    press(situation, situation.link(13), "resolve")
    assert situation.deciding.replies[0].answer is Answer.RESOLVE


@pytest.mark.parametrize(
    ("pressed", "expected"),
    [
        ({"answer": "take"}, (Answer.TAKE, 0)),
        ({"answer": "snooze", "minutes": "120"}, (Answer.SNOOZE, 120)),
        ({"answer": "snooze", "minutes": "0"}, (Answer.SNOOZE, 0)),
        ({"answer": "cannot", "minutes": "30"}, (Answer.CANNOT, 0)),
    ],
)
def test_answer_is_passed_on(situation, pressed, expected):
    answer = press(situation, situation.link(), **pressed)
    (reply,) = situation.deciding.replies
    assert (reply.answer, reply.minutes) == expected
    assert (reply.incident, reply.by, reply.via, reply.at) == (12, "ana", Way.LINK, NOW)
    assert answer["statusCode"] == 303
    assert said_after(situation, answer, "result") == "You have it."


def test_note_follows_its_answer(situation):
    """The one is accepted without the other: each has its nonce."""
    press(situation, situation.link(), "take", note="  looking at the release  ")
    take, note = situation.deciding.replies
    assert [take.answer, note.answer, note.text, take.text] == [Answer.TAKE, Answer.NOTE, "looking at the release", ""]
    assert take.nonce != note.nonce


def test_note_alone(situation):
    press(situation, situation.link(), "note", note="x" * 5000)
    (note,) = situation.deciding.replies
    assert (note.answer, note.text) == (Answer.NOTE, "x" * LONGEST_NOTE)


def test_empty_note_is_not_passed_on(situation):
    answer = press(situation, situation.link(), "note", note=" ")
    assert said_after(situation, answer) == "Nothing was done. Write a note, then press again."
    assert situation.deciding.replies == []


def test_shared_link_asks_who(situation):
    token = situation.link(person="")
    body = get(situation, token)["body"]
    assert re.findall(r'<option value="(\w+)">\1<', body) == ["ana", "ben", "cem"]
    press(situation, token, person="ben")
    (reply,) = situation.deciding.replies
    assert (reply.by, reply.via) == ("ben", Way.SHARED_LINK)


@pytest.mark.parametrize("person", ["", "mallory"])
def test_shared_link_needs_somebody_known(situation, person):
    answer = press(situation, situation.link(person=""), person=person)
    assert "Choose who you are" in said_after(situation, answer)
    assert situation.deciding.replies == []


def test_link_decides_who_it_is(situation):
    """Not a field that somebody added to the form."""
    press(situation, situation.link(person="ana"), person="ben")
    assert situation.deciding.replies[0].by == "ana"


def test_each_page_has_its_nonce(situation):
    token = situation.link()
    press(situation, token)
    press(situation, token)
    first, second = (reply.nonce for reply in situation.deciding.replies)
    assert first != second


def test_same_form_has_same_nonce(situation):
    """So that the function that decides refuses the second one."""
    token = situation.link()
    nonce = fields_of(get(situation, token)["body"])["nonce"]
    for _ in range(2):
        press(situation, token, nonce=nonce)
    first, second = (reply.nonce for reply in situation.deciding.replies)
    assert first == second


@pytest.mark.parametrize("other", [{"number": 13}, {"person": "ben"}, {"expires_at": NOW + timedelta(days=3)}])
def test_form_of_another_link_is_refused(situation, other):
    situation.put(incident(13))
    nonce = new_nonce(situation.keys, read(situation.keys, situation.link(**other), NOW))
    answer = press(situation, situation.link(), nonce=nonce)
    assert "not of this page" in said_after(situation, answer)
    assert situation.deciding.replies == []


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"answer=take",
        b"answer=delete",
        b"\xff\xfe",
        b"answer=snooze&minutes=99",
        b"answer=take&minutes=x",
        b"&" * 99,
    ],
)
def test_unreadable_form_does_nothing(situation, body):
    path = f"/a/{situation.link()}"
    answer = {**situation.ask("POST", path, body=body), "asked": path}
    assert said_after(situation, answer).startswith("Nothing was done.")
    assert situation.deciding.replies == []


def test_expired_link_shows_and_takes_nothing(situation):
    token = situation.link(expires_at=NOW + timedelta(minutes=1))
    nonce = fields_of(get(situation, token)["body"])["nonce"]
    situation.now = NOW + timedelta(minutes=1)
    shown = get(situation, token)
    assert shown["statusCode"] == 410
    assert "This link has expired" in shown["body"]
    assert "Open: nobody has it" in shown["body"]
    assert buttons(shown["body"]) == []
    assert press(situation, token, nonce=nonce)["statusCode"] == 410
    assert situation.deciding.replies == []


@pytest.mark.parametrize("error", [TimeoutError("read"), True])
def test_failed_decision_is_said(situation, error):
    situation.deciding.error = error
    answer = press(situation, situation.link())
    assert said_after(situation, answer).startswith("It is not known whether your answer counts.")


def test_refusal_is_said(situation):
    """As what it is: not in the colour of what worked."""
    situation.deciding.payload = {"outcome": "refused", "text": "say who you are"}
    assert said_after(situation, press(situation, situation.link()), "result bad") == "Say who you are."


def test_invented_result_is_not_shown(situation):
    body = get(situation, situation.link(), result="You have it")["body"]
    assert 'role="status"' not in body


def test_hostile_texts_stay_texts(situation):
    subject = Subject("x", Level.HIGH, NOW, NOW, title=HOSTILE, measured=HOSTILE, runbook="javascript:alert(1)")
    situation.put(incident(13, title=HOSTILE, taken_by=HOSTILE, state=State.ACKNOWLEDGED, subjects=(subject,)))
    body = get(situation, situation.link(13, HOSTILE))["body"]
    assert "<script" not in body
    assert "<img" not in body
    assert "javascript:" not in body


def test_page_says_nothing_of_its_address(situation):
    headers = get(situation, situation.link())["headers"]
    assert headers["Cache-Control"] == "no-store"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Robots-Tag"].startswith("noindex")
    assert headers["X-Content-Type-Options"] == "nosniff"
    policy = headers["Content-Security-Policy"]
    for directive in ("default-src 'none'", "form-action 'self'", "frame-ancestors 'none'", "base-uri 'none'"):
        assert directive in policy
    assert "script" not in policy


def test_incident_of_few_words_is_shown(situation):
    """As little as an incident can have."""
    situation.put(Incident(14, Level.HIGH, "t", NOW, NOW, (), version=1), entries=(), gathered=None)
    assert get(situation, situation.link(14))["statusCode"] == 200


def test_replies_have_what_the_decider_reads(situation):
    press(situation, situation.link(), note="n")
    assert all(isinstance(reply, Reply) and len(reply.nonce) == 32 for reply in situation.deciding.replies)
