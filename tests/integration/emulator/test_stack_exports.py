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
def test_an_export_that_another_stack_imports_stays_as_it_is(producer, consumer, exports, reason):
    assert status(producer.create(topic("one"), exports={"shared": "value"})) == "CREATE_COMPLETE"
    assert status(consumer.create(topic(IMPORTED))) == "CREATE_COMPLETE"
    assert status(producer.update(topic("two"), exports=exports)) == "UPDATE_ROLLBACK_COMPLETE"
    assert reason in producer.reasons()
    assert status(consumer.update(topic("own"))) == "UPDATE_COMPLETE"
    assert status(producer.update(topic("two"), exports=exports)) == "UPDATE_COMPLETE"


def test_an_export_that_is_gone_cannot_be_imported(producer, consumer):
    producer.create(topic("one"), exports={"shared": "value"})
    producer.update(topic("two"))
    assert status(consumer.create(topic(IMPORTED))) == "ROLLBACK_COMPLETE"


def test_an_output_that_another_stack_reads_may_go(producer, consumer):
    producer.create(topic("one"), outputs={"shared": "value"})
    assert status(consumer.create(topic(READ))) == "CREATE_COMPLETE"
    assert status(producer.update(topic("two"))) == "UPDATE_COMPLETE"
    assert status(consumer.update(topic("own"))) == "UPDATE_COMPLETE"


def test_an_import_becomes_a_read_output_while_both_are_there(producer, consumer):
    """The way of a deployment that was made with exports."""
    producer.create(topic("one"), exports={"shared": "value"})
    consumer.create(topic(IMPORTED))
    assert status(producer.update(topic("two"), exports={"shared": "value"})) == "UPDATE_COMPLETE"
    assert status(consumer.update(topic(READ))) == "UPDATE_COMPLETE"
    assert status(producer.update(topic("two"), outputs={"shared": "value"})) == "UPDATE_COMPLETE"
