"""The golden signals: latency, traffic, errors and saturation, each measured and alarmed."""

from dataclasses import replace
from datetime import timedelta
from typing import Final

from lambdas.checklist.alarm_names import AlarmName
from lambdas.checklist.alarms import READS as READS_ALARMS
from lambdas.checklist.alarms import Alarm, alarms_of, outcome_of
from lambdas.checklist.check import Check, Outcome, Situation, failed, passed
from lambdas.checklist.checks.signals.dashboard import FAILED, REFUSED, shown_by
from lambdas.checklist.checks.signals.dashboard import READS as READS_DASHBOARD
from lambdas.checklist.database import READS_INSTANCE, instance_of, on_rds
from lambdas.checklist.metrics import DAY, values_of
from lambdas.checklist.metrics import READS as READS_METRICS
from lambdas.checklist.phrases import listed
from lambdas.checklist.saved_queries import READS as READS_QUERIES
from lambdas.checklist.saved_queries import queries_of_the_api
from lambdas.checklist.thresholds import Threshold, above, below, outcome_of_thresholds
from lambdas.error_budget.objective import Series
from lambdas.shared.quantities import number, rounded
from lambdas.vocabulary.checklist import Importance, Line, Seen, Verdict
from lambdas.vocabulary.instance_classes import INSTANCE_CLASSES
from lambdas.vocabulary.runbooks import Runbook
from lambdas.vocabulary.saved_queries import QueryName

LATENCY_MS: Final = 1000
PERCENTILES: Final = ("p50", "p95", "p99")
ERROR_PERCENT: Final = 5
CPU, MEMORY, CONNECTIONS = 80, 90, 80
"""Percent in use."""
ROUNDING: Final = 0.05
"""RDS does not tell how much of an instance's memory PostgreSQL has."""
_IN_SECONDS: Final = "TargetResponseTime"
"""The metric of a load balancer: all others count milliseconds."""
_HOUR: Final = timedelta(hours=1)


def _latency(situation: Situation) -> Outcome:
    return outcome_of_thresholds(
        situation,
        Threshold(
            AlarmName.API_LATENCY,
            lambda alarm: (
                "above" in alarm.comparison
                and (alarm.threshold or 0) <= LATENCY_MS / _thousand(alarm)
                and any(one.statistic == "p95" for one in alarm.series)
            ),
            f"alarm when p95 is above {LATENCY_MS} ms or less",
        ),
    )


def _thousand(alarm: Alarm) -> int:
    return 1000 if any(one.metric == _IN_SECONDS for one in alarm.series) else 1


def _measured(situation: Situation) -> Outcome:
    alarm = alarms_of(situation).get(situation.name(AlarmName.API_LATENCY))
    if alarm is None or not alarm.series:
        return failed(f"there is no alarm {situation.name(AlarmName.API_LATENCY)}, whose metric would be looked at")
    series = {name: replace(alarm.series[0], statistic=name) for name in PERCENTILES}
    found = values_of(situation, tuple(series.values()), DAY, _HOUR)
    metric = f"{alarm.series[0].namespace} {alarm.series[0].metric}"
    if missing := [name for name, one in series.items() if not found[one]]:
        return failed(f"{metric} has no {listed(missing)} of the last day")
    last = max(max(values) for values in found.values())
    said = [f"{name} {rounded(found[one][max(found[one])] * _thousand(alarm))} ms" for name, one in series.items()]
    return passed(f"{metric}, hour from {last:%Y-%m-%d %H:%M} UTC: {', '.join(said)}", Seen(metric, ", ".join(said)))


def _traffic(situation: Situation) -> Outcome:
    found = outcome_of(situation, [AlarmName.API_TRAFFIC])
    if found.verdict is not Verdict.PASS:
        return found
    name = situation.name(AlarmName.API_TRAFFIC)
    series: tuple[Series, ...] = alarms_of(situation)[name].series
    values = values_of(situation, series, DAY, _HOUR)
    requests = sum(sum(each.values()) for each in values.values())
    if not requests:
        return failed(f"{name} watches a metric that counted no request in the last day", *found.seen)
    return passed(f"{name} watches for drops and spikes; {rounded(requests)} requests in the last day", *found.seen)


def _client_errors(situation: Situation) -> Outcome:
    found = outcome_of_thresholds(situation, above(AlarmName.API_ERROR_RATE, ERROR_PERCENT, " %"))
    if found.verdict is not Verdict.PASS:
        return found
    shown = shown_by(situation) or set()
    missing = [name for name, metrics in (("5xx", FAILED), ("4xx", REFUSED)) if not shown.intersection(metrics)]
    if missing:
        return failed(f"the dashboard does not show {listed(missing)} by themselves", *found.seen)
    return passed(f"the dashboard shows 4xx apart from 5xx; {found.text}", *found.seen)


