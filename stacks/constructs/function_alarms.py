"""What is alarmed about all functions of an environment at once; errors are alarmed for each."""

from typing import Any

from aws_cdk import Duration, aws_cloudwatch, aws_lambda, aws_sqs
from constructs import Construct

from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.metrics import TIME_WARNING, Metric
from lambdas.vocabulary.names import physical_name
from lambdas.vocabulary.runbooks import Runbook
from stacks.constructs.alarms import Alarms, Missing, Section, Statistic

PERIOD = Duration.minutes(5)


class FunctionAlarms(Construct):
    """Events given up, runs that were nearly too long, and runs that Lambda refused: each may be any function's."""

    def __init__(self, scope: Construct, dead_letters: aws_sqs.IQueue, alarms: Alarms) -> None:
        super().__init__(scope, "Functions")
        self._alarms = alarms
        queue = physical_name(alarms.environment.name, "dead-letters")
        self._above_none(
            "dead-letters",
            # SQS reports nothing of a queue that nobody has used for six hours.
            dead_letters.metric_approximate_number_of_messages_visible(period=PERIOD, statistic=Statistic.MAXIMUM),
            meaning="An event or an alert was given up after all retries and waits in the queue.",
            first_look=f"the messages of queue {queue}: each says whose it is",
        )
        self._above_none(
            "nearly-out-of-time",
            alarms.metric(Metric.NEARLY_OUT_OF_TIME, period=PERIOD, statistic=Statistic.SUM),
            meaning=f"A function took more than {TIME_WARNING:.0%} of the time that it is given.",
            first_look="the line 'nearly out of time' in the functions' logs: it names the function",
        )
        self._above_none(
            "throttles",
            aws_lambda.Function.metric_all_throttles(period=PERIOD, statistic=Statistic.SUM),
            meaning="Lambda refused a run of some function in this account and region, perhaps not one of ours.",
            first_look="Throttles by function; then whether others use up the account's concurrency",
        )

    def _above_none(self, name: str, metric: aws_cloudwatch.IMetric, **text: Any) -> None:
        self._alarms.add(
            self,
            name,
            metric,
            subject="functions",
            threshold=0,
            level=Level.HIGH,
            runbook=Runbook.FUNCTION_FAILED,
            missing=Missing.NOT_BREACHING,  # all three are reported only when there is something to report
            section=Section.ITSELF,
            **text,
        )
