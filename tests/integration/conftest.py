"""What tests of several subjects share: the servers of the people's inboxes, and a browser."""

import pytest

from demo.inboxes import running
from emulator import process
from tests.programs import CHROMIUM


@pytest.fixture(scope="module")
def inboxes(tmp_path_factory):
    """The process that receives what people are sent."""
    directory = tmp_path_factory.mktemp("inboxes")
    try:
        yield running.start(directory)
    finally:
        process.stop_recorded(directory)


@pytest.fixture(scope="module")
def browser():
    """Debian's Chromium; the module is marked as one that needs it."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - few tests need it, and it takes a while

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()
