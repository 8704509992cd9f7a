"""Publishes a finding of GuardDuty or an act in the account once, and not every repetition of it."""

from collections.abc import Mapping
from typing import Any

from lambdas.security_finding.account_change import notice_of_change
from lambdas.security_finding.finding import is_archived, notice_of_finding
from lambdas.security_finding.published import PublishedTable
from lambdas.security_finding.settings import Settings
from lambdas.shared.clock import Clock, now
from lambdas.shared.notices import publish_notice
from lambdas.shared.observability import logger
from lambdas.vocabulary.account_changes import CHANGE


def publish_event(
    settings: Settings, event: Mapping[str, Any], published: PublishedTable, *, sns: Any, iam: Any, clock: Clock = now
) -> dict[str, Any]:
    """Publish the event's notice to the topic of its level, unless it was published already.

    It is published the first time, when the level rises, and again when it still goes on after the quiet time.  What
    could not be published counts as unpublished, and the error is raised: Lambda then retries.
    """
    if CHANGE in event:
        notice, quiet = notice_of_change(event, settings, iam), settings.change_quiet
    else:
        notice, quiet = notice_of_finding(event, settings), settings.finding_quiet
        if is_archived(event):  # by a suppression rule, or by a person who has seen it
            logger.info("finding is archived", key=notice.key)
            return {"key": notice.key, "level": notice.level, "published": False}
    claim = published.claim(notice.key, notice.level, quiet, clock())
    if claim:
        with claim:
            publish_notice(sns, settings.topic(notice.level), notice)
    logger.info("security event", key=notice.key, level=notice.level, title=notice.title, published=claim is not None)
    return {"key": notice.key, "level": notice.level, "published": claim is not None}
