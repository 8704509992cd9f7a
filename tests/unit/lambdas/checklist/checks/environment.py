"""What an environment that is well looks like in its account: alarms, topics, what its functions were told."""

from datetime import date, datetime, timedelta
from typing import Any

from lambdas.error_budget.objective import Objective, Promise, Series
from lambdas.error_budget.settings import Settings as BudgetSettings
from lambdas.incident.settings import Settings as IncidentSettings
from lambdas.notify.channel import Channel
from lambdas.notify.settings import Settings as NotifySettings
from lambdas.shared.environment import FunctionSettings
from lambdas.test_alert.recipients import Recipients
from lambdas.test_alert.settings import Settings as TestSettings
from lambdas.vocabulary.alarm_description import AlarmDescription
from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.on_call import Person, Rota, Step
from tests.unit.lambdas.checklist.accounts import AT, refusal

TOPIC = "arn:aws:sns:us-east-1:123456789012:junkos-prod-"
LONG_AGO = AT - timedelta(days=30)
CHAT = Channel("chat", "slack_webhook", tuple(Level))
PAGER = Channel("pager", "pagerduty", (Level.CRITICAL,))
BY_SNS = Channel("sns", "sns", tuple(Level))


def alarm(thing: str, level: Level = Level.HIGH, *, page: str = "service-down", **fields: Any) -> dict[str, Any]:
    """As DescribeAlarms has it: it sends, and is OK."""
    described = AlarmDescription(level, "it is bad", "the log", f"https://x/docs/runbooks/{page}.md", "team")
    return {
        "AlarmName": f"junkos-prod-{thing}",
        "AlarmDescription": described.to_text(),
        "StateValue": "OK",
        "StateTransitionedTimestamp": LONG_AGO,
        "ActionsEnabled": True,
        "AlarmActions": [f"{TOPIC}alerts-{level}"],
        "EvaluationPeriods": 1,
        "Period": 300,
        "ComparisonOperator": "GreaterThanThreshold",
        "Threshold": 0.0,
        "Namespace": "JunkOS",
        "MetricName": "some_metric",
        "Statistic": "Sum",
        "Dimensions": [{"Name": "environment", "Value": "prod"}],
        **fields,
    }


def composite(thing: str, *parts: str, level: Level = Level.HIGH, page: str = "service-down") -> dict[str, Any]:
    found = alarm(thing, level, page=page)
    of_metrics = ("Period", "Threshold", "Namespace", "MetricName", "Statistic", "Dimensions", "EvaluationPeriods")
    arn = "arn:aws:cloudwatch:us-east-1:123456789012:alarm:junkos-prod-"
    rule = " OR ".join(f'ALARM("{arn}{part}")' for part in parts)
    return {**{name: value for name, value in found.items() if name not in of_metrics}, "AlarmRule": rule}


def page_of(*alarms: dict[str, Any]) -> dict[str, Any]:
    return {
        "MetricAlarms": [each for each in alarms if "AlarmRule" not in each],
        "CompositeAlarms": [each for each in alarms if "AlarmRule" in each],
    }


def subscription(protocol: str, endpoint: str = "somebody", arn: str = f"{TOPIC}x:1") -> dict[str, str]:
    return {"Protocol": protocol, "Endpoint": endpoint, "SubscriptionArn": arn}


QUEUE = subscription("sqs", "arn:aws:sqs:us-east-1:123456789012:junkos-prod-notices")


def topics(**by_name: list[dict[str, str]]) -> Any:
    """Those of the levels deliver to the queue; others by their names, with underscores for dashes."""
    given = {name.replace("_", "-"): found for name, found in by_name.items()}

    def answer(TopicArn: str) -> dict[str, Any]:  # noqa: N803  (AWS's name)
        name = TopicArn.removeprefix(TOPIC)
        found = given.get(name, [QUEUE] if name.startswith("alerts-") else None)
        if found is None:
            raise refusal("NotFound")
        return {"Subscriptions": found}

    return answer


