"""Failed logins and suspicious requests: counted, seen, and alarmed."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from lambdas.checklist import arns
from lambdas.checklist.alarm_names import AlarmName
from lambdas.checklist.alarms import READS as READS_ALARMS
from lambdas.checklist.alarms import alarms_of, outcome_of
from lambdas.checklist.check import Check, Outcome, Reads, Situation, failed, passed, unknown
from lambdas.checklist.metrics import DAY, values_of
from lambdas.checklist.metrics import READS as READS_METRICS
from lambdas.checklist.phrases import listed
from lambdas.error_budget.objective import Series
from lambdas.shared.quantities import rounded
from lambdas.vocabulary.checklist import Importance, Line, Seen
from lambdas.vocabulary.metrics import Metric
from lambdas.vocabulary.runbooks import Runbook

COUNTED: Final = (Metric.FAILED_LOGINS, Metric.SUSPICIOUS_REQUESTS)
ALARMS: Final = (AlarmName.FAILED_LOGINS, AlarmName.SUSPICIOUS_REQUESTS)
LOOKED_BACK: Final = timedelta(days=30)


def _counted(situation: Situation) -> Outcome:
    log = situation.settings.backend_log
    filters = situation.account.pages(
        "logs", "describe_metric_filters", "metricFilters", absent=("ResourceNotFoundException",), logGroupName=log
    )
    found = {each["metricName"] for one in filters for each in one.get("metricTransformations", ())}
    if missing := [metric for metric in COUNTED if metric not in found]:
        return failed(f"{log} has no metric filter for {listed(missing)}", Seen(log, f"without {listed(missing)}"))
    return passed(f"{log} has metric filters for {listed(COUNTED)}")


def _seen(situation: Situation) -> Outcome:
    series = tuple(_series(situation))
    if not series:
        return failed(f"there is no alarm {listed(map(situation.name, ALARMS))}, whose metrics would be looked at")
    values = values_of(situation, series, LOOKED_BACK, DAY)
    numbers = {one.metric: sum(values[one].values()) for one in series}
    seen = tuple(Seen(metric, f"{rounded(number)} in {LOOKED_BACK.days} days") for metric, number in numbers.items())
    if not any(numbers.values()):
        return unknown(f"none in {LOOKED_BACK.days} days: nobody tried, or the API does not log them", *seen)
    words = listed(f"{metric} {rounded(number)}" for metric, number in numbers.items())
    return passed(f"in {LOOKED_BACK.days} days: {words}", *seen)


def _series(situation: Situation) -> Iterator[Series]:
    alarms = alarms_of(situation)
    for name in map(situation.name, ALARMS):
        if name in alarms:
            yield from alarms[name].series


CHECKS: Final = (
    Check(
        name="security-events-seen",
        line=Line.SUSPICIOUS,
        question="Were failed logins or suspicious requests seen to be counted?",
        why="A filter that fits no line looks like an API that nobody attacks.",
        passes=f"At least one was counted in the last {LOOKED_BACK.days} days.",
        remedy="Log in with a wrong password once; if nothing is counted, log by the contract (docs/log-contract.md).",
        runbook=Runbook.FAILED_LOGINS,
        reads=(*READS_ALARMS, READS_METRICS),
        look=_seen,
    ),
    Check(
        name="security-events-counted",
        line=Line.SUSPICIOUS,
        question="Are failed logins and suspicious requests of the API's log counted?",
        why="What is not counted is not alarmed.",
        passes=f"The API's log has metric filters for {', '.join(COUNTED)}.",
        remedy="Deploy the stack monitoring again.",
        importance=Importance.BLOCKER,
        runbook=Runbook.FAILED_LOGINS,
        reads=(
            Reads(
                ("logs:DescribeMetricFilters",), arns.of_log("{backend_log}"), because="The filters of this one log."
            ),
        ),
        look=_counted,
    ),
    Check(
        name="security-events-alarmed",
        line=Line.SUSPICIOUS,
        question="Is somebody notified when many logins fail, or many requests are suspicious?",
        why="A brute force takes hours, and its first minute is the cheapest.",
        passes="Both alarms are there, and notify somebody.",
        remedy="Deploy the stack monitoring again.",
        importance=Importance.BLOCKER,
        runbook=Runbook.FAILED_LOGINS,
        reads=READS_ALARMS,
        look=lambda situation: outcome_of(situation, ALARMS),
    ),
)
