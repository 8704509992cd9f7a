"""Whether connections are pooled: by who holds them, how many are idle, and what was the peak."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from lambdas.checklist import arns
from lambdas.checklist.check import Check, Outcome, Reads, Situation, failed, passed, unknown
from lambdas.checklist.database import READS_LOG, Looked, newest_look
from lambdas.shared.quantities import counted, duration, number
from lambdas.shared.service import own_names
from lambdas.vocabulary.checklist import Line, Seen
from lambdas.vocabulary.metrics import Dimension, Metric
from lambdas.vocabulary.runbooks import Runbook

PEAK: Final = 80
"""Percent of the connections that an ordinary login can open."""
IDLE: Final = 50
"""Percent of the same that may be idle."""
LOOKED_BACK: Final = timedelta(days=7)
_PERIOD: Final = timedelta(hours=1)

Sessions = Mapping[str, Any]


def _pooled(situation: Situation) -> Outcome:
    look = newest_look(situation)
    if look is None or not look.reached:
        return unknown("database_check has not reached the database lately")
    connections, sessions = look.measured("connections"), look.measured("sessions")
    if connections is None or sessions is None:
        return unknown(f"database_check could not count sessions: {look.absent('sessions')}")
    available = int(connections["available"])
    peak = _peak(situation, available)
    seen = [Seen("connections", f"{connections['used']} of {available} now, {_in_words(peak)} at most in 7 d")]
    seen += [Seen(_who(each), f"{each['sessions']} sessions, {each['idle']} idle") for each in sessions[:5]]
    if trouble := _running_out(sessions, available, peak):
        return failed(trouble, *seen)
    if pool := _pooler(situation, look) or _kept(sessions):
        return passed(f"{pool}; the peak was {_in_words(peak)}", *seen)
    return unknown("no application keeps a session, and no pooler is seen", *seen)


def _running_out(sessions: Sequence[Sessions], available: int, peak: float | None) -> str:
    if peak is not None and peak > PEAK:
        return f"{number(peak)} % of the {available} connections were in use at the peak"
    idle = sum(each["idle"] for each in sessions)
    return f"{idle} of {available} are idle, the most of {_who(sessions[0])}" if 100 * idle > IDLE * available else ""


def _kept(sessions: Sequence[Sessions]) -> str:
    """The application's own pool."""
    keeper = next((each for each in sessions if each["idle"]), None)
    return f"{_who(keeper)} keeps {counted(keeper['idle'], 'idle session')}" if keeper else ""


def _peak(situation: Situation, available: int) -> float | None:
    """In percent; None where nothing was measured."""
    if instance := situation.settings.instance:
        most = _maximum(situation, "AWS/RDS", "DatabaseConnections", {"DBInstanceIdentifier": instance})
        return None if most is None else 100 * most / available
    dimensions = {
        str(Dimension.ENVIRONMENT): situation.settings.environment,
        str(Dimension.DATABASE): situation.settings.database,
    }
    return _maximum(situation, own_names().namespace, Metric.CONNECTIONS_USED, dimensions)


def _maximum(situation: Situation, namespace: str, metric: str, dimensions: Mapping[str, str]) -> float | None:
    found = situation.account.get(
        "cloudwatch",
        "get_metric_statistics",
        Namespace=namespace,
        MetricName=str(metric),
        Dimensions=[{"Name": name, "Value": value} for name, value in dimensions.items()],
        StartTime=situation.at - LOOKED_BACK,
        EndTime=situation.at,
        Period=int(_PERIOD.total_seconds()),
        Statistics=["Maximum"],
    )
    return max((point["Maximum"] for point in (found or {}).get("Datapoints", ())), default=None)


def _pooler(situation: Situation, look: Looked) -> str:
    """What stands between, where something does."""
    if look.line.get("pooled"):
        return "a connection pooler answers at the database's address"
    if not situation.settings.instance:
        return ""
    account = situation.account
    for proxy in account.pages("rds", "describe_db_proxies", "DBProxies"):
        targets = account.pages("rds", "describe_db_proxy_targets", "Targets", DBProxyName=proxy["DBProxyName"])
        if any(target.get("RdsResourceId") == situation.settings.instance for target in targets):
            return f"the RDS Proxy {proxy['DBProxyName']} leads to {situation.settings.instance}"
    return ""


def _who(session: Sessions) -> str:
    return f"{session['application'] or 'an application without a name'} at {session['address']}"


def _in_words(percent: float | None) -> str:
    return "an unknown share" if percent is None else f"{number(percent)} %"


POOLING: Final = Check(
    name="connection-pooling",
    line=Line.POOLING,
    question="Are connections pooled?",
    why="Each connection is a process of the server: when a deployment or a peak doubles them, the rest gets errors.",
    passes=f"The peak of {duration(LOOKED_BACK)} is at most {PEAK} % of the connections, at most {IDLE} % are idle, and"
    " a pooler is seen or an application keeps its sessions.",
    remedy="Use the application's pool with a low maximum, or PgBouncer or RDS Proxy; close what leaks.",
    runbook=Runbook.DATABASE_CAPACITY,
    reads=(
        *READS_LOG,
        Reads(("cloudwatch:GetMetricStatistics",), because="This action takes no resource, and reads numbers only."),
        Reads(
            ("rds:DescribeDBProxies", "rds:DescribeDBProxyTargets"),
            arns.of_rds("db-proxy"),
            because="Whether any proxy leads to the instance is found by looking at all.",
        ),
        Reads(
            ("rds:DescribeDBProxyTargets",),
            arns.of_rds("target-group"),
            because="A proxy's target group has a number of AWS's own.",
        ),
    ),
    look=_pooled,
)
