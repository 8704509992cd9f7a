"""What the code writes in docs/ is up to date, and says of every setting what the models say."""

import pytest

from cost.templates import Templates
from ops.documents import DOCUMENTS, Production
from stacks.settings.reference import SECTIONS, put_into
from stacks.settings.words import sections_of
from tests.infra.conftest import synthesized


class Synthesized(Production):
    """Its templates as the other tests of this process have them."""

    templates = property(lambda _: Templates.in_assembly(synthesized("prod")))


@pytest.fixture(scope="module")
def production():
    return Synthesized()


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda one: str(one.path))
def test_document_is_up_to_date(document, production):
    assert document.brought_up_to_date(production) == document.path.read_text(), "stale: run make documents"


def test_every_settings_section_has_a_heading():
    """Every section of the settings has its heading."""
    (settings,) = (document.path.read_text() for document in DOCUMENTS if document.path.name == "settings.md")
    assert [title for title in SECTIONS if f"\n## {title}\n" not in settings] == []


@pytest.mark.parametrize("model", dict.fromkeys(SECTIONS.values()))
def test_every_setting_says_what_it_means(model):
    for name, field in model.model_fields.items():
        assert field.description or name == "mode" or sections_of(field.annotation), name


def test_rows_are_rewritten_and_text_stays():
    """Rows are written anew and the text around them stays."""
    stale = "Text.\n\n## `[security]`\nWhy.\n\n| setting |\n|---|\n| `gone` | none |\n\nMore.\n\n## Other\nEnd.\n"
    written = put_into(stale)
    assert "| `gone`" not in written
    assert "\nWhy.\n\n| setting |\n|---|\n| `guardduty` |" in written
    assert written.endswith("|\n\nMore.\n\n## Other\nEnd.\n")


def test_section_that_no_model_describes_is_refused():
    with pytest.raises(KeyError, match="unheard"):
        put_into("Text.\n\n## unheard\n| `x` | none |\n")
