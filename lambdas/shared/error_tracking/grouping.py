"""Which events are of one kind: version 1.

1. The client's fingerprint, in which `{{ default }}` stands for what follows.
2. The outermost exception; of a group of exceptions the types of its children, too.
3. Its type, and up to five of the application's own frames nearest to the error: path and function, no line numbers.
4. The SQLSTATE, the error code and the HTTP status, where it has them.
5. The message without what differs between events, where there is no own frame, or the frames are not the error's, or
   it is a client library's, whose errors differ by their message alone.

A change of what is here changes hashes: it is a new version.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from lambdas.shared.error_tracking.frames import LONGEST_PATH, Frame, own_frames
from lambdas.shared.error_tracking.items import in_one_line
from lambdas.shared.error_tracking.normalise import normalised
from lambdas.vocabulary.error_tracking import Event

VERSION: Final = 1
LONGEST_TITLE: Final = 200
LONGEST_TYPE: Final = 200
MOST_VALUES: Final = 50
"""Exceptions of one event that are looked at."""
MOST_FINGERPRINTS: Final = 20
LONGEST_SEARCHED: Final = 1000
"""Characters of a message in which codes are looked for."""

_DEFAULT = re.compile(r"^\{\{\s*default\s*\}\}$")
_CLIENT_LIBRARY_TYPES = re.compile(
    r"^(?:error|DatabaseError|PostgresError|OperationalError|ProgrammingError|InternalError|AxiosError|FetchError"
    r"|HTTPError|RequestError|StatusCodeError|ReplyError|RedisError|Mongo\w*Error|Sequelize\w*Error|QueryFailedError"
    r"|Prisma\w*Error|ClientError|BotoCoreError|S3ServiceException|\w*ServiceException|Non\w*Error|UnhandledRejection"
    r"|Unhandled\w*)$"
)
_CLIENT_LIBRARY_PATHS = re.compile(
    r"(?:node_modules|site-packages)/(?:\.pnpm/[^/]+/node_modules/)?(?:pg|pg-\w+|postgres|mysql2?|mongodb|redis|ioredis"
    r"|@redis|axios|got|node-fetch|undici|superagent|knex|sequelize|typeorm|@prisma|@aws-sdk|@smithy|botocore|psycopg\w*"
    r"|asyncpg|sqlalchemy|requests|urllib3|httpx|aiohttp)/"
)
_IN_MESSAGE = re.compile(
    r"\bSQLSTATE\W{0,3}(?P<state>[0-9A-Z]{5})\b"
    r"|\b(?P<code>E[A-Z]{4,15}|ERR_[A-Z_]{3,50})\b"
    r"|\b(?:[Ss]tatus(?: [Cc]ode)?|HTTP(?:/\d(?:\.\d)?)?)[ :=]{1,3}(?P<status>[1-5]\d\d)\b"
)
_CODES: Final = frozenset({"sqlstate", "sqlState", "code", "errno", "status", "statusCode", "status_code"})
_CODES_ANYWHERE: Final = frozenset({"sqlstate", "errno", "http.status_code"})
"""Where the application puts what it likes, `code` and `status` may be anything, and another for each event."""
_CODE = re.compile(r"-?\d{1,6}|[A-Z][A-Z0-9_]{2,50}|[0-9A-Z]{5}")
_GROUPS = frozenset({"AggregateError", "ExceptionGroup", "BaseExceptionGroup"})
_CAUSES = frozenset({"cause", "__cause__", "__context__"})


class Group(NamedTuple):
    hash: str
    """32 hexadecimal digits."""
    version: int
    title: str
    culprit: str
    """Where it happened: the function and file of the innermost own frame; else what was being done."""


class _Failure(NamedTuple):
    """What is looked at of an event."""

    kind: str = ""
    message: str = ""
    frames: tuple[Frame, ...] = ()
    children: tuple[str, ...] = ()
    child_messages: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    by_message: bool = True


def group(event: Event) -> Group:
    """The event is scrubbed; whatever its form, it has a group."""
    failure = _failure(event)
    parts = _fingerprint(event, failure) or _default(failure)
    digest = hashlib.blake2b("\x1f".join(parts).encode("utf-8", "replace"), digest_size=16, salt=b"v1")
    return Group(digest.hexdigest(), VERSION, _title(failure), _culprit(event, failure))


def exceptions(event: Event) -> list[Mapping[str, Any]]:
    """As Sentry orders them: a cause stands before what it caused."""
    written = event.get("exception")
    values = written.get("values") if isinstance(written, dict) else written
    if not isinstance(values, list):
        return [written] if isinstance(written, dict) and "value" in written else []
    return [value for value in values[-MOST_VALUES:] if isinstance(value, dict)]


def outermost(values: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    """The one without a parent, where they say whose child they are; else the last."""
    numbered = [value for value in values if isinstance(_mechanism(value).get("exception_id"), int)]
    roots = [value for value in numbered if _mechanism(value).get("parent_id") is None]
    return roots[-1] if len(numbered) == len(values) and roots else values[-1]


def frames_of(exception: Mapping[str, Any]) -> list[Any]:
    stack = exception.get("stacktrace")
    frames = stack.get("frames") if isinstance(stack, dict) else None
    return frames if isinstance(frames, list) else []


def _failure(event: Event) -> _Failure:
    values = exceptions(event)
    if not values:
        return _Failure(message=_message(event), codes=_codes(event, {}, ""))
    error = outermost(values)
    kind, message = _text(error.get("type"))[:LONGEST_TYPE], _text(error.get("value"))
    frames = frames_of(error)
    own = tuple(own_frames(frames))
    children = [value for value in values if value is not error and _is_child(value, error)]
    return _Failure(
        kind,
        message or (_message(event) if not kind else ""),
        own,
        tuple(sorted({_text(child.get("type")) for child in children})),
        tuple(_text(child.get("value")) for child in children),
        _codes(event, error, message),
        not own or not kind or _is_synthetic(error) or _is_client_library(kind, frames),
    )


def _default(failure: _Failure) -> list[str]:
    parts = [failure.kind, *failure.children, *(part for frame in failure.frames for part in frame), *failure.codes]
    return [*parts, normalised(failure.message)] if failure.by_message else parts


def _fingerprint(event: Event, failure: _Failure) -> list[str]:
    """Empty where the client gave none, or the default."""
    given = event.get("fingerprint")
    parts = given[:MOST_FINGERPRINTS] if isinstance(given, list) else []
    written = [str(part)[:LONGEST_TITLE] for part in parts if isinstance(part, str | int | float)]
    if all(_DEFAULT.match(part) for part in written):
        return []
    found = ["fingerprint"]
    for part in written:
        found += _default(failure) if _DEFAULT.match(part) else [part]
    return found


def _message(event: Event) -> str:
    """The template, where the client sends one: it is the same for all values."""
    for name in ("logentry", "message"):
        match event.get(name):
            case dict() as entry:
                if found := _text(entry.get("message")) or _text(entry.get("formatted")):
                    return found
            case str() as text if text:
                return text
    return ""


def _is_child(value: Mapping[str, Any], error: Mapping[str, Any]) -> bool:
    """Whether it is one of the several errors that a group holds, such as of an AggregateError; a cause is none."""
    mechanism, parent = _mechanism(value), _mechanism(error)
    grouped = parent.get("is_exception_group") is True or _text(error.get("type")) in _GROUPS
    is_part = mechanism.get("parent_id") == parent.get("exception_id")
    return grouped and is_part and _text(mechanism.get("source")) not in _CAUSES


def _is_synthetic(error: Mapping[str, Any]) -> bool:
    """Whether the frames are the client's own: something was thrown that has no stack."""
    return _mechanism(error).get("synthetic") is True


