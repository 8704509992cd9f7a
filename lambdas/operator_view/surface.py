"""How a view is shown: as a custom widget of CloudWatch, or by a web server; each makes links and buttons its way."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import urlencode
from xml.etree.ElementTree import Element

from lambdas.shared.markup import Child, element

Parameters = Mapping[str, Any]


class Surface(Protocol):
    def link(self, parameters: Parameters, *label: Child, class_: str = "link") -> Element:
        """Leads to a view."""
        ...

    def button(self, payload: Parameters, label: str, *, confirmation: str = "", class_: str = "button") -> Element:
        """Does something; `confirmation` is asked before, and holds no text from outside."""
        ...


@dataclass(frozen=True)
class Widget:
    """A custom widget: CloudWatch runs a `cwdb-action` for the element before it.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/add_custom_widget_dashboard_interactivity.html
    """

    view: str
    """The ARN of the function that reads."""
    action: str
    """The ARN of the function that acts."""

    def link(self, parameters: Parameters, *label: Child, class_: str = "link") -> Element:
        return _called(self.view, parameters, label, class_, None)

    def button(self, payload: Parameters, label: str, *, confirmation: str = "", class_: str = "button") -> Element:
        return _called(self.action, payload, (label,), class_, confirmation or None)


@dataclass(frozen=True)
class Local:
    """Plain links and forms; `token` is what a form must bring back."""

    token: str

    def link(self, parameters: Parameters, *label: Child, class_: str = "link") -> Element:
        return element("span", element("a", *label, href=f"/?{urlencode(parameters)}", class_=class_), class_="act")

    def button(self, payload: Parameters, label: str, *, confirmation: str = "", class_: str = "button") -> Element:
        if not confirmation:
            return element("span", self._form(payload, label, class_), class_="act")
        asked = element("p", confirmation)
        return element("details", element("summary", label, class_=class_), asked, self._form(payload, label, class_))

    def _form(self, payload: Parameters, label: str, class_: str) -> Element:
        return element(
            "form",
            element("input", type="hidden", name="token", value=self.token),
            element("input", type="hidden", name="payload", value=as_json(payload)),
            element("button", label, type="submit", class_=class_),
            method="post",
            action="/",
        )


def as_json(payload: Parameters) -> str:
    """ASCII without a character that HTML would write as an entity: it reads the same as text and as markup."""
    written = json.dumps(dict(payload), separators=(",", ":"))
    return written.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


def _called(endpoint: str, parameters: Parameters, label: tuple[Child, ...], class_: str, asked: str | None) -> Element:
    call = element(
        "cwdb-action", as_json(parameters), action="call", display="widget", endpoint=endpoint, confirmation=asked
    )
    # A button, and not the anchor of CloudWatch's examples: the keyboard does not reach an anchor without an address.
    return element("span", element("button", *label, type="button", class_=class_), call, class_="act")
