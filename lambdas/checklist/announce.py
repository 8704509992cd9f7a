"""Publishes new blockers, and what blocks no more.

What fails is published at once.  What is UNKNOWN is published when it was so in the report before, too: AWS may have
been busy for a moment.  The first report of an environment publishes nothing: whoever deploys it reads all of it.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from lambdas.checklist.settings import Settings
from lambdas.shared.notices import publish_notice
from lambdas.vocabulary.checklist import NOTICE_KEY, Answer, Report, Verdict
from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.notices import Change, Notice

MEANING: Final = "A line of the production checklist is not answered any more: the environment is not ready."


def announced(sns: Any, settings: Settings, report: Report, before: Report | None) -> Report:
    """`report` with what is published now noted in it, so that the next one does not publish it again.

    `sns` is a boto3 or botocore client; raises what it raises.
    """
    if before is None:
        return replace(report, answers=tuple(replace(each, published=each.blocks) for each in report.answers))
    earlier = {answer.check: answer for answer in before.answers}
    answers = []
    for answer in report.answers:
        change = _change(answer, earlier)
        if change:
            notice = _notice(report, answer, change, earlier, settings.runbook_url)
            publish_notice(sns, settings.medium_topic, notice.well_formed())
        answers.append(replace(answer, published=answer.blocks and (bool(change) or _was(answer, earlier))))
    return replace(report, answers=tuple(answers))


def _change(answer: Answer, earlier: Mapping[str, Answer]) -> Change | None:
    if _was(answer, earlier):
        return None if answer.blocks else Change.RECOVERED
    known = earlier.get(answer.check)
    lasts = answer.verdict is Verdict.FAIL or (known is not None and known.blocks)
    return Change.RAISED if answer.blocks and lasts else None


def _was(answer: Answer, earlier: Mapping[str, Answer]) -> bool:
    known = earlier.get(answer.check)
    return known is not None and known.published


def _notice(report: Report, answer: Answer, change: Change, earlier: Mapping[str, Answer], runbooks: str) -> Notice:
    known = earlier.get(answer.check)
    return Notice(
        key=f"{NOTICE_KEY}{report.environment}/{answer.check}",
        level=Level.MEDIUM,
        change=change,
        title=f"Checklist: {answer.question}",
        at=report.at,
        measured=answer.text,
        meaning=MEANING,
        first_look=f"ops {report.environment} checklist --section {answer.section}",
        runbook=f"{runbooks}/{answer.runbook}.md" if answer.runbook else "",
        owner=report.owner,
        since=known.since if known and change is Change.RECOVERED else None,
    )
