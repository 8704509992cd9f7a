"""Moments on the page: in UTC, and as `time` elements that programs understand."""

from datetime import datetime
from xml.etree.ElementTree import Element

from lambdas.shared.markup import element
from lambdas.status_page import words


def time(at: datetime, said: str | None = None) -> Element:
    return element("time", said or words.moment(at), datetime=f"{at:%Y-%m-%dT%H:%M:%SZ}")


def span(start: datetime, end: datetime | None) -> tuple[Element | str, ...]:
    if end is None:
        return "Since ", time(start)
    if end.date() != start.date():
        return time(start), " to ", time(end)
    return time(start, words.moment(start).removesuffix(" UTC")), " to ", time(end, f"{end:%H:%M} UTC")
