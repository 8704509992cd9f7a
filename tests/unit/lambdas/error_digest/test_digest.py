"""Events that come by the queue: counted once, kept, and published once."""

import pytest
from moto import mock_aws

from lambdas.shared.error_tracking import samples
from lambdas.vocabulary.error_tracking import State
from tests.unit.lambdas.error_digest.situation import START, event, make_situation


@pytest.fixture
def situation():
    with mock_aws():
        yield make_situation()


def test_event_becomes_issue(situation):
    sent = event(user={"id": "7"})
    assert situation.take(sent) == {"batchItemFailures": []}
    issue = situation.issue()
    assert (issue.title, issue.culprit) == ("TypeError: price is undefined", "createOrder (dist/orders.js)")
    assert (issue.state, issue.count, issue.users, issue.level) == (State.OPEN, 1, 1, "error")
    assert (issue.first_seen, issue.last_seen, issue.first_release) == (START, START, "api@1.0.0")
    assert samples.read(situation.s3, "errors", issue.samples[0]) == sent
    assert situation.table.hours(issue)[-1] == 1
    assert situation.table.releases_of(issue) == {"api@1.0.0": 1}
    assert situation.table.event_issue(sent["event_id"]) == ("api", issue.id)
    assert [each.version for each in situation.table.releases("api")] == ["api@1.0.0"]
