"""References between stacks on the embedded account: what is imported stays as it is, an output that is read may go."""

import pytest

from tests.integration.emulator.stack import Stack

IMPORTED = {"Fn::ImportValue": "shared"}
READ = {"Fn::GetStackOutput": {"StackName": "producer", "OutputName": "shared"}}


@pytest.fixture
def producer(client):
    producer = Stack(client, "producer")
    yield producer
    producer.delete()


@pytest.fixture
def consumer(client, producer):
    consumer = Stack(client, "consumer")
    yield consumer
    consumer.delete()


def topic(name):
    return {"Topic": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": name}}}


def status(answer):
    return answer[0]


@pytest.mark.parametrize(
    ("exports", "reason"),
    [
        ({}, "Export shared cannot be deleted as it is in use by consumer"),
        ({"shared": "another"}, "Export shared cannot be updated as it is in use by consumer"),
    ],
)
def test_imported_export_cannot_change(producer, consumer, exports, reason):
    """An export that another stack imports stays as it is."""
    assert status(producer.create(topic("one"), exports={"shared": "value"})) == "CREATE_COMPLETE"
    assert status(consumer.create(topic(IMPORTED))) == "CREATE_COMPLETE"
    assert status(producer.update(topic("two"), exports=exports)) == "UPDATE_ROLLBACK_COMPLETE"
    assert reason in producer.reasons()
    assert status(consumer.update(topic("own"))) == "UPDATE_COMPLETE"
    assert status(producer.update(topic("two"), exports=exports)) == "UPDATE_COMPLETE"


def test_missing_export_cannot_be_imported(producer, consumer):
    """An export that is gone cannot be imported."""
    producer.create(topic("one"), exports={"shared": "value"})
    producer.update(topic("two"))
    assert status(consumer.create(topic(IMPORTED))) == "ROLLBACK_COMPLETE"


def test_read_output_may_be_removed(producer, consumer):
    """An output that another stack reads may go."""
    producer.create(topic("one"), outputs={"shared": "value"})
    assert status(consumer.create(topic(READ))) == "CREATE_COMPLETE"
    assert status(producer.update(topic("two"))) == "UPDATE_COMPLETE"
    assert status(consumer.update(topic("own"))) == "UPDATE_COMPLETE"


def test_import_becomes_read_output(producer, consumer):
    """The way of a deployment that was made with exports."""
    producer.create(topic("one"), exports={"shared": "value"})
    consumer.create(topic(IMPORTED))
    assert status(producer.update(topic("two"), exports={"shared": "value"})) == "UPDATE_COMPLETE"
    assert status(consumer.update(topic(READ))) == "UPDATE_COMPLETE"
    assert status(producer.update(topic("two"), outputs={"shared": "value"})) == "UPDATE_COMPLETE"
