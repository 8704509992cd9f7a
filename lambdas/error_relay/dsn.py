"""Where a Sentry takes errors: `https://<key>@<host>/<project>`.

https://develop.sentry.dev/sdk/foundations/transport/authentication/
"""

import re
from dataclasses import dataclass, field
from typing import Self
from urllib.parse import urlsplit

_PATH = re.compile(r"(?P<before>(?:/[\w.~-]+)*)/(?P<project>\d+)/?")
_KEY = re.compile(r"[\w-]{1,128}")


class BadDsnError(ValueError):
    """Quotes nothing of it."""


@dataclass(frozen=True)
class Dsn:
    host: str
    """Without a port, in lower case."""
    address: str
    """With it, where there is one."""
    url: str = field(repr=False)
    """Of envelopes."""
    key: str = field(repr=False)

    @classmethod
    def parse(cls, written: str) -> Self:
        """Raises BadDsnError."""
        try:
            parts = urlsplit(written.strip())
            port = f":{parts.port}" if parts.port else ""
        except ValueError:
            raise BadDsnError("the DSN is no URL") from None
        path, key, host = _PATH.fullmatch(parts.path), parts.username or "", parts.hostname or ""
        if parts.scheme not in ("https", "http") or not host or not path or not _KEY.fullmatch(key):
            raise BadDsnError("the DSN is not of the form https://<key>@<host>/<project's number>")
        host_and_port = f"[{host}]{port}" if ":" in host else f"{host}{port}"
        url = f"{parts.scheme}://{host_and_port}{path['before']}/api/{path['project']}/envelope/"
        return cls(host, host_and_port, url, key)
