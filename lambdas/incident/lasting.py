"""Alarms of level medium that last: they page nobody, and are repeated every few hours while they last."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from lambdas.incident.events import digest_of
from lambdas.shared.incidents.table import IncidentTable
from lambdas.shared.quantities import duration
from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.notices import Change, Notice

RECORD = "lasting"
LONGEST = timedelta(days=7)
"""After that nobody reads it any more."""


@dataclass(frozen=True)
class Lasting:
    """`publish` sends a notice to the topic of its level."""

    table: IncidentTable
    every: timedelta
    """Zero is never."""
    publish: Callable[[Notice], None]

    def take(self, notices: Sequence[Notice]) -> None:
        """Note what begins, and forget what has ended."""
        for notice in notices:
            if notice.level is not Level.MEDIUM or notice.change is Change.HAPPENED or not self.every:
                continue
            if notice.change is Change.RECOVERED:
                self.table.delete(RECORD, digest_of(notice.key))
                continue
            self._keep(replace(notice, since=notice.since or notice.at), notice.at)

    def remind(self, moment: datetime) -> None:
        for written in self.table.documents(RECORD):
            known = json.loads(written)
            notice, said_at = Notice.from_json(known["notice"]), datetime.fromisoformat(known["said_at"])
            began = notice.since or notice.at
            if moment - began > LONGEST:
                self.table.delete(RECORD, digest_of(notice.key))
            elif moment - said_at >= self.every:
                self._keep(notice, moment)  # first: twice would be worse than a reminder that is missing
                self.publish(_reminder(notice, began, moment))

    def _keep(self, notice: Notice, said_at: datetime) -> None:
        document = json.dumps({"notice": notice.to_json(), "said_at": said_at.isoformat()})
        self.table.put_document(RECORD, digest_of(notice.key), document)


def _reminder(notice: Notice, began: datetime, moment: datetime) -> Notice:
    """Something that happened, of a key of its own: the alarm's own recovery is sent as ever."""
    title = f"Still, after {duration(moment - began)}: {notice.title}"
    return replace(notice, key=f"{notice.key}#reminder", change=Change.HAPPENED, title=title, at=moment, since=began)
