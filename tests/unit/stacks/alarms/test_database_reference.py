"""The generated parts of the documents are what the checks and the alarms say now."""

import pytest

from stacks.alarms.database_reference import DOCUMENTS, PARTS, put_into


@pytest.mark.parametrize("document", DOCUMENTS, ids=str)
def test_current(document):
    text = document.read_text()
    assert put_into(text) == text, f"{document} is stale: write it anew with `make documents`"


def test_every_part_stands_once():
    text = "".join(document.read_text() for document in DOCUMENTS)
    assert [name for name in PARTS if text.count(f"<!-- generated: {name} -->") != 1] == []


def test_stale_part_is_rewritten():
    """A stale part is written anew and the prose stays."""
    document = DOCUMENTS[0].read_text()
    assert put_into(document.replace("| 300 | medium |", "| 30 | low |")) == document
    assert put_into(f"Before.\n{document}After.\n") == f"Before.\n{document}After.\n"


def test_a_part_that_nobody_generates():
    with pytest.raises(KeyError, match="weather"):
        put_into("<!-- generated: weather -->\n<!-- end -->\n")
