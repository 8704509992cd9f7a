"""Errors in log lines, as Sentry's clients would send them: the API's, by the log contract, and our own functions'.

What a subscription filter sends:
https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html#LambdaFunctionExample
"""

import base64
import binascii
import hashlib
import json
import re
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from lambdas.error_digest.receive import BadMessageError
from lambdas.error_digest.stacks import frames_of, python_error
from lambdas.shared.error_tracking.scrubbing import scrubbed
from lambdas.vocabulary.error_tracking import OWN_PROJECT, Batch, Event, Source
from lambdas.vocabulary.log_contract import Event as ContractEvent
from lambdas.vocabulary.log_contract import Field

LARGEST: Final = 64 * 1024 * 1024
"""Bytes of what a subscription sends, inflated; CloudWatch sends up to 6 MB at once."""
LONGEST_VALUE: Final = 8_192
LONGEST_EXTRA: Final = 1_024
MOST_EXTRAS: Final = 30
FUNCTION_LOGS: Final = "/aws/lambda/"

_LEVELS = {"CRITICAL": "fatal", "FATAL": "fatal", "ERROR": "error"}
_PLAIN_ERROR = re.compile(r"\A\[(?P<level>ERROR|CRITICAL|FATAL)\]\s*(?P<rest>.*)\Z", re.DOTALL)
_STAMPED = re.compile(r"\A\d{4}-\d\d-\d\dT[\d:.]{8,15}Z\s+[0-9a-f-]{36}\s+")
_TIMEOUT = re.compile(r"Task timed out after \d+(?:\.\d+)? seconds")
_DIED = re.compile(r"RequestId: [0-9a-f-]{36} Error: (?P<reason>Runtime exited[^\n]{0,200}|[^\n]{0,200}signal: killed)")

Line = Mapping[str, Any]


@dataclass(frozen=True)
class LogGroups:
    environment: str
    """Of this system; by it users are hashed."""
    api: str | None
    api_project: str
    ignored: str = ""


def batch_of_log(event: Mapping[str, Any], groups: LogGroups, now: datetime) -> Batch:
    """The errors of a subscription's event, scrubbed; raises BadMessageError for what is no such event."""
    sent = _inflated(event)
    group = str(sent.get("logGroup", ""))
    of_api = group == groups.api
    read = _event_of_api if of_api else _event_of_function
    lines = sent.get("logEvents")
    events = tuple(_events(lines if isinstance(lines, list) else [], read, group, groups.environment))
    if sent.get("messageType") != "DATA_MESSAGE" or group == groups.ignored:
        events = ()
    return Batch(
        groups.api_project if of_api else OWN_PROJECT, Source.API_LOG if of_api else Source.OWN_LOG, now, events
    )


def _inflated(event: Mapping[str, Any]) -> Line:
    try:
        inflate = zlib.decompressobj(wbits=31)
        found = inflate.decompress(base64.b64decode(event["awslogs"]["data"]), LARGEST)
        sent = json.loads(found)
    except (KeyError, TypeError, binascii.Error, zlib.error, ValueError, RecursionError) as error:
        raise BadMessageError(f"a log event that cannot be read: {type(error).__name__}") from None
    if not isinstance(sent, dict):
        raise BadMessageError("a log event that is no object")
    return sent


def _events(lines: Sequence[Any], read: Any, group: str, environment: str) -> Iterator[Event]:
    for line in lines:
        if not isinstance(line, Mapping) or not isinstance(line.get("message"), str):
            continue
        if found := read(line["message"], group):
            at = _moment(line.get("timestamp"))
            identity = hashlib.sha256(f"{group}\n{line.get('id')}".encode("utf-8", "replace")).hexdigest()[:32]
            yield scrubbed({**at, **found, "event_id": identity}, environment)


def _event_of_api(text: str, _group: str) -> Event | None:
    """Of a line of the log contract, when it is an error."""
    line = _object(text)
    error = line.get("error")
    if line.get(Field.EVENT) != ContractEvent.ERROR or not isinstance(error, Mapping):
        return None
    route = " ".join(filter(None, (_text(line, Field.METHOD), _text(line, Field.ROUTE))))
    about = {
        "timestamp": _text(line, Field.TIME),
        "level": "fatal" if line.get(Field.LEVEL) == "critical" else "error",
        "release": _text(line, Field.RELEASE),
        "environment": _text(line, Field.ENVIRONMENT),
        "transaction": route,
        "user": {"id": line[Field.USER]} if isinstance(line.get(Field.USER), str) else None,
        "tags": _strings({name: line.get(name) for name in (Field.REQUEST_ID, Field.SERVICE)}),
        "extra": _extra(line, {*Field, "error"}),
    }
    return _with_exception(about, _text(error, "type"), _text(error, "message"), _text(error, "stack"))


