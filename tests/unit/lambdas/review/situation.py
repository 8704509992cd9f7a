"""A week, a month or a quarter, and an account whose answers are written down."""

from datetime import UTC, datetime, timedelta

from lambdas.error_budget.objective import Objective, Promise, Series
from lambdas.review.gather import gather
from lambdas.review.section import Here, Situation
from lambdas.review.settings import Settings
from lambdas.review.span import span_of
from lambdas.vocabulary.reviews import Period
from tests.unit.lambdas.checklist.accounts import DENIED, THROTTLED, Account, refusal

__all__ = [
    "DENIED",
    "NOW",
    "THROTTLED",
    "UNTIL",
    "Account",
    "ago",
    "ask",
    "metrics",
    "refusal",
    "settings",
    "situation",
]

UNTIL = datetime(2026, 11, 30, tzinfo=UTC)
"""A Monday."""
NOW = UNTIL + timedelta(hours=6)
_DIMENSIONS = {"environment": "prod"}
PROMISE = Objective(
    Promise.AVAILABILITY,
    "api",
    99.9,
    events=(Series.of("JunkOS", "request_duration", "SampleCount", _DIMENSIONS),),
    bad=(Series.of("JunkOS", "request_failed", "Sum", _DIMENSIONS),),
)


def settings(**fields):
    given = {
        "environment": "prod",
        "region": "eu-central-1",
        "owner": "JunkOS backend team",
        "reports": "junkos-prod-reports-123456789012-eu-central-1",
        "topic": "arn:aws:sns:eu-central-1:123456789012:junkos-prod-alerts-low",
        "backups": "junkos-prod-backups-123456789012-eu-central-1",
        "database": "junkos",
        "promises": (PROMISE.to_json(),),
        "channels": ("sns", "slack"),
        "database_check_interval": timedelta(minutes=5),
        "projects": ("api",),
        "on_call": True,
        "api_log": "/junkos/prod/backend",
        "runbooks": ("service-down=11111111", "service-slow=22222222"),
        "instance": "junkos-prod-database",
        "lock_file": None,
    }
    return Settings(**(given | fields))


def situation(account, period=Period.WEEK, *, until=UNTIL, at=NOW, endpoints=("api",), **fields):
    return Situation(
        period,
        span_of(period, until),
        at,
        Here("prod", "junkos", "JunkOS"),
        settings(**fields),
        account.client,
        endpoints,
    )


def ask(section, account, period=Period.WEEK, **given):
    """What one section says, as a review has it."""
    (result,) = gather(situation(account, period, **given), [section])
    return result.found


def ago(**time):
    """Before the review's end."""
    return UNTIL - timedelta(**time)


def metrics(values):
    """GetMetricData that answers by a metric's name: `{"request_failed": {moment: value}}`, all else nothing."""

    def answer(**asked):
        return {"MetricDataResults": [_result(query, values) for query in asked["MetricDataQueries"]]}

    return answer


def _result(query, values):
    name = query["MetricStat"]["Metric"]["MetricName"] if "MetricStat" in query else query["Id"]
    points = values.get(name, {})
    return {"Id": query["Id"], "StatusCode": "Complete", "Timestamps": [*points], "Values": [*points.values()]}
