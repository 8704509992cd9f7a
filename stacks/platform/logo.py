"""The logo of the status page: a file of the operator's, checked before a copy of it is published.

A picture of an `img` element runs no script.  But its address can be opened by itself, and a page of scripts under the
status page's name is not what somebody means who names a logo: what could be active is refused.
"""

from pathlib import Path
from typing import Final
from xml.etree import ElementTree as ET

from lambdas.status_page.look import Logo
from stacks.settings import SettingsError

LARGEST: Final = 100_000
"""Bytes: every reader of the page loads it."""
_PNG: Final = b"\x89PNG\r\n\x1a\n"
_ACTIVE: Final = {"script", "foreignobject", "iframe", "embed", "object", "audio", "video", "handler", "listener"}
_REFERENCES: Final = ("href", "src")


def logo_of(file: str) -> Logo:
    """Raises SettingsError."""
    path = Path(file)
    try:
        content = path.read_bytes()
    except OSError as error:
        raise _refusal(file, f"cannot be read ({error.strerror}); it is a path from where the commands run") from None
    if len(content) > LARGEST:
        raise _refusal(file, f"has {len(content)} bytes, and must have {LARGEST} at most: make it smaller")
    logo = Logo(path.suffix.removeprefix("."), content)
    reason = _reason_against_svg(content) if logo.kind == "svg" else _reason_against_png(content)
    if reason:
        raise _refusal(file, reason)
    return logo


def _reason_against_png(content: bytes) -> str:
    return "" if content.startswith(_PNG) else "is not a PNG: save it as one"


def _reason_against_svg(content: bytes) -> str:
    """Empty when there is none."""
    if any(word in content.upper() for word in (b"<!DOCTYPE", b"<!ENTITY", b"<?XML-STYLESHEET")):
        return "has a document type or a style sheet of its own: save it as a plain SVG"
    try:
        content.decode("utf-8")  # what is read here is what a browser reads
        root = ET.fromstring(content)  # noqa: S314 - the operator's own file, and without entities
    except (ET.ParseError, ValueError, LookupError) as error:
        return f"is not XML in UTF-8 ({error}): save it anew"
    if _local(root.tag) != "svg":
        return "is not an SVG: its first element is another"
    found = next((reason for each in root.iter() if (reason := _reason_against_element(each))), "")
    return found and f"{found}: a logo must draw, and nothing else"


def _reason_against_element(each: ET.Element) -> str:
    name = _local(each.tag)
    if name in _ACTIVE:
        return f"has an element {name}"
    for attribute, value in ((_local(of), value.strip().lower()) for of, value in each.attrib.items()):
        if attribute.startswith("on"):
            return f"has an attribute {attribute}"
        if attribute in _REFERENCES and not value.startswith(("#", "data:image/png;", "data:image/jpeg;")):
            return f"refers to something outside of it by {attribute}"
        if attribute == "attributename" and value.endswith(_REFERENCES):
            return f"changes {value} by {name}"
        if _loads(value):
            return f"loads something by {attribute}"
    return "loads something by its style" if name == "style" and _loads((each.text or "").lower()) else ""


def _loads(style: str) -> bool:
    parts = style.split("url(")[1:]
    return "@import" in style or "\\" in style or any(not part.lstrip("'\" ").startswith("#") for part in parts)


def _local(name: object) -> str:
    """Without its namespace; empty for a comment."""
    return name.rpartition("}")[2].lower() if isinstance(name, str) else ""


def _refusal(file: str, reason: str) -> SettingsError:
    return SettingsError([f'uptime.status_page_logo = "{file}": {reason}'])
