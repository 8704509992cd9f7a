"""Where events wait that were given up after all retries."""

from aws_cdk import Duration, Stack, aws_iam, aws_sqs
from constructs import Construct

from lambdas.vocabulary.names import physical_name
from stacks.platform.nag_suppressions import acknowledge
from stacks.settings import Environment

LONGEST = Duration.days(14)  # the most that SQS keeps a message


def dead_letter_queue(scope: Construct, identifier: str, name: str) -> aws_sqs.Queue:
    queue = aws_sqs.Queue(
        scope,
        identifier,
        queue_name=name,
        encryption=aws_sqs.QueueEncryption.SQS_MANAGED,
        enforce_ssl=True,
        retention_period=LONGEST,
    )
    acknowledge(queue, {"SQS3": "It is itself a dead-letter queue."})
    return queue


def environments_queue(scope: Construct, environment: Environment) -> aws_sqs.Queue:
    """One queue for all of the environment: every message says whose it is, and one alarm watches it.

    Functions and schedules send with their own roles, and SQS moves what `notify` could not handle; the environment's
    EventBridge rules are let in here.
    """
    queue = dead_letter_queue(scope, "DeadLetters", physical_name(environment, "dead-letters"))
    rules = Stack.of(scope).format_arn(service="events", resource="rule", resource_name=physical_name(environment, "*"))
    queue.add_to_resource_policy(
        aws_iam.PolicyStatement(
            principals=[aws_iam.ServicePrincipal("events.amazonaws.com")],
            actions=["sqs:SendMessage"],
            resources=[queue.queue_arn],
            conditions={"ArnLike": {"aws:SourceArn": rules}},
        )
    )
    return queue
