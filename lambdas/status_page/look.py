"""What an operator may change of the page's looks: a logo and the accent colours.

The page's content security policy lets in what lies beside the page and nothing else, so both become files there: the
logo is copied, and the colours are a part of the style sheet.
"""

import hashlib
import re
from dataclasses import dataclass
from enum import StrEnum
from importlib.resources.abc import Traversable
from typing import Final

from lambdas.status_page.files import STYLE_SHEET, style_named

LEAST_CONTRAST: Final = 4.5
"""Of text and its background: WCAG 2.2, 1.4.3."""
LOGOS: Final = {"svg": "image/svg+xml", "png": "image/png"}
"""The kinds of logo, by how their files' names end, and their media types."""
_BACKGROUNDS: Final = ("page", "card")


class Scheme(StrEnum):
    LIGHT = "light"
    DARK = "dark"


@dataclass(frozen=True)
class Logo:
    kind: str
    """One of LOGOS."""
    content: bytes

    @property
    def name(self) -> str:
        """Named after its content, as it is cached for good."""
        return f"logo-{hashlib.sha256(self.content).hexdigest()[:8]}.{self.kind}"

    @property
    def file_name(self) -> str:
        """As it is deployed."""
        return _file_name(self.kind)

    @property
    def content_type(self) -> str:
        return LOGOS[self.kind]


@dataclass(frozen=True)
class Look:
    logo: Logo | None = None
    accent: str | None = None
    """A colour such as `#1d4f91`, of what is not a state: the brand, links, the line of the response times."""
    accent_dark: str | None = None
    """The same in the dark scheme."""

    @property
    def style_sheet(self) -> bytes:
        light, dark = _accented(self.accent), _accented(self.accent_dark)
        dark = f"@media (prefers-color-scheme: dark) {{ {dark} }}\n" if dark else ""
        # A light accent must not reach the dark scheme, where nobody has looked at its contrast.
        light = f"@media (prefers-color-scheme: light) {{ {light} }}\n" if light else ""
        return STYLE_SHEET + f"{light}{dark}".encode()

    @property
    def style(self) -> str:
        """The style sheet's name."""
        return style_named(self.style_sheet)


def logo_in(folder: Traversable) -> Logo | None:
    """The logo that was deployed with the endpoints, if there is one."""
    files = {kind: folder.joinpath(_file_name(kind)) for kind in LOGOS}
    return next((Logo(kind, file.read_bytes()) for kind, file in files.items() if file.is_file()), None)


def _file_name(kind: str) -> str:
    return f"logo.{kind}"


def least_contrast(colour: str, scheme: Scheme) -> float:
    """Of the colour with the backgrounds that it meets in that scheme."""
    return min(contrast(colour, background) for background in backgrounds(scheme))


def backgrounds(scheme: Scheme) -> list[str]:
    """As the style sheet has them: the light scheme's stand first."""
    sheet = STYLE_SHEET.decode()
    found = [re.findall(rf"--{name}: (#[0-9a-f]+);", sheet) for name in _BACKGROUNDS]
    return [each[list(Scheme).index(scheme)] for each in found]


def _accented(colour: str | None) -> str:
    return f":root {{ --link: {colour}; --accent: {colour}; }}" if colour else ""


def contrast(one: str, other: str) -> float:
    """As WCAG counts it: 1 (the same) to 21 (black and white)."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.2) of `#rgb` or `#rrggbb`."""
    digits = colour.removeprefix("#")
    width = len(digits) // 3
    parts = [int(digits[at : at + width] * (3 - width), 16) / 255 for at in range(0, len(digits), width)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)  # noqa: PLR2004 - the standard's
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
