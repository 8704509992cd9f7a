"""The whole system on the embedded account, deployed once for all tests of this folder."""

import pytest

from embedded import process
from embedded.console import Console
from embedded.raising import raise_all


@pytest.fixture(scope="session")
def raised(tmp_path_factory):
    """Everything that `make up` brings up, IAM enforced, stopped at the end."""
    directory = tmp_path_factory.mktemp("account")
    try:
        yield raise_all(Console(), directory, foreign_url=None)
    finally:
        process.stop_recorded(directory)


@pytest.fixture(scope="session")
def stage(raised):
    return raised.stage
