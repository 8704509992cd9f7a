"""Where a redirect leads, read as browsers read it: by the WHATWG's URL standard, where servers stray from RFC 3986."""

import re
from urllib.parse import SplitResult, quote, unquote, urljoin, urlsplit

from lambdas.shared.guarded_http.errors import ProbeError
from lambdas.vocabulary.endpoints import Reason

_SAFE = "%/:=&?~#+!$,;'@()*[]"
_QUERY_OR_FRAGMENT = re.compile("[?#]")
_HOST = re.compile(r"[a-z0-9._-]+")


def resolved(url: SplitResult, written: str) -> SplitResult:
    """The URL that a Location header means at `url`, without its fragment; raises ProbeError when it means none.

    `written` is the header's value, its bytes as Latin-1.
    """
    try:
        there = urlsplit(urljoin(url.geturl(), _quoted(written)))._replace(fragment="")
        there = _with_ascii_host(there) if there.hostname else there
        port = there.port
    except ValueError as error:
        raise ProbeError(Reason.REDIRECT, "it redirects to what is no URL") from error
    if port == 0:
        raise ProbeError(Reason.REDIRECT, "it redirects to port 0, where nothing can listen")
    if there.scheme in ("http", "https") and not there.hostname:
        raise ProbeError(Reason.REDIRECT, "it redirects to what is no URL")
    return there


def _quoted(written: str) -> str:
    """Quotes each byte once; backslashes before the query become slashes, and tabs are removed."""
    written = written.replace("\t", "")
    found = _QUERY_OR_FRAGMENT.search(written)
    path = written[: found.start()] if found else written
    return quote((path.replace("\\", "/") + written[len(path) :]).encode("latin-1"), safe=_SAFE)


def _with_ascii_host(there: SplitResult) -> SplitResult:
    """A host in other letters is its name in DNS; raises ValueError for what is no host."""
    host = there.hostname or ""
    if "%" not in host or ":" in host:
        return there
    name = unquote(host, errors="strict").encode("idna").decode()
    if not _HOST.fullmatch(name):
        raise ValueError("no host")
    user, at, _ = there.netloc.rpartition("@")
    port = "" if there.port is None else f":{there.port}"
    return there._replace(netloc=f"{user}{at}{name}{port}")
