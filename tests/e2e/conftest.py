"""The whole system on the embedded account, deployed afresh for each file of this folder: no file meets what another
one left behind."""

import pytest

from demo.bring_up import raise_all
from demo.console import Console
from emulator import process


@pytest.fixture(scope="module")
def raised(tmp_path_factory):
    """Everything that `make up` brings up, IAM enforced, but no schedule fires; stopped at the end."""
    directory = tmp_path_factory.mktemp("account")
    try:
        raised = raise_all(Console(), directory, foreign_url=None)
        raised.stage.account.pause_schedules()
        yield raised
    finally:
        process.stop_recorded(directory)


@pytest.fixture(scope="module")
def stage(raised):
    return raised.stage
