"""The names of what is published.  The style sheet's name says what is in it, so that any page finds its own."""

import hashlib
from importlib.resources import files

PAGE = "index.html"
LIVE = "live.html"
STATUS = "status.json"
FEED = "incidents.xml"
ICON = "icon.svg"

STYLE_SHEET = files(__package__).joinpath("style.css").read_bytes()


def style_named(style_sheet: bytes) -> str:
    return f"style-{hashlib.sha256(style_sheet).hexdigest()[:8]}.css"


STYLE = style_named(STYLE_SHEET)