def _is_client_library(kind: str, frames: Sequence[Any]) -> bool:
    if _CLIENT_LIBRARY_TYPES.match(kind):
        return True
    innermost = frames[-1] if frames else None
    if not isinstance(innermost, dict):
        return False
    path = _text(innermost.get("abs_path")) or _text(innermost.get("filename"))
    if "node_modules" not in path and "site-packages" not in path:
        return False
    return bool(_CLIENT_LIBRARY_PATHS.search(path[:LONGEST_PATH].replace("\\", "/")))


def _codes(event: Event, error: Mapping[str, Any], message: str) -> tuple[str, ...]:
    found = {match[match.lastgroup or 0] for match in _IN_MESSAGE.finditer(message[:LONGEST_SEARCHED])}
    for where, names in _places(event, error):
        for name in names & where.keys():
            if code := _code(where[name]):
                found.add(code)
    return tuple(sorted(found))


def _places(event: Event, error: Mapping[str, Any]) -> Iterator[tuple[Mapping[str, Any], frozenset[str]]]:
    """Where clients put the properties of an error, and which of them are codes there."""
    kind = _text(error.get("type"))
    if contexts := _mapping(event.get("contexts")):
        yield _mapping(contexts.get("response")), _CODES
        yield _mapping(contexts.get(kind)) if error else {}, _CODES
    if mechanism := _mechanism(error):
        yield _mapping(mechanism.get("data")), _CODES
        if meta := _mapping(mechanism.get("meta")):
            yield {"errno": _mapping(meta.get("errno")).get("number")}, _CODES
    if error and (extra := _mapping(event.get("extra"))):
        yield _mapping(extra.get(kind)), _CODES
        yield extra, _CODES_ANYWHERE
    if error and (tags := _tags(event)):
        yield tags, _CODES_ANYWHERE


def _code(written: Any) -> str:
    """Empty for what is none."""
    if not isinstance(written, int | str) or isinstance(written, bool):
        return ""
    text = str(written)[:60]
    return text if _CODE.fullmatch(text) else ""


def _tags(event: Event) -> Mapping[str, Any]:
    match event.get("tags"):
        case dict() as tags:
            return tags
        case [*pairs]:
            return {str(pair[0]): pair[1] for pair in pairs[:100] if isinstance(pair, list) and pair[1:]}
    return {}


def _title(failure: _Failure) -> str:
    message = failure.message.strip() or ", ".join(filter(None, failure.child_messages))
    first = message.partition("\n")[0][:LONGEST_TYPE].strip()
    kind = failure.kind or ("" if first else "Error")
    return _shortened(": ".join(filter(None, (kind, first))))


def _culprit(event: Event, failure: _Failure) -> str:
    if not failure.frames:
        return _shortened(_text(event.get("transaction"))[:LONGEST_TYPE])
    path, function = failure.frames[-1]
    return _shortened(f"{function} ({path})" if function else path)


def _shortened(text: str) -> str:
    line = in_one_line(text)
    return line if len(line) <= LONGEST_TITLE else f"{line[: LONGEST_TITLE - 1]}…"


def _mechanism(value: Mapping[str, Any]) -> Mapping[str, Any]:
    return _mapping(value.get("mechanism"))


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
