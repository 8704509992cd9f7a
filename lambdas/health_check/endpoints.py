"""The endpoints to probe, as the deployed package `monitored_endpoints` lists them.

`endpoints.json` in that package is a list of objects whose keys are the fields of `Endpoint`; a field that is left out
has the default given here.  An optional `authorities.pem` beside it holds further certificate authorities to trust.

    [{"name": "api", "url": "https://api.example.com/health",
      "headers": {"Authorization": {"secret": "prod/probe-token"}},
      "expected_status": [200, "300-399"],
      "conditions": [{"path": "checks.queue.depth", "below": 100}, {"contains": "ready"}]}]
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from importlib.resources.abc import Traversable
from typing import Any, Literal, get_args

import jmespath  # type: ignore[import-untyped]  # it ships no types
from jmespath.exceptions import JMESPathError  # type: ignore[import-untyped]  # the same

from lambdas.shared.guarded_http.headers import Headers, headers_from
from lambdas.shared.guarded_http.urls import check_url

PACKAGE = "monitored_endpoints"
ENDPOINTS = "endpoints.json"
AUTHORITIES = "authorities.pem"

Method = Literal["GET", "HEAD", "POST", "OPTIONS"]
METHODS = get_args(Method)
SUCCESSFUL = range(200, 300)
DEFAULT_STATUSES = (f"{SUCCESSFUL.start}-{SUCCESSFUL.stop - 1}",)
"""As the file writes it."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._-]{0,63}")
_STATUSES = re.compile(r"([1-9]\d\d)(?:-([1-9]\d\d))?")  # some send 999; HTTP's grammar has three digits


class BadEndpointError(Exception):
    """An entry cannot be probed as it is written; the message names the entry, the fault and what would do."""


class Comparison(StrEnum):
    EQUALS = "equals"
    CONTAINS = "contains"
    BELOW = "below"


@dataclass(frozen=True)
class Condition:
    """What the body must say, or the endpoint is down with a wrong body.

    `{"path": "status", "equals": "ok"}`: the value at the path is this string, number, boolean or null.
    `{"path": "roles", "contains": "primary"}`: the text at the path has this part, or the list there this element.
    `{"path": "queue.depth", "below": 100}`: the number at the path is smaller.
    `{"contains": "Welcome"}`: without a path, the body's text has this part.

    A path is a JMESPath expression: `checks.database.status`, `nodes[0].role`, `"a-dashed-key".value`.
    """

    path: str | None
    comparison: Comparison
    value: Any


@dataclass(frozen=True)
class Endpoint:
    """One URL to probe, and what is expected of it."""

    name: str
    """Unique; 1-64 letters, digits, spaces, dots, dashes and underscores: the metrics' dimension and the alarm's
    word."""
    url: str
    """http or https, with a host, without user and password."""
    method: Method = "GET"
    """One of METHODS; no body is sent."""
    headers: Headers = field(default_factory=dict)
    """Sent to the origin of `url` only, never to where it redirects."""
    expected_status: tuple[range, ...] = (SUCCESSFUL,)
    """In the file a list of numbers and strings: `[200, "300-399"]`, both ends included.  Redirects are followed
    unless their status is expected."""
    timeout_s: float = 30
    """Seconds for everything together, redirects too; above 0, at most 60."""
    slow_s: float = 3
    """Seconds in all from which an answer is slow; above 0, below `timeout_s`."""
    conditions: tuple[Condition, ...] = ()
    certificate_warning_days: tuple[int, ...] = (30, 7)
    """Days before its certificate's end at which an alarm is raised: low for the first, high for the last."""
    public: bool = True
    """Whether the public status page shows it."""
    group: str = ""
    """Under which heading of the status page it stands; of no other meaning."""
    allow_private: bool = False
    """Whether the host of `url` (by its name, no other host) may lie on a private or loopback address."""
    max_body_bytes: int = 1_000_000
    """A larger body is not read to its end: the endpoint is down, too large.  At most 1 000 000."""


