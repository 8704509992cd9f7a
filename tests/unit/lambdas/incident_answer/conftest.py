import pytest
from moto import mock_aws

from tests.unit.lambdas.incident_answer.situation import Account, Situation, incident


@pytest.fixture(scope="module")
def account():
    with mock_aws():
        yield Account()


@pytest.fixture
def situation(account):
    """With incident 12, which nobody has."""
    made = Situation(account)
    made.put(incident())
    yield made
    made.clear()
