"""The environment's log groups: how long they keep, and whether they mask; and the queries that are saved for them."""

from collections.abc import Iterable
from typing import Any, Final

from lambdas.checklist.check import Check, Outcome, Reads, Situation, failed, not_applicable, passed, unknown
from lambdas.checklist.phrases import listed
from lambdas.checklist.saved_queries import READS as QUERIES
from lambdas.checklist.saved_queries import queries_of_the_api
from lambdas.checklist.self_test import AGE, proven
from lambdas.checklist.self_test import READS as READS_SELF_TEST
from lambdas.shared.quantities import counted
from lambdas.vocabulary.checklist import Importance, Line, Seen
from lambdas.vocabulary.saved_queries import QueryName
from lambdas.vocabulary.self_test import Outcome as Proof
from lambdas.vocabulary.self_test import ProbeName

LEAST_DAYS, MOST_DAYS = 30, 90
_ACTIVE: Final = "ACTIVATED"
_GROUPS: Final = Reads(
    ("logs:DescribeLogGroups",),
    "arn:{partition}:logs:{region}:{account}:log-group:*",
    because="A listing, which is asked for by the beginnings of names.",
)
WANTED_QUERIES: Final = (QueryName.ERRORS_BY_ROUTE, QueryName.ONE_REQUEST)


def groups_of(situation: Situation) -> tuple[dict[str, Any], ...]:
    """The log groups of the environment: its functions' and fronts', the API's, the database's.

    Raises UnreadableError.
    """
    settings, prefix = situation.settings, situation.name("")
    beginnings = [f"/aws/lambda/{prefix}", f"/aws/vendedlogs/{prefix}"]
    if settings.instance:
        beginnings.append(f"/aws/rds/instance/{settings.instance}/")
    ours = [each for beginning in beginnings for each in _beginning(situation, beginning)]
    api = [each for each in _beginning(situation, settings.backend_log) if each["logGroupName"] == settings.backend_log]
    return (*api, *ours)


def _beginning(situation: Situation, beginning: str) -> tuple[dict[str, Any], ...]:
    return situation.account.pages("logs", "describe_log_groups", "logGroups", logGroupNamePrefix=beginning)


def _retention(situation: Situation) -> Outcome:
    def fault(group: dict[str, Any]) -> str:
        days = group.get("retentionInDays")
        if days is None:
            return "keeps its lines for ever"
        return "" if LEAST_DAYS <= days <= MOST_DAYS else f"keeps {counted(days, 'day')}"

    return _each(groups_of(situation), fault, f"keep their lines {LEAST_DAYS} to {MOST_DAYS} days")


def _protection(situation: Situation) -> Outcome:
    def fault(group: dict[str, Any]) -> str:
        status = group.get("dataProtectionStatus")
        return "" if status == _ACTIVE else f"has no data protection policy ({status or 'none'})"

    return _each(groups_of(situation), fault, "have a data protection policy")


def _each(groups: Iterable[dict[str, Any]], fault_of: Any, what: str) -> Outcome:
    found = {group["logGroupName"]: fault_of(group) for group in groups}
    if not found:
        return failed("the environment has no log group")
    faults = {name: fault for name, fault in found.items() if fault}
    if faults:
        return failed(
            f"{len(faults)} of {counted(len(found), 'log group')}: "
            + listed(f"{name} {fault}" for name, fault in faults.items()),
            *(Seen(name, fault) for name, fault in faults.items()),
        )
    return passed(f"{counted(len(found), 'log group')} {what}")


def _masked(situation: Situation) -> Outcome:
    result = proven(situation, ProbeName.MASKING)
    if result is None:
        return failed(f"no self-test of the last {AGE.days} days shows that a secret in a line is masked")
    seen = Seen(ProbeName.MASKING, f"{result.outcome}: {result.seen}")
    if result.outcome is Proof.NOT_APPLICABLE:
        return not_applicable(result.seen)
    if result.outcome is Proof.NOT_ASKED:
        return unknown(f"the self-test could not ask it: {result.seen}", seen)
    return passed(result.seen, seen) if result.outcome is Proof.PASSED else failed(result.seen, seen)


CHECKS: Final = (
    Check(
        name="log-retention",
        line=Line.LOG_RETENTION,
        question="Does every log group keep its lines long enough, and not for ever?",
        why="An incident is looked into weeks later; and lines that nobody deletes are paid for, and leak, for ever.",
        passes=f"Each keeps them {LEAST_DAYS} to {MOST_DAYS} days.",
        remedy="Deploy again with log_retention_days; of a group that is not this system's, set the retention itself.",
        importance=Importance.BLOCKER,
        reads=(_GROUPS,),
        look=_retention,
    ),
    Check(
        name="a-line-was-masked",
        line=Line.MASKED,
        question="Was a secret in a line seen to be masked?",
        why="A policy that is set and masks nothing looks like one that does.",
        passes=f"The newest self-test, of the last {AGE.days} days, wrote a secret and read it back masked.",
        remedy="Run ops <environment> self-test, and follow what it says.",
        reads=READS_SELF_TEST,
        look=_masked,
    ),
    Check(
        name="log-protection",
        line=Line.MASKED,
        question="Does every log group mask secrets?",
        why="What one forgotten message holds is read by everybody who may read logs.",
        passes="Each has an active data protection policy.",
        remedy="Deploy again; of a group that is not this system's, add a policy in CloudWatch's console.",
        reads=(_GROUPS,),
        look=_protection,
    ),
    Check(
        name="saved-queries",
        line=Line.FOUND,
        question="Are the queries that find errors ready?",
        why="At night nobody writes a query.",
        passes=f"Saved for the API's log: {', '.join(WANTED_QUERIES)}.",
        remedy="Deploy the stack monitoring again.",
        reads=(QUERIES,),
        look=lambda situation: queries_of_the_api(situation, *WANTED_QUERIES),
    ),
)
