"""Whether what clients send is kept without secrets and personal data."""

import json
from typing import Final

from lambdas.checklist.check import Check, Outcome, Situation, failed, passed, unknown
from lambdas.checklist.errors import READS, READS_SAMPLES, newest_sample, test_issue, tracked
from lambdas.checklist.self_test import READS as READS_SELF_TEST
from lambdas.checklist.self_test import proven
from lambdas.error_test.envelope import INVENTED, SECRET_KEY
from lambdas.shared.masking import MASK
from lambdas.vocabulary.checklist import Importance, Line, Seen
from lambdas.vocabulary.runbooks import Runbook
from lambdas.vocabulary.self_test import Outcome as ProbeOutcome
from lambdas.vocabulary.self_test import ProbeName


@tracked
def _filtered(situation: Situation) -> Outcome:
    return _of_clients(situation) if situation.settings.projects else _of_logs(situation)


def _of_clients(situation: Situation) -> Outcome:
    """The last test error carried what nobody may find in its sample."""
    issue = test_issue(situation)
    if issue is None:
        return failed("no test error was ever seen, so nothing shows that secrets are filtered")
    event = newest_sample(situation, issue)
    if event is None:
        return unknown(f"the sample of the last test error (issue {issue.id}) has expired")
    if any(each in json.dumps(event) for each in INVENTED):
        return failed(f"the sample of the last test error (issue {issue.id}) holds its invented password or address")
    extra = event.get("extra")
    kept = str(extra.get(SECRET_KEY, "nothing")) if isinstance(extra, dict) else "nothing"
    seen = Seen(f"sample of issue {issue.id}", f"{SECRET_KEY} = {kept}")
    if kept != MASK:
        return unknown(f"the last test error (issue {issue.id}) carried no invented password", seen)
    return passed("the invented password and address of the last test error are not in its sample", seen)


def _of_logs(situation: Situation) -> Outcome:
    """No client sends: what counts is that the log itself is masked, which the self-test tries."""
    result = proven(situation, ProbeName.MASKING)
    if result is None:
        return failed("no self-test in the last days shows that secrets in logs are masked")
    seen = Seen(f"self-test {result.probe}", result.seen)
    if result.outcome is ProbeOutcome.PASSED:
        return passed(f"the self-test found a log line masked: {result.seen}", seen)
    if result.outcome is ProbeOutcome.FAILED:
        return failed(f"the self-test found a log line unmasked: {result.seen}", seen)
    return unknown(f"the self-test could not see whether log lines are masked: {result.seen}", seen)


SCRUBBING: Final = Check(
    name="errors-filtered",
    line=Line.FILTERED,
    question="Are passwords, tokens and personal data filtered out of errors?",
    why="An error tracker that keeps passwords is a leak that nobody looks for.",
    passes="The last test error's sample has a mask where its invented password was, and holds it nowhere; where no"
    " client sends errors, the last self-test found a log line masked.",
    remedy="Send a test error (`ops <environment> errors test`) or run `ops <environment> self-test`, and look again;"
    " what then is not masked is a fault of this system.",
    importance=Importance.BLOCKER,
    runbook=Runbook.ERRORS,
    reads=(*READS, *READS_SAMPLES, *READS_SELF_TEST),
    look=_filtered,
)
