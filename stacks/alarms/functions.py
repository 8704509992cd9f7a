"""What is alarmed about all functions of an environment at once, and what about each."""

from collections.abc import Iterator
from functools import partial

from aws_cdk import Duration, aws_cloudwatch, aws_lambda, aws_sqs

from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.metrics import TIME_WARNING, Metric
from lambdas.vocabulary.names import physical_name
from lambdas.vocabulary.runbooks import Runbook
from stacks.alarms.spec import BELOW, AlarmSpec, Missing, Section, Statistic, own_metric
from stacks.settings import Environment

PERIOD = Duration.minutes(5)

_row = partial(
    AlarmSpec,
    threshold=0,
    level=Level.HIGH,
    runbook=Runbook.FUNCTION_FAILED,
    missing=Missing.NOT_BREACHING,  # it is reported only when there is something to report
    section=Section.ITSELF,
)


def alarms_on_any_function(environment: Environment, dead_letters: aws_sqs.IQueue) -> Iterator[AlarmSpec]:
    """Events given up, runs that were nearly too long, and runs that Lambda refused."""
    yield _row(
        subject="functions",
        name="dead-letters",
        # SQS reports nothing of a queue that nobody has used for six hours.
        metric=dead_letters.metric_approximate_number_of_messages_visible(period=PERIOD, statistic=Statistic.MAXIMUM),
        meaning="An event or an alert was given up after all retries and waits in the queue.",
        first_look=(f"the messages of queue {physical_name(environment, 'dead-letters')}: each says whose it is"),
    )
    yield _row(
        subject="functions",
        name="nearly-out-of-time",
        metric=own_metric(environment, Metric.NEARLY_OUT_OF_TIME, period=PERIOD, statistic=Statistic.SUM),
        meaning=f"A function took more than {TIME_WARNING:.0%} of the time that it is given.",
        first_look="the line 'nearly out of time' in the functions' logs: it names the function",
    )
    yield _row(
        subject="functions",
        name="throttles",
        metric=aws_lambda.Function.metric_all_throttles(period=PERIOD, statistic=Statistic.SUM),
        meaning="Lambda refused a run of some function in this account and region, perhaps not one of ours.",
        first_look="Throttles by function; then whether others use up the account's concurrency",
    )


def alarm_on_errors(
    folder: str, environment: Environment, level: Level = Level.HIGH, runbook: Runbook = Runbook.FUNCTION_FAILED
) -> AlarmSpec:
    """The function of `folder` ends with an error."""
    return _row(
        subject=folder,
        name="errors",
        metric=_metric(environment, folder, "Errors", PERIOD),
        level=level,
        runbook=runbook,
        meaning=f"{folder} ended with an error.",
        first_look=f"the newest ERROR line in /aws/lambda/{physical_name(environment, folder)}",
    )


def alarm_on_silence(
    folder: str,
    environment: Environment,
    minutes: int,
    *,
    times: int = 3,
    level: Level = Level.HIGH,
    runbook: Runbook = Runbook.FUNCTION_FAILED,
) -> AlarmSpec:
    """The function, due within every so many minutes, was not even started some times in a row.

    For functions whose own metrics would not miss them.
    """
    schedule, dead_letters = (physical_name(environment, name) for name in (folder, "dead-letters"))
    return _row(
        subject=folder,
        name="silent",
        metric=_metric(environment, folder, "Invocations", Duration.minutes(minutes)),
        threshold=1,
        comparison=BELOW,
        breaches=times,
        level=level,
        runbook=runbook,
        missing=Missing.BREACHING,
        meaning=f"{folder} does not run, though it is due every {minutes} minutes.",
        first_look=f"whether the schedule {schedule} is enabled, and what waits in {dead_letters}",
    )


def _metric(environment: Environment, folder: str, name: str, period: Duration) -> aws_cloudwatch.Metric:
    """By the function's name, so that the alarm can stand in another stack than that."""
    return aws_cloudwatch.Metric(
        namespace="AWS/Lambda",
        metric_name=name,
        dimensions_map={"FunctionName": physical_name(environment, folder)},
        period=period,
        statistic=Statistic.SUM,
    )
