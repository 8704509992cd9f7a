"""The whole system on the embedded account, deployed afresh for each file of this folder: no file meets what another
one left behind."""

import pytest

from embedded import process
from embedded.console import Console
from embedded.raising import raise_all


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
