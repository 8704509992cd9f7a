"""Notices of probes that fail since the last run, and of their recovery."""

from collections.abc import Iterable
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from lambdas.self_test.settings import Settings
from lambdas.shared.notices import publish_notice
from lambdas.shared.observability import logger
from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.notices import Change, Notice
from lambdas.vocabulary.runbooks import Runbook
from lambdas.vocabulary.self_test import Outcome, ProbeName, ProbeResult, SelfTest


def publish_changes(
    sns: Any, settings: Settings, found: SelfTest, raised: Iterable[ProbeName]
) -> tuple[ProbeName, ...]:
    """Which failures are published and have not recovered now; `raised` are those that were before.

    One that could not be asked stays what it was.  A notice that could not be published is tried again next time.
    """
    known = set(raised)
    for result in found.results:
        change = _change(result, is_raised=result.probe in known)
        if change and _publish(sns, settings, _notice(settings, found, result, change)):
            known ^= {result.probe}  # out of it or into it
    return tuple(probe for probe in ProbeName if probe in known)


def _change(result: ProbeResult, *, is_raised: bool) -> Change | None:
    if is_raised:
        return Change.RECOVERED if result.is_good else None
    return Change.RAISED if result.outcome is Outcome.FAILED else None


def _publish(sns: Any, settings: Settings, notice: Notice) -> bool:
    try:
        publish_notice(sns, settings.medium_topic, notice)
    except (ClientError, BotoCoreError) as error:
        logger.error("a notice of the self-test was not published", key=notice.key, reason=str(error))
        return False
    return True


def _notice(settings: Settings, found: SelfTest, result: ProbeResult, change: Change) -> Notice:
    return Notice(
        key=f"self-test/{settings.environment}/{result.probe}",
        level=Level.MEDIUM,
        change=change,
        title=f"Self-test {result.probe}: {_STATE[change]}",
        at=found.at,
        measured=result.seen,
        meaning=result.meaning,
        first_look=result.remedy or f"ops {settings.environment} self-test",
        runbook=f"{settings.runbook_url}/{Runbook.SELF_TEST}.md",
        owner=settings.owner,
    )


_STATE = {Change.RAISED: "what it proves does not work in this account", Change.RECOVERED: "it works again"}
