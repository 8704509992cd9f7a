"""A function that a rule invokes is tried again as Lambda does with every event, and its dead letters get the rest."""

import json

from tests.integration.emulator.waiting import until

HOPELESS = "def handler(event, context):\n    print('tried')\n    raise RuntimeError('never')"


def test_failed_event_is_tried_three_times(client, function):
    """An event is tried three times and then waits in the dead letter queue."""
    url = client("sqs").create_queue(QueueName="given-up")["QueueUrl"]
    queue = client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    hopeless = function(HOPELESS)
    client("lambda").put_function_event_invoke_config(
        FunctionName=hopeless.name, DestinationConfig={"OnFailure": {"Destination": queue}}
    )
    client("events").put_rule(Name="orders", EventPattern=json.dumps({"source": ["orders"]}))
    client("events").put_targets(Rule="orders", Targets=[{"Id": "function", "Arn": hopeless.arn}])

    client("events").put_events(Entries=[{"Source": "orders", "DetailType": "booked", "Detail": "{}"}])

    (message,) = until(lambda: client("sqs").receive_message(QueueUrl=url).get("Messages"))
    assert json.loads(message["Body"])["requestPayload"]["source"] == "orders"
    assert hopeless.lines().count("tried") == 3
