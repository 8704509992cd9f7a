"""A function that a rule invokes is tried again as Lambda does with every event, and its dead letters get the rest."""

import json

from tests.integration.embedded.waiting import until

THIRD_TIME = """
attempts = []
def handler(event, context):
    attempts.append(event)
    print(f"attempt {len(attempts)}")
    if len(attempts) < 3:
        raise RuntimeError("not yet")
"""


def happen(client, function):
    name = function.name
    client("events").put_rule(Name=name, EventPattern=json.dumps({"source": [name]}))
    client("events").put_targets(Rule=name, Targets=[{"Id": "function", "Arn": function.arn}])
    client("events").put_events(Entries=[{"Source": name, "DetailType": "test", "Detail": "{}"}])


def test_a_function_that_fails_is_tried_twice_more(client, function):
    third_time = function(THIRD_TIME)
    happen(client, third_time)
    assert third_time.line("attempt 3")


def test_an_event_that_is_given_up_waits_in_the_dead_letter_queue(client, function):
    url = client("sqs").create_queue(QueueName="given-up")["QueueUrl"]
    arn = client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    hopeless = function(
        "def handler(event, context):\n    raise RuntimeError('never')", DeadLetterConfig={"TargetArn": arn}
    )
    happen(client, hopeless)
    (message,) = until(lambda: client("sqs").receive_message(QueueUrl=url).get("Messages"))
    assert json.loads(message["Body"])["source"] == hopeless.name
