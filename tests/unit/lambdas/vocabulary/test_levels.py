"""How soon somebody responds is said once, and the runbooks say the same."""

from pathlib import Path

import pytest

from lambdas.vocabulary.levels import Level


def test_response_in_words():
    assert [level.response for level in Level] == ["in 5 minutes", "in 30 minutes", "in 4 hours", "next working day"]


@pytest.mark.parametrize("level", Level)
def test_runbooks_say_the_same(level):
    text = " ".join(Path("docs/runbooks/README.md").read_text().split())
    assert f"**{level}** {level.response.replace('in ', 'within ').replace('next', 'on the next')}" in text
