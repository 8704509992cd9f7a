"""What the code writes in docs/ is up to date, and says of every setting what the models say."""

import pytest

from cost.templates import Templates
from ops.documents import DOCUMENTS, Production
from stacks.settings.reference import SECTIONS, put_into
from stacks.settings.words import sections_of
from tests.infra.conftest import synthesized

HEAD = "| setting | default | allowed | meaning |\n|---|---|---|---|\n"


class Synthesized(Production):
    """Its templates as the other tests of this process have them."""

    templates = property(lambda _: Templates.in_assembly(synthesized("prod")))


@pytest.fixture(scope="module")
def production():
    return Synthesized()


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda one: str(one.path))
def test_document_is_up_to_date(document, production):
    assert document.brought_up_to_date(production) == document.path.read_text(), "stale: run make documents"


def test_every_settings_section_has_its_table():
    (settings,) = (document.path.read_text() for document in DOCUMENTS if document.path.name == "settings.md")
    sections = {text.partition("\n")[0]: text for text in settings.split("\n## ")}
    assert [title for title in SECTIONS if HEAD not in sections[title]] == []


@pytest.mark.parametrize("model", dict.fromkeys(SECTIONS.values()))
def test_every_setting_says_what_it_means(model):
    for name, field in model.model_fields.items():
        assert field.description or name == "mode" or sections_of(field.annotation), name


@pytest.mark.parametrize("rows", ["| `gone` | none |\n", ""])
def test_rows_are_rewritten_and_text_stays(rows):
    """Whether the table had other rows or, as a new one, none; the document's other tables stay too."""
    other = "| provider | take |\n|---|---|\n| `x` | y |\n"
    stale = f"Text.\n\n## `[security]`\nWhy.\n\n{HEAD}{rows}\nMore.\n\n{other}\n## Other\nEnd.\n"
    written = put_into(stale)
    assert "| `gone`" not in written
    assert f"\nWhy.\n\n{HEAD}| `guardduty` |" in written
    assert written.endswith(f"|\n\nMore.\n\n{other}\n## Other\nEnd.\n")


def test_section_that_no_model_describes_is_refused():
    with pytest.raises(KeyError, match="unheard"):
        put_into(f"Text.\n\n## unheard\n{HEAD}")
