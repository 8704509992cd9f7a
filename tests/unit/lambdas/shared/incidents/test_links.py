import base64
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.shared.incidents.keys import Keys
from lambdas.shared.incidents.links import (
    MOST_INCIDENTS,
    Link,
    Purpose,
    is_nonce_of,
    new_nonce,
    read,
    read_result,
    sign,
    sign_result,
)

NOW = datetime(2026, 11, 27, 21, 30, tzinfo=UTC)
LATER = NOW + timedelta(days=7)
OLD, NEW, OTHER = (bytes([number]) * 32 for number in (1, 2, 3))
KEYS = Keys((NEW, OLD), OTHER)
FRONT = "https://abcdefghij.execute-api.ap-southeast-2.amazonaws.com/a/"

numbers = st.integers(0, MOST_INCIDENTS - 1)
people = st.text(max_size=40)
moments = st.datetimes(datetime(1971, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - bounds


@given(numbers, people, moments)
def test_link_says_what_was_signed(number, person, expires_at):
    link = read(KEYS, sign(KEYS, number, person, expires_at), NOW)
    whole = expires_at.replace(microsecond=0)
    assert link == Link(number, person, whole, expired=whole <= NOW)


@given(st.data(), numbers, people)
def test_changed_link_is_refused(data, number, person):
    """Each character matters, the last one's unused bits too."""
    token = sign(KEYS, number, person, LATER)
    place = data.draw(st.integers(0, len(token) - 1))
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    other = data.draw(st.sampled_from(letters.replace(token[place], "")))
    assert read(KEYS, token[:place] + other + token[place + 1 :], NOW) is None
    assert read(KEYS, token[:-1], NOW) is None
    assert read(KEYS, f"{token}{other}", NOW) is None


@given(st.text(max_size=80) | st.binary(max_size=60).map(lambda raw: base64.urlsafe_b64encode(raw).decode()))
def test_anything_else_is_no_link(text):
    assert read(KEYS, text, NOW) is None


def test_link_stays_short_enough_for_text_messages():
    assert len(FRONT + sign(KEYS, 12345, "ana", LATER)) < 95
    assert len(FRONT + sign(KEYS, MOST_INCIDENTS - 1, "ekaterina", LATER)) <= 101


def test_link_expires():
    token = sign(KEYS, 1, "ana", LATER)
    assert not read(KEYS, token, LATER - timedelta(seconds=1)).expired
    assert read(KEYS, token, LATER).expired


def test_link_without_expiry_stays():
    assert read(KEYS, sign(KEYS, 0, "", None), LATER + timedelta(days=9000)) == Link(0, "", None)


@pytest.mark.parametrize("purpose", Purpose)
def test_link_is_of_one_purpose(purpose):
    token = sign(KEYS, 1, "ana", LATER, purpose)
    assert [other for other in Purpose if read(KEYS, token, NOW, other)] == [purpose]


def test_rotated_key_still_verifies():
    """The newest signs; what an older one signed is read until that is gone."""
    token = sign(Keys((OLD,), OTHER), 1, "ana", LATER)
    assert read(KEYS, token, NOW)
    assert read(Keys((NEW,), OTHER), token, NOW) is None
    assert read(Keys((NEW,), OTHER), sign(KEYS, 1, "ana", LATER), NOW)


def test_calendar_has_own_key():
    token = sign(KEYS, 0, "ana", None, Purpose.CALENDAR)
    assert read(Keys((OLD,), OTHER), token, NOW, Purpose.CALENDAR)
    assert read(Keys((NEW, OLD), NEW), token, NOW, Purpose.CALENDAR) is None


@pytest.mark.parametrize(("number", "person"), [(-1, "ana"), (MOST_INCIDENTS, "ana"), (1, "n" * 300)])
def test_what_no_link_holds_is_refused(number, person):
    with pytest.raises(ValueError, match=r"incident|name"):
        sign(KEYS, number, person, LATER)


@given(numbers, numbers, people, people)
def test_nonce_is_of_one_link(number, other_number, person, other_person):
    link, other = Link(number, person, LATER), Link(other_number, other_person, LATER)
    nonce = new_nonce(KEYS, link)
    assert is_nonce_of(KEYS, link, nonce)
    assert is_nonce_of(KEYS, other, nonce) == (link == other)


def test_nonces_differ_and_survive_a_rotation():
    link = Link(1, "ana", LATER)
    assert new_nonce(KEYS, link) != new_nonce(KEYS, link)
    assert is_nonce_of(KEYS, link, new_nonce(Keys((OLD,), OTHER), link))
    assert not is_nonce_of(KEYS, link, "")
    assert not is_nonce_of(KEYS, link, sign(KEYS, 1, "ana", LATER))


@given(st.text(max_size=200))
def test_result_is_of_one_link(text):
    link = Link(1, "ana", LATER)
    signed = sign_result(KEYS, link, text)
    assert read_result(KEYS, link, signed) == text
    assert read_result(KEYS, Link(2, "ana", LATER), signed) == ""
    assert read_result(KEYS, link, text) == ""


def test_keys_are_not_shown():
    assert str(KEYS) == "Keys()"
