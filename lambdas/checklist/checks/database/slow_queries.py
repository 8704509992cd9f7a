"""Whether it can be found which statements were slow."""

from datetime import timedelta
from typing import Any, Final

from lambdas.checklist import arns
from lambdas.checklist.check import Check, Outcome, Reads, Situation, failed, passed, unknown
from lambdas.checklist.database import READS_INSTANCE, READS_LOG, instance_of, newest_look, on_rds
from lambdas.shared.quantities import counted, duration
from lambdas.vocabulary.checklist import Line, Seen
from lambdas.vocabulary.runbooks import Runbook

PARAMETER: Final = "log_min_duration_statement"
EXPORT: Final = "postgresql"
QUIET: Final = timedelta(days=1)
"""PostgreSQL logs its checkpoints, and each login: so long without a line, and the log does not arrive."""
_STATEMENTS: Final = "slow_statements"
_GONE: Final = ("ResourceNotFoundException",)


@on_rds
def _logged(situation: Situation) -> Outcome:
    name, instance = str(situation.settings.instance), instance_of(situation)
    if instance is None:
        return failed(f"the instance {name} is not there")
    groups = instance.get("DBParameterGroups") or ()
    if not groups:
        return failed(f"{name} has no parameter group")
    group, status = groups[0].get("DBParameterGroupName", ""), groups[0].get("ParameterApplyStatus", "unknown")
    value = _parameter(situation, group)
    seen = [Seen(group, f"{PARAMETER} = {value}, {status}")]
    if value is None or int(value) < 0:
        return failed(f"{name} logs no slow statement: {PARAMETER} of {group} is {value}", *seen)
    if EXPORT not in instance.get("EnabledCloudwatchLogsExports", ()):
        return failed(f"{name} does not export its log {EXPORT} to CloudWatch", *seen)
    return _arriving(situation, f"/aws/rds/instance/{name}/{EXPORT}", f"statements of {value} ms or more", seen)


def _parameter(situation: Situation, group: str) -> str | None:
    parameters = situation.account.pages("rds", "describe_db_parameters", "Parameters", DBParameterGroupName=group)
    named = (each.get("ParameterValue") for each in parameters if each.get("ParameterName") == PARAMETER)
    value: str | None = next(named, None)
    return value


def _arriving(situation: Situation, log: str, what: str, seen: list[Seen]) -> Outcome:
    found: Any = situation.account.get(
        "logs",
        "describe_log_streams",
        absent=_GONE,
        logGroupName=log,
        orderBy="LastEventTime",
        descending=True,
        limit=1,
    )
    streams = (found or {}).get("logStreams") or ()
    last = max((each.get("lastIngestionTime") or each.get("lastEventTimestamp") or 0 for each in streams), default=0)
    if not last:
        return failed(f"{log} has no line", *seen)
    ago = timedelta(seconds=situation.at.timestamp() - last / 1000)
    seen = [*seen, Seen(log, f"last line {duration(ago)} ago")]
    if ago > QUIET:
        return failed(f"the last line of {log} came {duration(ago)} ago", *seen)
    return passed(f"{what} are in {log}, whose last line came {duration(ago)} ago", *seen)


def _measured(situation: Situation) -> Outcome:
    look = newest_look(situation)
    if look is None or not look.reached:
        return unknown("database_check has not reached the database lately")
    statements = look.measured(_STATEMENTS)
    if statements is None:
        return failed(f"slow statements are not measured: {look.absent(_STATEMENTS)}")
    ago = duration(situation.at - look.at)
    worst = [Seen(f"statement {each['id']}", f"{each['mean_milliseconds']:.0f} ms on average") for each in statements]
    return passed(f"database_check listed {counted(len(statements), 'slow statement')} {ago} ago", *worst)


SLOW_QUERY_LOG: Final = Check(
    name="slow-query-log",
    line=Line.SLOW_QUERIES,
    question="Does the database log slow statements, and does the log arrive?",
    why="Which statement held the locks last night is in the log, or nowhere.",
    passes=f"{PARAMETER} is not -1, the log is exported, and its last line came at most {duration(QUIET)} ago.",
    remedy="Set database.slow_query_ms and deploy, or set the parameter and the export of the instance.",
    runbook=Runbook.DATABASE_TROUBLE,
    reads=(
        *READS_INSTANCE,
        Reads(
            ("rds:DescribeDBParameters",),
            arns.of_rds("pg"),
            because="The instance's parameter group has a name of its own; it reads only.",
        ),
        Reads(
            ("logs:DescribeLogStreams",),
            arns.of_log("/aws/rds/instance/*"),
            because="The instance may be one that was there before, under a name of its own.",
        ),
    ),
    look=_logged,
)
SLOW_STATEMENTS: Final = Check(
    name="slow-statements",
    line=Line.SLOW_QUERIES,
    question="Is it measured which statements take the server's time?",
    why="A log of single statements does not show the fast one that runs a million times.",
    passes="The newest run of database_check read pg_stat_statements.",
    remedy="CREATE EXTENSION pg_stat_statements in the database, with it in shared_preload_libraries.",
    runbook=Runbook.DATABASE_TROUBLE,
    reads=READS_LOG,
    look=_measured,
)
