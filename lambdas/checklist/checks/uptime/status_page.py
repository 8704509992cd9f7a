"""Whether the public can read how the service is."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from lambdas.checklist import arns
from lambdas.checklist.check import Check, Outcome, Reads, Situation, failed, only_where, passed, unknown
from lambdas.checklist.endpoints import PROBES, probed, stale_after
from lambdas.checklist.self_test import READS as READS_SELF_TEST
from lambdas.checklist.self_test import proven
from lambdas.shared.quantities import duration
from lambdas.status_page.files import STATUS
from lambdas.vocabulary.checklist import Line, Seen
from lambdas.vocabulary.runbooks import Runbook
from lambdas.vocabulary.self_test import Outcome as ProbeOutcome
from lambdas.vocabulary.self_test import ProbeName

_FUNCTION: Final = "status_page"
_GONE: Final = ("ResourceNotFoundException",)
_NO_OBJECT: Final = ("404", "NoSuchKey", "NoSuchBucket")


@probed
@only_where(lambda situation: situation.settings.status_page, "uptime.status_page is false; it is optional")
def _public(situation: Situation) -> Outcome:
    name = situation.name(_FUNCTION)
    function = situation.account.get("lambda", "get_function_configuration", absent=_GONE, FunctionName=name)
    if not function:
        return failed(f"the function {name} is missing")
    written = _written_at(situation, function)
    if written is None:
        return failed(f"{name} has written no {STATUS}")
    age, seen = situation.at - written, Seen(STATUS, f"written {written.isoformat()}")
    if age > stale_after(situation):
        return failed(f"the status page is {duration(age)} old", seen)
    return _answering(situation, age, seen)


def _answering(situation: Situation, age: timedelta, seen: Seen) -> Outcome:
    result = proven(situation, ProbeName.STATUS_PAGE)
    if result is None:
        return unknown(f"the page was written {duration(age)} ago, and no self-test has asked for it lately", seen)
    of_test = Seen(f"self-test {result.probe}", result.seen)
    if result.outcome is ProbeOutcome.FAILED:
        return failed(f"the self-test found that the status page does not answer: {result.seen}", seen, of_test)
    if result.outcome is not ProbeOutcome.PASSED:
        return unknown(f"the self-test could not ask for the status page: {result.seen}", seen, of_test)
    return passed(f"the page was written {duration(age)} ago, and answered the self-test", seen, of_test)


def _written_at(situation: Situation, function: Mapping[str, Any]) -> datetime | None:
    """The bucket's name is CloudFormation's own; the function knows it."""
    bucket = function.get("Environment", {}).get("Variables", {}).get("BUCKET", "")
    found = situation.account.get("s3", "head_object", absent=_NO_OBJECT, Bucket=bucket, Key=STATUS)
    at: datetime | None = (found or {}).get("LastModified")
    return at


STATUS_PAGE: Final = Check(
    name="status-page",
    line=Line.STATUS_PAGE,
    question="Can the public read how the service is?",
    why="Without a page support answers the same question a thousand times, while it is down.",
    passes=f"The page was written within {PROBES} intervals of the probes, and the last self-test got it by its URL.",
    remedy="Read the log of status_page and deploy the stack status-page; or set uptime.status_page = false.",
    runbook=Runbook.FUNCTION_FAILED,
    reads=(
        Reads(("lambda:GetFunctionConfiguration",), arns.of_function(_FUNCTION)),
        Reads(
            ("s3:GetObject",),
            f"arn:{{partition}}:s3:::{{prefix}}status-page-*/{STATUS}",
            because="CloudFormation names the bucket of the page after its stack, and adds letters.",
        ),
        Reads(
            ("s3:ListBucket",),
            "arn:{partition}:s3:::{prefix}status-page-*",
            because="Its name ends in letters of CloudFormation; without it what is not there is 403, not 404.",
        ),
        *READS_SELF_TEST,
    ),
    look=_public,
)
