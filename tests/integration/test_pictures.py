"""A page becomes a PNG file that says which page it was."""

import pytest

from demo.pictures import photograph as module
from demo.pictures.photograph import NoBrowserError, Scene, photograph
from demo.pictures.stamp import stamp_of
from tests.programs import CHROMIUM, needs

pytest.importorskip("playwright.sync_api")
SCENE = Scene({"page.html": b"<!doctype html><title>x</title><h1>Hello</h1>"}, "page.html", width=200)


@needs(CHROMIUM, "chromium")
def test_photograph_carries_its_page_s_digest():
    assert stamp_of(photograph(SCENE)) == SCENE.digest


def test_another_page_has_another_digest():
    assert Scene({"page.html": b"another"}, "page.html", width=200).digest != SCENE.digest


def test_no_browser_is_one_line(monkeypatch):
    monkeypatch.setattr(module.shutil, "which", lambda name: None)
    with pytest.raises(NoBrowserError, match="apt-get install chromium"):
        photograph(SCENE)
