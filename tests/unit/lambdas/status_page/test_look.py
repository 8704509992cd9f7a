"""The operator's logo and colours: what becomes of them in the page's files."""

from datetime import timedelta

import pytest

from lambdas.status_page.files import STYLE, STYLE_SHEET
from lambdas.status_page.look import LEAST_CONTRAST, Logo, Look, Scheme, backgrounds, contrast, least_contrast, logo_in
from lambdas.status_page.page import page
from lambdas.status_page.publish_page import files_of
from tests.integration.status_page.story import SETTINGS
from tests.unit.lambdas.status_page.test_status_page import NOW, history, overview


def test_page_without_a_look_is_unchanged():
    assert (Look().style, Look().style_sheet) == (STYLE, STYLE_SHEET)
    assert b"<img" not in page(overview(history()), "JunkOS", timedelta(minutes=15), reloads=False)


def test_accent_has_its_own_style_sheet():
    look = Look(accent="#7a3fb0")
    assert look.style != STYLE
    assert look.style_sheet.startswith(STYLE_SHEET)
    added = look.style_sheet[len(STYLE_SHEET) :].decode()
    assert "#7a3fb0" in added
    assert "dark" not in added


def test_logo_is_published_before_the_page():
    look = Look(Logo("png", b"\x89PNG\r\n\x1a\n"))
    names = [file.name for file in files_of(overview(history(), moment=NOW), SETTINGS, look)]
    assert names[:2] == [STYLE, look.logo.name]
    html = page(overview(history()), "JunkOS", timedelta(minutes=15), reloads=False, look=look).decode()
    assert f'<img src="{look.logo.name}" alt="" class="logo">' in html


def test_logo_is_found_where_it_is_deployed(tmp_path):
    assert logo_in(tmp_path) is None
    logo = Logo("svg", b"<svg/>")
    (tmp_path / logo.file_name).write_bytes(logo.content)
    assert logo_in(tmp_path) == logo


@pytest.mark.parametrize(("colour", "expected"), [("#000", 21.0), ("#767676", 4.54), ("#777777", 4.48), ("#fff", 1.0)])
def test_contrast_is_that_of_wcag(colour, expected):
    """With white: #767676 is known as the lightest grey that text may have on it."""
    assert contrast(colour, "#fff") == pytest.approx(expected, abs=0.005)


def test_worst_background_counts():
    assert least_contrast("#767676", Scheme.LIGHT) < LEAST_CONTRAST < contrast("#767676", "#fff")


@pytest.mark.parametrize(("scheme", "link"), [(Scheme.LIGHT, "#1d4f91"), (Scheme.DARK, "#8db9f5")])
def test_page_keeps_its_own_rule(scheme, link):
    assert f"--link: {link}" in STYLE_SHEET.decode()
    assert least_contrast(link, scheme) >= LEAST_CONTRAST


def test_schemes_have_their_backgrounds():
    assert (backgrounds(Scheme.LIGHT), backgrounds(Scheme.DARK)) == (["#f5f6f8", "#fff"], ["#0e1218", "#171d26"])
