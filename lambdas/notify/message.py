"""Notices merged into the one message that people get."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from lambdas.shared import notices
from lambdas.shared.quantities import duration
from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.notices import Change, Notice

WORST_FIRST = tuple(Level)
RAW_LENGTH = 200


@dataclass(frozen=True)
class Line:
    """What one message says of one subject."""

    notice: Notice
    """The newest; `count` is how often it was raised or happened."""
    over: bool = False
    """It was raised and recovered before anything was sent."""

    @property
    def headline(self) -> str:
        notice = self.notice
        if not self.over or notice.since is None:
            return notices.headline(notice)
        times = f", {notice.count} times" if notice.count > 1 else ""
        return f"Was {notice.level} for {duration(notice.at - notice.since)}{times}: {notice.title}"

    def raw(self) -> "Line":
        """What is known of a notice that no channel can show: its key, as it came in."""
        notice = self.notice
        title = f"An alert that cannot be shown: {str(notice.title)[:RAW_LENGTH]}"
        return Line(Notice(str(notice.key), notice.level, notice.change, title, notice.at))

    @property
    def text(self) -> str:
        """In one line."""
        return f"{self.headline}: {self.notice.measured}" if self.notice.measured else self.headline


@dataclass(frozen=True)
class Message:
    """What a channel is given to render."""

    environment: str
    identifier: str
    """The same whenever the same notices are sent again."""
    lines: Sequence[Line]
    """Worst level first, and of one level what changed first, which is nearest to the cause; the good news last."""

    @property
    def headline(self) -> str:
        if len(self.lines) == 1:
            return f"[{self.environment}] {self.lines[0].headline}"
        return f"[{self.environment}] {len(self.lines)} alerts: {', '.join(self._counts())}"

    def _counts(self) -> Iterable[str]:
        bad = [line.notice.level for line in self.lines if not is_good_news(line)]
        for level in WORST_FIRST:
            if number := bad.count(level):
                yield f"{number} {level}"
        if good := len(self.lines) - len(bad):
            yield f"{good} recovered"

    @property
    def level(self) -> Level:
        """The worst."""
        return min((line.notice.level for line in self.lines), key=WORST_FIRST.index)


def is_good_news(line: Line) -> bool:
    return line.notice.change is Change.RECOVERED


def merged(notices_to_send: Iterable[Notice]) -> list[Line]:
    """One line for each subject, however often it changed, in the order of `Message.lines`."""
    by_subject: dict[str, list[Notice]] = {}
    for notice in sorted(notices_to_send, key=lambda notice: notice.at):
        by_subject.setdefault(notice.key, []).append(notice)
    return sorted(map(_line, by_subject.values()), key=_order)


def _line(history: list[Notice]) -> Line:
    first, last = history[0], history[-1]
    if last.change is Change.HAPPENED:
        return Line(replace(last, count=max(last.count, len(history))))
    raised = [notice for notice in history if notice.change is Change.RAISED]
    count = max(len(raised), last.count)
    if last.change is Change.RAISED:
        return Line(replace(last, count=count))
    over = first.change is Change.RAISED and first.since is None  # one with `since` was sent when it began
    return Line(replace(last, count=count, since=first.at if over else last.since), over)


def _order(line: Line) -> tuple[bool, int, str]:
    return is_good_news(line), WORST_FIRST.index(line.notice.level), line.notice.at.isoformat()
