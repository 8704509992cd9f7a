"""Which of the received notices are sent, by what is known of their subjects."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from lambdas.notify.read_notice import Received
from lambdas.vocabulary.notices import Change


@dataclass(frozen=True)
class Subject:
    """What is known of a thing that is raised and recovers."""

    changed_at: datetime
    raised_at: datetime | None
    """None while nothing is wrong with it."""


def deduplicate(
    received: Iterable[Received], subjects: Mapping[str, Subject]
) -> tuple[list[Received], dict[str, Subject]]:
    """The notices to send, with the time at which what has recovered began, and what is known after them.

    Queues may swap messages: a notice older than what is known of its subject comes too late and is dropped.  A
    recovery of what was never sent is dropped too: a new alarm's first evaluation, an alarm that was suppressed or
    muted while it lasted.
    """
    known, kept = dict(subjects), []
    for each in sorted(received, key=lambda each: each.notice.at):
        notice = each.notice
        if notice.change is Change.HAPPENED:
            kept.append(each)
            continue
        before = known.get(notice.key)
        if before and notice.at < before.changed_at:
            continue
        since = before.raised_at if before else None
        if notice.change is Change.RAISED:
            known[notice.key] = Subject(notice.at, since or notice.at)
            kept.append(replace(each, notice=replace(notice, since=notice.since or since)))
            continue
        known[notice.key] = Subject(notice.at, None)
        if since or notice.since:
            kept.append(replace(each, notice=replace(notice, since=notice.since or since)))
    return kept, known
