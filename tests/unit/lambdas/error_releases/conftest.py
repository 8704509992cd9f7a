import pytest
from moto import mock_aws

from tests.releases import Tracker


@pytest.fixture
def tracker():
    with mock_aws():
        yield Tracker()