def deployed(**settings: FunctionSettings) -> Any:
    """GetFunctionConfiguration, by the functions' folders."""

    def answer(FunctionName: str) -> dict[str, Any]:  # noqa: N803  (AWS's name)
        folder = FunctionName.removeprefix("junkos-prod-").replace("-", "_")
        if folder not in settings:
            raise refusal("ResourceNotFoundException")
        return {"Environment": {"Variables": settings[folder].to_environment()}}

    return answer


def notify(*channels: Channel) -> NotifySettings:
    return NotifySettings(
        environment="prod",
        table="junkos-prod-notices",
        queue_url="https://queue",
        channels=tuple(channel.to_json() for channel in (BY_SNS, *channels)),
        group_critical=timedelta(seconds=5),
        group_others=timedelta(seconds=60),
        new_alarm=timedelta(minutes=45),
        give_up=timedelta(hours=1),
    )


def alert_tester(*channels: str) -> TestSettings:
    return TestSettings(
        environment="prod",
        topics=tuple(f"{TOPIC}alerts-{level}" for level in Level),
        recipients=tuple(Recipients(level, channels, email=1, sms=0, https=0).to_json() for level in Level),
        patience=timedelta(seconds=60),
        table="junkos-prod-notices",
        people=f"{TOPIC}people",
        addresses=1,
        numbers=0,
    )


ROTA = Rota("Europe/Berlin", 0, "09:00", date(2026, 11, 2), ("ana", "ben"))


def incident(
    *,
    rota: Rota = ROTA,
    steps: tuple[Step, ...] = (Step(("primary",)), Step(("backup",)), Step(("everybody",))),
    remind_critical: timedelta = timedelta(minutes=30),
    remind_medium: timedelta = timedelta(hours=2),
) -> IncidentSettings:
    return IncidentSettings(
        environment="prod",
        table="junkos-prod-incidents",
        bucket="junkos-prod-reviews-123456789012-us-east-1",
        rota=rota.to_json(),
        people=tuple(Person(name, by_mail=True).to_json() for name in ("ana", "ben", "cem")),
        steps=tuple(step.to_json() for step in steps),
        pages_topic=f"{TOPIC}pages",
        topics=(),
        answer_url="https://answers/",
        evidence_function="junkos-prod-incident-evidence",
        chat=None,
        pagerduty=(),
        remind_critical=remind_critical,
        remind_high=timedelta(hours=2),
        remind_medium=remind_medium,
        confirm=timedelta(minutes=15),
        link_days=timedelta(days=7),
        morning="08:00",
        heartbeat_parameter=None,
    )


API = {"environment": "prod"}
REQUESTS = Series.of("JunkOS", "request_duration", "SampleCount", API)
FAILED = Series.of("JunkOS", "request_failed", "Sum", API)


def budget() -> BudgetSettings:
    promise = Objective(Promise.AVAILABILITY, "api", 99.9, events=(REQUESTS,), bad=(FAILED,))
    return BudgetSettings(environment="prod", objectives=(promise.to_json(),), least_events=10, least_failures=5)


def measured(values: Any) -> Any:
    """GetMetricData: `values` of metric, statistic and the beginnings of the periods gives values, or None for none."""

    def answer(**asked: Any) -> dict[str, Any]:
        results = []
        for query in asked["MetricDataQueries"]:
            stat = query["MetricStat"]
            length = timedelta(seconds=stat["Period"])
            number = (asked["EndTime"] - asked["StartTime"]) // length
            starts = [asked["StartTime"] + length * index for index in range(number)]
            found = {start: values(stat["Metric"]["MetricName"], stat["Stat"], start) for start in starts}
            kept = {start: value for start, value in found.items() if value is not None}
            results.append({"Id": query["Id"], "Timestamps": list(kept), "Values": list(kept.values())})
        return {"MetricDataResults": results}

    return answer


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