def _event_of_function(text: str, group: str) -> Event | None:
    """Of a line that a function wrote itself, or that Lambda wrote of it."""
    about = {"transaction": group.removeprefix(FUNCTION_LOGS), "platform": "python", "level": "error"}
    if text.lstrip().startswith("{"):
        return _of_structured(_object(text), about)
    if found := _PLAIN_ERROR.match(text):
        return _of_plain(found["rest"], {**about, "level": _LEVELS[found["level"]]})
    if found := _TIMEOUT.search(text):
        return _with_exception(about, "Timeout", found[0], "")
    if found := _DIED.search(text):
        return _with_exception({**about, "level": "fatal"}, "RuntimeExited", found["reason"], "")
    return None


def _of_structured(line: Line, about: Line) -> Event | None:
    """Powertools', or Lambda's own of an error that no handler caught."""
    level = _LEVELS.get(_text(line, "level").upper())
    if _text(line, "errorType"):
        stack = line.get("stackTrace")
        lines = "".join(part for part in stack if isinstance(part, str)) if isinstance(stack, list) else ""
        head = "Traceback (most recent call last):\n"
        return _with_exception(about, _text(line, "errorType"), _text(line, "errorMessage"), head + lines)
    if not level:
        return None
    known = {"level", "message", "exception", "exception_name", "location", "timestamp", "service", "environment"}
    about = {
        **about,
        "level": level,
        "environment": _text(line, "environment"),
        "tags": _strings({"location": line.get("location"), "request_id": line.get("function_request_id")}),
        "extra": _extra(line, known),
    }
    message, trace = _text(line, "message"), _text(line, "exception")
    if not trace:
        return {**_present(about), "logentry": {"message": message[:LONGEST_VALUE]}}
    kind, said = python_error(trace)
    return _with_exception(about, _text(line, "exception_name") or kind, said or message, trace)


def _of_plain(rest: str, about: Line) -> Event:
    """`ValueError: bad` with its traceback below, by Lambda; or a remark of the standard library's logging."""
    text = _STAMPED.sub("", rest.replace("\r\n", "\n").replace("\r", "\n")).strip()
    head, _, below = text.partition("\n")
    kind, said = python_error(head)
    if below or kind.endswith(("Error", "Exception")):
        return _with_exception(about, kind or "Error", said or head, below)
    return {**_present(about), "logentry": {"message": text[:LONGEST_VALUE]}}


def _with_exception(about: Line, kind: str, message: str, stack: str) -> Event:
    value: dict[str, Any] = {"type": kind[:LONGEST_EXTRA], "value": message[:LONGEST_VALUE]}
    if frames := frames_of(stack):
        value["stacktrace"] = {"frames": frames}
    return {**_present(about), "exception": {"values": [value]}}


def _moment(milliseconds: Any) -> dict[str, Any]:
    if not isinstance(milliseconds, int) or isinstance(milliseconds, bool):
        return {}
    try:
        return {"timestamp": datetime.fromtimestamp(milliseconds / 1000, UTC).isoformat()}
    except (ValueError, OverflowError, OSError):
        return {}


def _object(text: str) -> Line:
    try:
        line = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return line if isinstance(line, dict) else {}


def _extra(line: Line, known: set[str]) -> dict[str, Any]:
    """What else the line says, in short."""
    names = [name for name in line if name not in known][:MOST_EXTRAS]
    return {name[:200]: _short(line[name]) for name in names}


def _short(value: Any) -> Any:
    return value if isinstance(value, int | float | bool) or value is None else str(value)[:LONGEST_EXTRA]


def _strings(named: Mapping[str, Any]) -> dict[str, str]:
    return {str(name): value[:200] for name, value in named.items() if isinstance(value, str) and value}


def _present(about: Line) -> dict[str, Any]:
    return {name: value for name, value in about.items() if value}


def _text(line: Line, name: str) -> str:
    value = line.get(name)
    return value if isinstance(value, str) else ""