@on_rds
def _machine(situation: Situation) -> Outcome:
    instance = instance_of(situation)
    if instance is None:
        return failed(f"the instance {situation.settings.instance} is not there")
    name = str(instance.get("DBInstanceClass", ""))
    capacity = INSTANCE_CLASSES.get(name.removeprefix("db."))
    if capacity is None:
        found = outcome_of_thresholds(situation, above(AlarmName.RDS_CPU, CPU, " %"))
        memory = outcome_of(situation, [AlarmName.RDS_FREE_MEMORY])
        return found if found.verdict is Verdict.FAIL else replace(memory, text=f"{memory.text}; {found.text}")
    least = capacity.usable_memory * (100 - MEMORY) / 100 * (1 - ROUNDING)
    return outcome_of_thresholds(
        situation,
        above(AlarmName.RDS_CPU, CPU, " %"),
        below(AlarmName.RDS_FREE_MEMORY, least, f" bytes, {100 - MEMORY} % of what {name} has,"),
    )


def _connections(situation: Situation) -> Outcome:
    """The number itself, against the server's maximum, is the check connections-alarm's."""
    if situation.settings.instance:
        return outcome_of(situation, [AlarmName.RDS_CONNECTIONS])
    return outcome_of_thresholds(situation, above(AlarmName.DATABASE_CONNECTIONS, CONNECTIONS, " %"))


CHECKS: Final = (
    Check(
        name="latency-measured",
        line=Line.LATENCY,
        question="Are the percentiles of the API's latency measured?",
        why="A mean hides that one user in twenty waits for ten seconds.",
        passes=f"{', '.join(PERCENTILES)} of the last day are there.",
        remedy="Send the API's log lines (docs/log-contract.md), or name where its requests are seen in [api].",
        importance=Importance.BLOCKER,
        runbook=Runbook.TRAFFIC,
        reads=(*READS_ALARMS, READS_METRICS),
        look=_measured,
    ),
    Check(
        name="latency-by-route",
        line=Line.LATENCY,
        question="Can one see which route is slow?",
        why="A slow API is one slow route, nearly always.",
        passes=f"The query '{QueryName.LATENCY_BY_ROUTE}' is saved for the API's log.",
        remedy="Deploy the stack monitoring again.",
        reads=(READS_QUERIES,),
        look=lambda situation: queries_of_the_api(situation, QueryName.LATENCY_BY_ROUTE),
    ),
    Check(
        name="latency-alarmed",
        line=Line.LATENCY,
        question="Is somebody notified when one request in twenty is slow?",
        why="Users do not complain about slowness; they leave.",
        passes=f"The alarm on p95 fires above {LATENCY_MS} ms or less, and notifies somebody.",
        remedy="Set api.latency_p95_ms = 1000 and deploy.",
        runbook=Runbook.SERVICE_SLOW,
        reads=READS_ALARMS,
        look=_latency,
    ),
    Check(
        name="traffic-alarmed",
        line=Line.TRAFFIC,
        question="Are drops and spikes of the traffic noticed?",
        why="When nobody can reach the API, it has no errors.",
        passes="The alarm on unusual traffic notifies somebody, and its metric counted requests in the last day.",
        remedy="Set api.traffic_anomaly = true and deploy; of a metric without data, see the runbook.",
        runbook=Runbook.TRAFFIC,
        reads=(*READS_ALARMS, READS_METRICS),
        look=_traffic,
    ),
    Check(
        name="client-errors-apart",
        line=Line.CLIENT_ERRORS,
        question="Are the callers' errors kept apart from the server's, and those alarmed by their share?",
        why="A scanner's thousand 404 must not hide, or look like, ten 500.",
        passes=f"The dashboard shows both, and the alarm on 5xx fires above {ERROR_PERCENT} % or less.",
        remedy="Set api.error_percent = 5 and deploy.",
        runbook=Runbook.HIGH_ERROR_RATE,
        reads=(*READS_ALARMS, READS_DASHBOARD),
        look=_client_errors,
    ),
    Check(
        name="cpu-and-memory-alarmed",
        line=Line.SATURATION,
        question="Is somebody notified before the database's processors and memory are used up?",
        why="A server that swaps answers a hundred times slower, all at once.",
        passes=f"CPU above {CPU} % or less, and memory that is {MEMORY} % used or less, notify somebody.",
        remedy="Set database.instance_class to what the instance is, and deploy the stack monitoring.",
        runbook=Runbook.DATABASE_CAPACITY,
        reads=(*READS_ALARMS, *READS_INSTANCE),
        look=_machine,
    ),
    Check(
        name="connections-alarmed",
        line=Line.SATURATION,
        question=f"Is somebody notified when {number(CONNECTIONS)} % of the connections are used?",
        why="At 100 % nobody gets in, not even who would mend it.",
        passes="The alarm on connections is there, has data, and notifies somebody.",
        remedy="Deploy the stack monitoring again; of an alarm without data, see the log of database_check.",
        runbook=Runbook.DATABASE_CAPACITY,
        reads=READS_ALARMS,
        look=_connections,
    ),
)
