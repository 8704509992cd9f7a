"""The whole system on the embedded account, deployed afresh for each file of this folder: no file meets what another
one left behind."""

import pytest

from demo.console import Console
from demo.start import start_all
from emulator import process


@pytest.fixture(scope="module")
def started(tmp_path_factory):
    """Everything that `make up` brings up, IAM enforced, but no schedule fires; stopped at the end."""
    directory = tmp_path_factory.mktemp("account")
    try:
        started = start_all(Console(), directory, foreign_url=None)
        started.stage.account.pause_schedules()
        yield started
    finally:
        process.stop_recorded(directory)


@pytest.fixture(scope="module")
def stage(started):
    return started.stage
