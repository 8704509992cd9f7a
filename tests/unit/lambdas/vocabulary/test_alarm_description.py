"""What an alarm's description says is read as it was written, and somebody else's text is left alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.vocabulary.alarm_description import AlarmDescription
from lambdas.vocabulary.levels import Level

WRITTEN = AlarmDescription(
    Level.HIGH,
    "Connections run out.",
    "who holds them",
    "https://books.example/database-capacity.md",
    "backend team",
)
TEXT = """Level: high
Meaning: Connections run out.
First look: who holds them
Runbook: https://books.example/database-capacity.md
Owner: backend team"""
LINES = st.text().filter(lambda text: text.splitlines() in ([], [text]))


def test_text_is_one_line_for_each_field():
    assert WRITTEN.to_text() == TEXT
    assert AlarmDescription.from_text(TEXT) == WRITTEN


@given(st.builds(AlarmDescription, st.none() | st.sampled_from(Level), LINES, LINES, LINES, LINES))
def test_round_trip(description):
    assert AlarmDescription.from_text(description.to_text()) == description


@pytest.mark.parametrize("name", ["meaning", "first_look", "runbook", "owner"])
@pytest.mark.parametrize("value", ["team\nLevel: low", "team\n", "team\u2028Level: low", "\r"])
def test_multi_line_field_is_refused(name, value):
    """Field of more than one line is refused."""
    with pytest.raises(ValueError, match="must be one line"):
        AlarmDescription(**{name: value}).to_text()


@pytest.mark.parametrize("text", ["", "Ask Ana: she knows.", "no level", "Meaning:nothing", "level: high"])
def test_foreign_text_is_none(text):
    assert AlarmDescription.from_text(text) is None


def test_foreign_text_with_some_of_the_fields():
    """Lines that are not ours are passed over, and a level that we do not have is none."""
    found = AlarmDescription.from_text("Level: urgent\nHello\nMeaning: The disk: full.\nCost: 3")
    assert found == AlarmDescription(meaning="The disk: full.")


def test_page_is_the_runbooks_name():
    assert WRITTEN.page == "database-capacity"
    assert AlarmDescription().page == ""
