"""Write the status page, and what belongs to it, to its bucket."""

import hashlib
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from lambdas.shared.clock import Clock, now
from lambdas.shared.endpoint_state.table import THREADS, StateTable
from lambdas.shared.observability import logger
from lambdas.shared.status_notes.table import NotesTable
from lambdas.status_page.badge import FOLDER, badge, badge_name
from lambdas.status_page.document import document
from lambdas.status_page.feed import feed
from lambdas.status_page.files import FEED, ICON, LIVE, PAGE, STATUS
from lambdas.status_page.icon import icon_file
from lambdas.status_page.look import Look
from lambdas.status_page.overview import Overview, overview_of
from lambdas.status_page.page import page
from lambdas.status_page.service import first_day
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

    def is_old(self, moment: datetime) -> bool:
        return self.since is None or not timedelta(0) <= moment - self.since < TRUSTED

    def begin_anew(self, moment: datetime) -> None:
        self.files, self.since = {}, moment

    def news_in(self, files: Sequence[File]) -> list[File]:
        """Those of `files` that differ from what was written last."""
        return [file for file in files if self.files.get(file.name) != file]


@dataclass(frozen=True)
class Shown:
    """What the environment file says of the page."""

    endpoints: Sequence[str]
    """The names of those that are public."""
    groups: Mapping[str, str] = field(default_factory=dict)
    """The names of the groups, by the endpoint's."""
    look: Look = field(default_factory=Look)


def publish_page(
    settings: Settings, table: StateTable, s3: Any, shown: Shown, *, written: Written, clock: Clock = now
) -> dict[str, Any]:
    """Write the page, as far as it is not `written` yet; returns its overall state.

    When anything fails the old page stays, and its time says how old it is.
    """
    moment = clock()
    with ThreadPoolExecutor(THREADS, thread_name_prefix="history") as threads:
        notes = threads.submit(NotesTable(table.dynamodb, table.name).notes)
        histories = threads.map(lambda name: table.history(name, first_day(moment), moment.date()), shown.endpoints)
        overview = overview_of(list(histories), moment, settings.stale_after, notes.result(), shown.groups)
    files = files_of(overview, settings, shown.look)
    if written.is_old(moment):
        written.begin_anew(moment)
        written.files |= _badges_there(s3, settings.bucket, files)
    for file in written.news_in(files):
        s3.put_object(
            Bucket=settings.bucket,
            Key=file.name,
            Body=file.content,
            ContentType=file.content_type,
            CacheControl=file.cache_control,
        )
        written.files[file.name] = file
    logger.info("status page written", state=overview.state, stale=overview.is_stale, services=len(shown.endpoints))
    return {"state": overview.state, "stale": overview.is_stale}


def files_of(overview: Overview, settings: Settings, look: Look = Look()) -> list[File]:  # noqa: B008 - it is frozen
    """What is published, the page last: everything that it refers to is there by then."""
    title, stale_after = settings.title, settings.stale_after
    pages = {name: page(overview, title, stale_after, reloads=name == LIVE, look=look) for name in (LIVE, PAGE)}
    logo = [File(look.logo.name, look.logo.content, look.logo.content_type, FOR_GOOD)] if look.logo else []
    return [
        File(look.style, look.style_sheet, "text/css; charset=utf-8", FOR_GOOD),
        *logo,
        File(ICON, icon_file(overview.state), "image/svg+xml"),
        *[File(badge_name(each.name), badge(each, overview), "image/svg+xml") for each in overview.services],
        File(STATUS, document(overview, title), "application/json"),
        File(FEED, feed(overview, title, settings.address), "application/atom+xml"),
        *[File(name, content, "text/html; charset=utf-8") for name, content in pages.items()],
    ]


def _badges_there(s3: Any, bucket: str, files: Sequence[File]) -> dict[str, File]:
    """The badges that lie in the bucket as they would be written: a thousand services have a thousand of them.

    The bucket's own encryption leaves an object's ETag the MD5 digest of its content.
    """
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=FOLDER)
    there = {each["Key"]: each["ETag"].strip('"') for page in pages for each in page.get("Contents", [])}
    return {file.name: file for file in files if there.get(file.name) == _md5(file.content)}


def _md5(content: bytes) -> str:
    return hashlib.md5(content, usedforsecurity=False).hexdigest()
