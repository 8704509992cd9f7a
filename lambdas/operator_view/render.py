"""A view as HTML: pure, complete without a script, and without anything from elsewhere."""

import importlib.resources
from functools import cache
from typing import Any, Final
from xml.etree.ElementTree import Element

from lambdas.operator_view.parameters import Asked, BadParameterError
from lambdas.operator_view.sources import Sources
from lambdas.operator_view.view import AnyView, Message, NotFoundError, Page
from lambdas.operator_view.views import DEFAULT, VIEWS
from lambdas.shared.markup import element, fragment

_THEMES: Final = ("light", "dark")


def show(asked: Asked, sources: Sources, page: Page) -> str:
    """Read what is asked for and render it; a wrong question is answered in the same way."""
    try:
        view = view_of(asked)
        parameters = view.parameters(asked, sources)
        return render(view, parameters, view.read(parameters, sources), page)
    except (BadParameterError, NotFoundError) as error:
        return framed(page, _refused(str(error), page))


def view_of(asked: Asked) -> AnyView:
    name = asked.get("view", DEFAULT)
    if not isinstance(name, str) or name not in VIEWS:
        raise BadParameterError(f"view must be one of {', '.join(VIEWS)}")
    return VIEWS[name]


def render(view: AnyView, parameters: Any, data: Any, page: Page) -> str:
    return framed(page, view.render(parameters, data, page))


def framed(page: Page, body: Element) -> str:
    theme = page.theme if page.theme in _THEMES else "auto"
    return fragment(
        element(
            "div",
            element("style", style()),
            element("div", _message(page.message), body, class_="frame-of"),
            # The last one switches off CloudWatch's own style of tables and links.
            class_=f"ov theme-{theme} cwdb-no-default-styles",
        )
    )


def _message(message: Message | None) -> Element | None:
    if message is None:
        return None
    return element("p", message.text, class_=f"message {'good' if message.is_good else 'bad'}", role="status")


def _refused(reason: str, page: Page) -> Element:
    back = page.surface.link({"view": DEFAULT}, "← Issues")
    said = element("p", f"Nothing is shown: {reason}.", class_="message bad", role="alert")
    return element("div", element("h2", "Not found"), said, back)


@cache
def style() -> str:
    return importlib.resources.files(__package__).joinpath("style.css").read_text()
