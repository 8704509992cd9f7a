"""What is alarmed about all functions of an environment at once, and what about each.

An alarm names its function, so that it can stand in another stack than that.
"""

from typing import Any

from aws_cdk import Duration, aws_cloudwatch, aws_lambda, aws_sqs
from constructs import Construct

from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.metrics import TIME_WARNING, Metric
from lambdas.vocabulary.names import physical_name
from lambdas.vocabulary.runbooks import Runbook
from stacks.alarms.spec import Alarms, Missing, Section, Statistic

PERIOD = Duration.minutes(5)


class FunctionAlarms(Construct):
    """Events given up, runs that were nearly too long, and runs that Lambda refused: each may be any function's."""

    def __init__(self, scope: Construct, dead_letters: aws_sqs.IQueue, alarms: Alarms) -> None:
        super().__init__(scope, "Functions")
        self._alarms = alarms
        queue = physical_name(alarms.environment, "dead-letters")
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


def alarm_on_errors(
    scope: Construct,
    folder: str,
    alarms: Alarms,
    level: Level = Level.HIGH,
    runbook: Runbook = Runbook.FUNCTION_FAILED,
) -> None:
    """Alarm when the function of `folder` ends with an error."""
    alarms.add(
        scope,
        "errors",
        _metric(alarms, folder, "Errors", PERIOD),
        subject=folder,
        threshold=0,
        level=level,
        runbook=runbook,
        missing=Missing.NOT_BREACHING,
        meaning=f"{folder} ended with an error.",
        first_look=f"the newest ERROR line in /aws/lambda/{physical_name(alarms.environment, folder)}",
        section=Section.ITSELF,
    )


def alarm_on_silence(scope: Construct, folder: str, alarms: Alarms, minutes: int) -> None:
    """Alarm when the function, due every so many minutes, was not even started three times in a row.

    For functions whose own metrics would not miss them.
    """
    schedule, dead_letters = (physical_name(alarms.environment, name) for name in (folder, "dead-letters"))
    alarms.add(
        scope,
        "silent",
        _metric(alarms, folder, "Invocations", Duration.minutes(minutes)),
        subject=folder,
        threshold=1,
        comparison=aws_cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
        breaches=3,
        level=Level.HIGH,
        runbook=Runbook.FUNCTION_FAILED,
        missing=Missing.BREACHING,
        meaning=f"{folder} does not run, though it is due every {minutes} minutes.",
        first_look=f"whether the schedule {schedule} is enabled, and what waits in {dead_letters}",
        section=Section.ITSELF,
    )


def _metric(alarms: Alarms, folder: str, name: str, period: Duration) -> aws_cloudwatch.Metric:
    return aws_cloudwatch.Metric(
        namespace="AWS/Lambda",
        metric_name=name,
        dimensions_map={"FunctionName": physical_name(alarms.environment, folder)},
        period=period,
        statistic=Statistic.SUM,
    )
