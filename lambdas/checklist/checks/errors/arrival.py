"""Whether errors arrive: by clients of Sentry, or out of the API's log."""

from collections.abc import Iterator
from typing import Final

from lambdas.checklist import arns
from lambdas.checklist.check import Check, Outcome, Reads, Situation, failed, passed
from lambdas.checklist.errors import READS, TEST_AGE, newest_issues, test_issue, tracked
from lambdas.shared.quantities import duration
from lambdas.vocabulary.checklist import Importance, Line, Seen
from lambdas.vocabulary.error_tracking import Issue, Source
from lambdas.vocabulary.runbooks import Runbook

_DIGEST: Final = "error_digest"
_INTAKE: Final = "error_intake"
_NO_FUNCTION: Final = ("ResourceNotFoundException",)


def _configured(situation: Situation) -> Outcome:
    if not situation.settings.errors:
        return failed("errors are not tracked: errors.enabled is false in the environment's file")
    for folder in (_DIGEST, *((_INTAKE,) if situation.settings.projects else ())):
        if trouble := _not_running(situation, folder):
            return failed(trouble)
    ways = tuple(_ways(situation))
    if not ways:
        group = situation.settings.backend_log
        return failed(f"no project has a DSN, and the errors of {group} are not sent to {situation.name(_DIGEST)}")
    newest = next(iter(newest_issues(situation)), None)
    return passed(f"errors arrive by {' and '.join(ways)}; {_last(situation, newest)}", *_seen(newest))


def _not_running(situation: Situation, folder: str) -> str:
    name = situation.name(folder)
    found = situation.account.get("lambda", "get_function_configuration", absent=_NO_FUNCTION, FunctionName=name)
    state = (found or {}).get("State")
    return "" if state in ("Active", "Inactive") else f"the function {name} is {state or 'missing'}"


def _ways(situation: Situation) -> Iterator[str]:
    if projects := situation.settings.projects:
        yield f"the DSN of {', '.join(projects)}"
    filters = situation.account.pages(
        "logs",
        "describe_subscription_filters",
        "subscriptionFilters",
        absent=_NO_FUNCTION,
        logGroupName=situation.settings.backend_log,
    )
    if any(str(each.get("destinationArn", "")).endswith(f":{situation.name(_DIGEST)}") for each in filters):
        yield f"the log {situation.settings.backend_log}"


def _last(situation: Situation, issue: Issue | None) -> str:
    return f"the last one {duration(situation.at - issue.last_seen)} ago" if issue else "none was seen so far"


def _seen(issue: Issue | None) -> tuple[Seen, ...]:
    return (Seen(f"issue {issue.id}", f"{issue.title}, last seen {issue.last_seen.isoformat()}"),) if issue else ()


@tracked
def _arrived(situation: Situation) -> Outcome:
    if situation.settings.projects:
        what, issue = "test error", test_issue(situation)
    else:
        what = "error of the API's log"
        issue = next((each for each in newest_issues(situation) if each.source is Source.API_LOG), None)
    if issue is None:
        return failed(f"no {what} was ever seen")
    ago = situation.at - issue.last_seen
    if ago > TEST_AGE:
        return failed(f"the last {what} was seen {duration(ago)} ago", *_seen(issue))
    return passed(f"the last {what} was seen {duration(ago)} ago", *_seen(issue))


TRACKER: Final = Check(
    name="error-tracker",
    line=Line.TRACKER,
    question="Do the errors of this environment reach a tracker?",
    why="Users meet errors first, and tell nobody.",
    passes="error_digest is there, and a project has a DSN or the API's log is subscribed to it.",
    remedy="Set errors.enabled = true, add [[errors.projects]] or name the API's log group, and deploy.",
    importance=Importance.BLOCKER,
    runbook=Runbook.ERRORS,
    reads=(
        Reads(("lambda:GetFunctionConfiguration",), arns.of_function(_DIGEST)),
        Reads(("lambda:GetFunctionConfiguration",), arns.of_function(_INTAKE)),
        Reads(
            ("logs:DescribeSubscriptionFilters",),
            arns.of_log("{backend_log}"),
            because="All streams of the API's log group.",
        ),
        *READS,
    ),
    look=_configured,
)
TEST_ERROR: Final = Check(
    name="test-error",
    line=Line.TEST_ERROR,
    question="Did a test error arrive?",
    why="A tracker that is set up and was never tried is found broken by the first outage.",
    passes=f"A test error, or an error of the API's log where no client sends any, was seen in the last"
    f" {TEST_AGE.days} days.",
    remedy="Send one: `ops <environment> errors test`; without a DSN let the backend log an error once.",
    runbook=Runbook.ERRORS,
    reads=READS,
    look=_arrived,
)
