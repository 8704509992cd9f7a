"""The page as HTML: complete without a script, and without anything from elsewhere."""

from datetime import timedelta
from xml.etree.ElementTree import Element

from lambdas.shared.markup import element, html
from lambdas.shared.status_notes.notes import Phase
from lambdas.status_page import words
from lambdas.status_page.charts import icon
from lambdas.status_page.files import FEED, ICON, LIVE, PAGE, STATUS
from lambdas.status_page.look import Look
from lambdas.status_page.notes import maintenance
from lambdas.status_page.overview import Overview
from lambdas.status_page.service import DAYS
from lambdas.status_page.services import services
from lambdas.status_page.stories import lasting, past
from lambdas.status_page.times import time

RELOAD_SECONDS = 60


def page(
    overview: Overview,
    title: str,
    stale_after: timedelta,
    *,
    reloads: bool,
    look: Look = Look(),  # noqa: B008 - it is frozen
) -> bytes:
    """`reloads` makes the variant that loads itself anew each minute, for screens on a wall.

    The page itself must not: a reader with a screen reader or a magnifier would lose their position (WCAG 2.2.1).
    """
    return html(
        element(
            "html",
            _head(overview, title, look, reloads=reloads),
            element(
                "body",
                element("a", "Skip to the services", href="#services", class_="skip"),
                element(
                    "header",
                    _brand(title, look),
                    _as_of(overview),
                ),
                element(
                    "main",
                    _headline(overview),
                    _stale_notice(overview, stale_after),
                    lasting(overview),
                    _maintenance(overview),
                    services(overview),
                    past(overview),
                ),
                _footer(overview, stale_after, reloads=reloads),
            ),
            lang="en",
        )
    )


def _head(overview: Overview, title: str, look: Look, *, reloads: bool) -> Element:
    summary = words.summary(overview)
    return element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element("meta", name="description", content=f"{summary}. The state of each service, and its last {DAYS} days."),
        element("meta", **{"http-equiv": "refresh", "content": str(RELOAD_SECONDS)}) if reloads else None,
        element("title", f"{summary} · {title}"),
        element("link", rel="stylesheet", href=look.style),
        element("link", rel="icon", href=ICON, type="image/svg+xml"),
        element("link", rel="alternate", href=FEED, type="application/atom+xml", title=f"{title}: incidents"),
        element("link", rel="alternate", href=STATUS, type="application/json", title=title),
    )


def _brand(title: str, look: Look) -> Element:
    # The title stands beside it, so that the picture says nothing to a screen reader.
    logo = element("img", src=look.logo.name, alt="", class_="logo") if look.logo else None
    return element("p", logo, title, class_="brand")


def _as_of(overview: Overview) -> Element:
    if overview.seen_at is None:
        return element("p", "Nothing has been checked yet", class_="as-of")
    return element("p", "As of ", element("strong", time(overview.seen_at)), class_="as-of")


def _headline(overview: Overview) -> Element:
    maintained = overview.services and not any(service.counts for service in overview.services)
    shape = "maintenance" if maintained and not overview.is_stale else overview.state
    return element(
        "div",
        icon(shape),
        element("h1", words.summary(overview)),
        class_=f"headline {shape}",
    )


def _stale_notice(overview: Overview, stale_after: timedelta) -> Element | None:
    if not overview.is_stale:
        return None
    said = "No service has been checked yet."
    if overview.seen_at:
        age = words.duration(overview.made_at - overview.seen_at)
        said = f"The last check was {age} before this page was written: what follows is old."
    return element(
        "p",
        element("strong", "Stale. "),
        f"{said} Normally, no check is older than {words.duration(stale_after)}. This says nothing about the services.",
        class_="notice",
    )


def _maintenance(overview: Overview) -> Element | None:
    ahead = overview.maintenance_that_is(Phase.IN_PROGRESS, Phase.PLANNED)
    if not ahead:
        return None
    soonest_first = sorted(ahead, key=lambda each: each.start)
    return element(
        "section",
        element("h2", "Maintenance", id="maintenance"),
        *[maintenance(each, overview.made_at) for each in soonest_first],
        aria_labelledby="maintenance",
    )


def _footer(overview: Overview, stale_after: timedelta, *, reloads: bool) -> Element:
    other = element("a", "Stop reloading", href=PAGE) if reloads else element("a", "Reload every minute", href=LIVE)
    return element(
        "footer",
        element(
            "p",
            "Written ",
            time(overview.made_at),
            ", and again every five minutes. A page cannot know how old it is: compare the time at its top with a "
            f"clock. If it is more than {words.duration(stale_after)} ago, do not rely on what is said here.",
        ),
        element("p", "You opened this page a while ago: load it again.", class_="opened-long-ago"),
        element(
            "nav",
            element("a", "Load again", href=LIVE if reloads else PAGE),
            other,
            element("a", "JSON", href=STATUS),
            element("a", "Atom feed", href=FEED),
            aria_label="This page",
        ),
    )
