"""Runbooks whose alarm fired, and whose text is the same as before.

What is known of a page is a digest of the text that was deployed with the function.  Each monthly review keeps those
digests: a page that has the same one as in the last review before its alarm fired was not touched since.  Changes that
were not deployed yet are not seen.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from lambdas.review.alarms.read import HISTORY, alarms_of, firings_of
from lambdas.review.section import Figure, Found, Section, Situation
from lambdas.shared.documents.document import Table
from lambdas.shared.quantities import counted, moment
from lambdas.shared.reports import Reports, StoredReport
from lambdas.vocabulary.reports import Kind
from lambdas.vocabulary.reviews import State

NAME: Final = "runbooks"
_DIGESTS: Final = "digests"
_LOOKS_BACK: Final = timedelta(days=65)
"""Over two monthly reviews, one of which is from before the thirty days of the history."""
_MOST: Final = 12
_SOURCE: Final = "digests of the pages in earlier monthly reviews; history of alarms, 30 days"


def _look(situation: Situation) -> Found:
    now = dict(page.split("=", 1) for page in situation.settings.runbooks)
    fired = {page: at for page, at in _fired(situation).items() if page in now}
    earlier = _earlier(situation)
    alike = {page: _text_before(page, at, earlier) for page, at in fired.items()}
    untouched = sorted(page for page, (digest, _) in alike.items() if digest == now[page])
    unknown = sorted(page for page, (digest, _) in alike.items() if digest is None)
    said = f"{counted(len(fired), 'page')} in use, {len(untouched)} not touched since"
    rows = tuple((page, moment(fired[page]), alike[page][1]) for page in untouched)
    return Found(
        State.ATTENTION if untouched else State.NOTED if unknown else State.GOOD,
        f"{said}; {len(unknown)} not known, as no earlier review has their text" if unknown else said,
        (
            Figure(_DIGESTS, "Pages that were deployed", json.dumps(now), str(len(now)), "the function's own settings"),
            Figure("untouched", "Not touched since", len(untouched), str(len(untouched)), _SOURCE),
            Figure("unknown", "Not known", len(unknown), ", ".join(unknown) or "none", _SOURCE),
        ),
        (Table(("Page", "Its alarm fired last", "The same text on"), rows),) if rows else (),
    )


def _fired(situation: Situation) -> dict[str, datetime]:
    """When an alarm of each page fired last."""
    cloudwatch, prefix = situation.client("cloudwatch"), situation.here.named("")
    times = firings_of(cloudwatch, prefix, situation.span.until - HISTORY, situation.span.until)
    found: dict[str, datetime] = {}
    for alarm in alarms_of(cloudwatch, prefix):
        if alarm.name in times:
            page, last = alarm.described.page, max(times[alarm.name])
            found[page] = max(last, found.get(page, last))
    return found


def _earlier(situation: Situation) -> list[tuple[datetime, Mapping[str, Any]]]:
    """The digests that earlier reviews kept, newest first."""
    reports = Reports(situation.client("s3"), situation.settings.reports)
    folders = reports.folders(Kind.MONTH, situation.span.until - _LOOKS_BACK)
    return [(report.at, _digests_in(report)) for report in map(reports.read, folders[:_MOST])]


def _text_before(page: str, fired: datetime, earlier: Sequence[tuple[datetime, Mapping[str, Any]]]) -> tuple[Any, str]:
    """The page's digest in the newest review from before the alarm fired, and when that was made."""
    found = ((digests.get(page), moment(at)) for at, digests in earlier if at <= fired)
    return next(found, (None, ""))


def _digests_in(report: StoredReport) -> Mapping[str, Any]:
    try:
        sections = {each["name"]: each for each in json.loads(report.body)["sections"]}
        digests = json.loads(sections[NAME]["figures"][_DIGESTS]["value"])
    except (ValueError, KeyError, TypeError):  # in that review this section was unknown
        return {}
    return dict(digests)


RUNBOOKS = Section(NAME, "Runbooks", _look)
