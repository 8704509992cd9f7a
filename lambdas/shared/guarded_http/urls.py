"""Which URLs may be asked for."""

from urllib.parse import SplitResult, urlsplit

PORTS = {"http": 80, "https": 443}


def check_url(url: str) -> None:
    """Raises ValueError for what cannot be asked for, or holds a secret."""
    parts = urlsplit(url)
    if parts.scheme not in PORTS or not parts.hostname:
        raise ValueError(f"url {url!r} is not http:// or https:// with a host")
    if parts.username is not None or parts.password is not None:
        raise ValueError("its url holds a user or password (send a header that refers to a secret)")
    if not url.isascii() or not url.isprintable() or " " in url:
        raise ValueError("its url has characters that must be percent-encoded")
    if parts.port == 0:  # or raises ValueError for a port that is none
        raise ValueError("its url has port 0, where nothing can listen")


def port_of(url: SplitResult) -> int:
    return url.port or PORTS[url.scheme]
