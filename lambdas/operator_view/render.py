"""A view as HTML: pure, complete without a script, and without anything from elsewhere."""

import importlib.resources
from functools import cache
from typing import Final
from xml.etree.ElementTree import Element

from lambdas.operator_view.parameters import Asked, BadParameterError
from lambdas.operator_view.sources import Sources
from lambdas.operator_view.view import AnyView, Message, NotFoundError, Page
from lambdas.operator_view.views import default_of, views_of
from lambdas.shared.markup import element, fragment

_THEMES: Final = ("light", "dark")


def show(asked: Asked, sources: Sources, page: Page) -> str:
    """Read what is asked for and render it; a wrong question is answered in the same way."""
    try:
        view = view_of(asked, sources)
        part = view.part(sources)
        parameters = view.parameters(asked, part)
        body = view.render(parameters, view.read(parameters, part), page)
        return framed(page, body, _navigation(view, sources, page))
    except (BadParameterError, NotFoundError) as error:
        return framed(page, _refused(str(error), default_of(sources), page))


def view_of(asked: Asked, sources: Sources) -> AnyView:
    known = views_of(sources)
    name = asked.get("view", default_of(sources).name)
    if not isinstance(name, str) or name not in known:
        raise BadParameterError(f"view must be one of {', '.join(known)}")
    return known[name]


def _navigation(view: AnyView, sources: Sources, page: Page) -> Element | None:
    """Where there is more than one list."""
    lists = [each for each in views_of(sources).values() if each.title]
    if len(lists) == 1 or not view.title:
        return None
    return element("nav", *(_tab(each, view, page) for each in lists), class_="tabs lists", aria_label="Lists")


def _tab(to: AnyView, now: AnyView, page: Page) -> Element:
    if to is now:
        return element("span", to.title, class_="tab chosen", aria_current="page")
    return page.surface.link({"view": to.name}, to.title, class_="tab")


def framed(page: Page, body: Element, navigation: Element | None = None) -> str:
    theme = page.theme if page.theme in _THEMES else "auto"
    return fragment(
        element(
            "div",
            element("style", style()),
            element("div", navigation, _message(page.message), body, class_="frame-of"),
            # The last one switches off CloudWatch's own style of tables and links.
            class_=f"ov theme-{theme} cwdb-no-default-styles",
        )
    )


def _message(message: Message | None) -> Element | None:
    if message is None:
        return None
    return element("p", message.text, class_=f"message {'good' if message.is_good else 'bad'}", role="status")


def _refused(reason: str, default: AnyView, page: Page) -> Element:
    back = page.surface.link({"view": default.name}, f"← {default.title}")
    said = element("p", f"Nothing is shown: {reason}.", class_="message bad", role="alert")
    return element("div", element("h2", "Not found"), said, back)


@cache
def style() -> str:
    return importlib.resources.files(__package__).joinpath("style.css").read_text()
