"""The generated parts of the documents are what the code says now."""

import pytest

from stacks.documents import PARTS, current


@pytest.mark.parametrize("document", PARTS, ids=str)
def test_current(document):
    assert current(document) == document.read_text(), f"{document} is stale: write it anew with `make documents`"


@pytest.mark.parametrize("document", PARTS, ids=str)
def test_every_part_has_its_place(document):
    text = document.read_text()
    assert [name for name in PARTS[document] if text.count(f"<!-- generated: {name} -->") != 1] == []
