"""Whether errors know the release that runs."""

from typing import Final

from lambdas.checklist.check import Check, Outcome, Situation, failed, passed
from lambdas.checklist.errors import READS, last_deployed, newest_issues, releases, tracked
from lambdas.shared.quantities import duration
from lambdas.vocabulary.checklist import Line, Seen
from lambdas.vocabulary.runbooks import Runbook


@tracked
def _recorded(situation: Situation) -> Outcome:
    known = releases(situation)
    running = last_deployed(known)
    if running:
        release, deployment = running
        seen = Seen(f"release {release.version}", f"deployed to {deployment.environment} {deployment.at.isoformat()}")
        ago = duration(situation.at - deployment.at)
        return passed(f"release {release.version} was deployed {ago} ago, and is recorded", seen)
    if known:
        return failed(f"release {known[0].version} is known, and no deployment of it or another")
    named = next((issue.last_release for issue in newest_issues(situation) if issue.last_release), "")
    if named:
        return failed(f"errors name the release {named}, and no release was recorded")
    return failed("no release is known, and no error names one")


RELEASES: Final = Check(
    name="releases-recorded",
    line=Line.RELEASES,
    question="Is each deployment recorded with its release?",
    why="Which release broke it is the first question of most incidents.",
    passes="A release with a deployment is recorded.",
    remedy="Record it in the pipeline: `sentry-cli deploys new`, `ops <environment> deploys record`, or"
    " [[errors.deployments]] for those that AWS makes.",
    runbook=Runbook.ERRORS,
    reads=READS,
    look=_recorded,
)
