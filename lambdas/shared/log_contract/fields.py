"""What each field of the contract may hold, and what to do where it holds something else."""

from typing import Final

from lambdas.shared.log_contract.kinds import Kind, Number, OneOf, Text, YesOrNo
from lambdas.vocabulary.log_contract import LEVELS, NO_ROUTE, Event, Field

LONGEST_REQUEST_MS = 86_400_000
_VERSION = r"v\d{1,4}(?:[.-]\d{1,2}){0,2}"
"""v2024, v3.1: an API's version, which is the same in every request."""
_DATED = r"/\d{4}-\d\d-\d\d(?=/)"
"""/2024-11-01/orders: the same, at the start."""
_SEGMENT_OF_DATA = r"[^/]*\d{3,}[^/]*|[0-9]+|[0-9a-fA-F-]{32,}"
"""A segment of a path that looks like a number, an identifier or a hash: a route template would have a name there."""

FIELDS: Final[dict[Field, Kind]] = {
    Field.TIME: Text(
        "an ISO 8601 time with its zone, such as 2026-11-22T09:05:01.123Z",
        "write it as the clock's UTC time with Z at its end",
        r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)",
    ),
    Field.LEVEL: OneOf(LEVELS, "map the logger's own levels to these words"),
    Field.SERVICE: Text("the name of the service", "set it once, where the logger is made"),
    Field.ENVIRONMENT: Text("the environment's name", "set it once, from the variable ENVIRONMENT", r"[a-z][a-z0-9-]*"),
    Field.RELEASE: Text("the release that is running", "set it once, from the variable RELEASE"),
    Field.MESSAGE: Text("a text for people", "say in a few words what happened"),
    Field.EVENT: OneOf(tuple(Event), "leave it out of an ordinary remark"),
    Field.REQUEST_ID: Text(
        "1 to 128 letters, digits, dots, dashes, underscores and colons",
        "take the header X-Request-Id if it looks like this, or make a UUID",
        r"[A-Za-z0-9._:=-]{1,128}",
    ),
    Field.METHOD: Text(
        "a method of HTTP or WebDAV in upper case, such as GET or PROPFIND",
        "write it in upper case; what is no method is the client's, and its request has no line",
        r"[A-Z][A-Z-]{1,31}",
    ),
    Field.ROUTE: Text(
        f"a route template such as /orders/{{number}}, or {NO_ROUTE}",
        "log the router's template, not the path: a path has data of people in it and is never the same twice",
        rf"(?:{_DATED})?(?:/(?!(?!{_VERSION}(?:/|$))(?:{_SEGMENT_OF_DATA})(?:/|$))[^/?#\s]*)+|{NO_ROUTE}",
    ),
    Field.STATUS: Number("a whole number from 100 to 599", "log it as a number, not as a text", 100, 599, whole=True),
    Field.DURATION_MS: Number(
        "a number of milliseconds, 0 or more",
        "take it from a monotonic clock, as a number",
        0,
        LONGEST_REQUEST_MS,
    ),
    Field.ERROR_TYPE: Text("the name of the error's type", "log the error's class name"),
    Field.ERROR_MESSAGE: Text("the error's message", 'write an empty one as "-"'),
    Field.ERROR_STACK: Text("the stack trace", "log the error object, not its message alone"),
    Field.CLIENT: Text(
        "an IP address",
        "log the address that the load balancer saw, without the port",
        r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*",
    ),
    Field.USER: Text(
        "16 to 64 hexadecimal digits",
        "log a keyed hash (HMAC-SHA-256) of the user's name, never the name: people type passwords there",
        r"[0-9a-f]{16,64}",
    ),
    Field.REASON: Text("why the request is suspicious", "say in a few words what was seen"),
    Field.LOAD_TEST: YesOrNo(
        "compare the header X-Load-Test with the mark of the load tests, and leave the field out of all other lines"
    ),
    Field.CHANGE: Text("what was granted or taken away", "say in a few words which role or right changed"),
}
