"""Write the status page, and what belongs to it, to its bucket."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from lambdas.shared.clock import Clock, now
from lambdas.shared.endpoint_state.table import THREADS, StateTable
from lambdas.shared.observability import logger
from lambdas.status_page.document import document
from lambdas.status_page.feed import feed
from lambdas.status_page.files import FEED, ICON, LIVE, PAGE, STATUS, STYLE, STYLE_SHEET
from lambdas.status_page.icon import icon_file
from lambdas.status_page.overview import Overview, first_day, overview_of
from lambdas.status_page.page import page
from lambdas.status_page.settings import Settings

SHORTLY = "public, max-age=60"
FOR_GOOD = "public, max-age=31536000, immutable"
TRUSTED = timedelta(hours=1)


@dataclass(frozen=True)
class File:
    name: str
    content: bytes
    content_type: str
    cache_control: str = SHORTLY


@dataclass
class Written:
    """What this environment of the function wrote last: writing the same again would cost as much as something new.

    It is emptied every hour, as another environment of the function may have written something else in between.
    """

    files: dict[str, File] = field(default_factory=dict)
    since: datetime | None = None

    def news_in(self, files: Sequence[File], moment: datetime) -> list[File]:
        """Those of `files` that differ from what was written last."""
        if self.since is None or not timedelta(0) <= moment - self.since < TRUSTED:
            self.files, self.since = {}, moment
        return [file for file in files if self.files.get(file.name) != file]


def publish_page(
    settings: Settings, table: StateTable, s3: Any, endpoints: Sequence[str], *, written: Written, clock: Clock = now
) -> dict[str, Any]:
    """Write the page of these endpoints, as far as it is not `written` yet; returns its overall state.

    When anything fails the old page stays, and its time says how old it is.
    """
    moment = clock()
    with ThreadPoolExecutor(THREADS, thread_name_prefix="history") as threads:
        histories = threads.map(lambda name: table.history(name, first_day(moment), moment.date()), endpoints)
        overview = overview_of(list(histories), moment, settings.stale_after)
    for file in written.news_in(files_of(overview, settings), moment):
        s3.put_object(
            Bucket=settings.bucket,
            Key=file.name,
            Body=file.content,
            ContentType=file.content_type,
            CacheControl=file.cache_control,
        )
        written.files[file.name] = file
    logger.info("status page written", state=overview.state, stale=overview.is_stale, services=len(endpoints))
    return {"state": overview.state, "stale": overview.is_stale}


def files_of(overview: Overview, settings: Settings) -> list[File]:
    """What is published, the page last: everything that it refers to is there by then."""
    pages = {name: page(overview, settings.title, settings.stale_after, reloads=name == LIVE) for name in (LIVE, PAGE)}
    return [
        File(STYLE, STYLE_SHEET, "text/css; charset=utf-8", FOR_GOOD),
        File(ICON, icon_file(overview.state), "image/svg+xml"),
        File(STATUS, document(overview, settings.title), "application/json"),
        File(FEED, feed(overview, settings.title, settings.address), "application/atom+xml"),
        *[File(name, content, "text/html; charset=utf-8") for name, content in pages.items()],
    ]