def endpoints_in(folder: Traversable) -> tuple[Endpoint, ...]:
    """The endpoints of `folder`/endpoints.json; raises BadEndpointError naming the first entry that is wrong."""
    try:
        entries = json.loads(folder.joinpath(ENDPOINTS).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BadEndpointError(f"{ENDPOINTS} cannot be read: {error} (deploy the endpoints' layer again)") from error
    if not isinstance(entries, list):
        raise BadEndpointError(f"{ENDPOINTS} is not a list of endpoints (deploy the endpoints' layer again)")
    endpoints = tuple(endpoint_from(entry) for entry in entries)
    names = [endpoint.name for endpoint in endpoints]
    if repeated := {name for name in names if names.count(name) > 1}:
        raise BadEndpointError(f"endpoint {min(repeated)!r} stands there twice (give each a name of its own)")
    return endpoints


def endpoint_from(entry: Any) -> Endpoint:
    """One endpoint of its JSON object; raises BadEndpointError."""
    if not isinstance(entry, dict):
        raise BadEndpointError(f"{entry!r} is not an endpoint (write an object with at least a name and a url)")
    try:
        endpoint = Endpoint(**{key: _READERS.get(key, _as_is)(value) for key, value in entry.items()})
        _check(endpoint)
    except (TypeError, ValueError, KeyError, AttributeError) as error:
        reason = str(error).removeprefix("Endpoint.__init__() ")
        raise BadEndpointError(f"endpoint {entry.get('name', '(without a name)')!r}: {reason}") from error
    return endpoint


def authorities_in(folder: Traversable) -> str | None:
    """The PEM of further authorities to trust, if the folder holds one."""
    pem = folder.joinpath(AUTHORITIES)
    return pem.read_text(encoding="ascii") if pem.is_file() else None


def _check(endpoint: Endpoint) -> None:
    if not _NAME.fullmatch(endpoint.name):
        raise ValueError("its name is not 1-64 letters, digits, spaces, dots, dashes and underscores")
    if endpoint.method not in METHODS:
        raise ValueError(f"method {endpoint.method!r} is not one of {', '.join(METHODS)}")
    if not 0 < endpoint.slow_s < endpoint.timeout_s <= 60:  # noqa: PLR2004 - the documented limit
        raise ValueError("slow_s and timeout_s must be 0 < slow_s < timeout_s <= 60")
    if not 0 < endpoint.max_body_bytes <= 1_000_000:  # noqa: PLR2004 - the documented limit
        raise ValueError("max_body_bytes is not within 1 and 1000000")
    if not endpoint.expected_status:
        raise ValueError("expected_status is empty (leave it out for 200-299)")
    check_url(endpoint.url)


def _expected_status(written: list[int | str]) -> tuple[range, ...]:
    return tuple(_status_range(str(status)) for status in written)


def _status_range(written: str) -> range:
    found = _STATUSES.fullmatch(written)
    if not found:
        raise ValueError(f"expected_status {written!r} is neither like 200 nor like '200-299'")
    first, last = int(found[1]), int(found[2] or found[1])
    if last < first:
        raise ValueError(f"expected_status {written!r} ends before it begins")
    return range(first, last + 1)


def _conditions(written: list[dict[str, Any]]) -> tuple[Condition, ...]:
    return tuple(_condition(dict(condition)) for condition in written)


def _condition(written: dict[str, Any]) -> Condition:
    path = written.pop("path", None)
    if len(written) != 1 or not written.keys() <= set(Comparison):
        raise ValueError(f"a condition has not exactly one of {', '.join(Comparison)}")
    ((comparison, value),) = written.items()
    if comparison == Comparison.BELOW and (not isinstance(value, int | float) or isinstance(value, bool)):
        raise ValueError("a condition's 'below' is not a number")
    if path is None and not (comparison == Comparison.CONTAINS and isinstance(value, str)):
        raise ValueError("a condition without a path can only be 'contains' with a text")
    if path is not None:
        _check_path(path)
    return Condition(path, Comparison(comparison), value)


def _check_path(path: str) -> None:
    try:
        jmespath.compile(path)
    except JMESPathError as error:
        reason = str(error).partition("\n")[0]
        raise ValueError(f"condition path {path!r} is not a JMESPath expression: {reason}") from error


def _as_is(value: Any) -> Any:
    return value


_READERS: dict[str, Callable[[Any], Any]] = {
    "headers": headers_from,
    "expected_status": _expected_status,
    "conditions": _conditions,
    "certificate_warning_days": tuple,
}
