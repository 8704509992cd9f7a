from dataclasses import dataclass
from datetime import timedelta

from lambdas.shared.environment import FunctionSettings


@dataclass(frozen=True)
class Settings(FunctionSettings):
    table: str
    """Where health_check keeps the endpoints' states."""
    bucket: str
    """Where the page is written; nothing else lies there."""
    title: str
    """The page's heading, such as "Acme status"."""
    address: str
    """Where the public finds the page, such as `https://status.example.com/`; with a slash at its end."""
    stale_after: timedelta
    """How old an observation may be before the page says that it has no recent data: three checks' worth."""
    accent: str | None = None
    """The colour of the brand, links and lines, such as `#1d4f91`; the page's own where there is none."""
    accent_dark: str | None = None
    """The same in the dark scheme."""
