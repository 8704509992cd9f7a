"""Whether an answer is what its endpoint should give."""

import json
from codecs import BOM_UTF8
from typing import Any

import jmespath  # type: ignore[import-untyped]  # it ships no types
from jmespath.exceptions import JMESPathError  # type: ignore[import-untyped]  # the same

from lambdas.health_check.endpoints import Comparison, Condition, Endpoint
from lambdas.health_check.health_body import failing_checks, is_failing, named_checks
from lambdas.shared.guarded_http.errors import ProbeError
from lambdas.shared.guarded_http.exchange import Head
from lambdas.shared.guarded_http.observation import Observation
from lambdas.vocabulary.endpoints import Reason, State

_NOT_JSON = object()
_MAX_SHOWN = 80


def is_expected(endpoint: Endpoint, status: int) -> bool:
    return any(status in statuses for statuses in endpoint.expected_status)


def judge_status(endpoint: Endpoint, head: Head, body: bytes, seen: Observation) -> None:
    """Raises ProbeError for a status that is not expected, naming the checks that the body says are failing."""
    if is_expected(endpoint, head.status):
        return
    document = _document(head, body)
    if document is not _NOT_JSON:
        seen.failing_checks = failing_checks(document)
    failing = f"; failing: {', '.join(seen.failing_checks)}" if seen.failing_checks else ""
    raise ProbeError(Reason.WRONG_STATUS, f"it answered {head.status}{failing}")


def judge_body(endpoint: Endpoint, head: Head, body: bytes, seen: Observation) -> tuple[State, str]:
    """UP or DEGRADED with what is said of it; raises ProbeError for a body that does not meet the conditions."""
    document = _document(head, body)
    if document is _NOT_JSON and head.is_json and body:
        raise ProbeError(Reason.WRONG_BODY, "its body says that it is JSON and is not")
    for condition in endpoint.conditions:
        _require(condition, document, body)
    seen.named_checks = named_checks(document)
    if document is _NOT_JSON or not is_failing(document):
        return State.UP, ""
    seen.failing_checks = failing_checks(document)
    return State.DEGRADED, f"failing: {', '.join(seen.failing_checks) or _shown(document.get('status'))}"


def _document(head: Head, body: bytes) -> Any:
    """The body as JSON, whatever it calls itself; _NOT_JSON when it is none."""
    # json reads past a byte order mark, as JSON from files often has one.
    if not head.is_json and not body[:64].removeprefix(BOM_UTF8).lstrip().startswith((b"{", b"[")):
        return _NOT_JSON
    try:
        return json.loads(body)
    except (ValueError, RecursionError):  # a body that is nested deeper than Python's stack is no health body
        return _NOT_JSON


def _require(condition: Condition, document: Any, body: bytes) -> None:
    if condition.path is None:
        if condition.value not in body.decode(errors="replace"):
            raise ProbeError(Reason.WRONG_BODY, f"its body does not contain {_shown(condition.value)}")
        return
    if document is _NOT_JSON:
        raise ProbeError(Reason.WRONG_BODY, "its body is not JSON")
    try:
        value = jmespath.search(condition.path, document)
    except (JMESPathError, RecursionError) as error:
        raise ProbeError(Reason.WRONG_BODY, f"{condition.path} cannot be worked out on its body") from error
    if not _holds(condition, value):
        expected = f"{condition.comparison} {_shown(condition.value)}"
        raise ProbeError(Reason.WRONG_BODY, f"{condition.path} is {_shown(value)} (expected: {expected})")


def _holds(condition: Condition, value: Any) -> bool:
    if condition.comparison is Comparison.EQUALS:
        # In Python, True equals 1; in JSON it does not.
        return bool(value == condition.value) and isinstance(value, bool) == isinstance(condition.value, bool)
    if condition.comparison is Comparison.BELOW:
        return isinstance(value, int | float) and not isinstance(value, bool) and value < condition.value
    if isinstance(value, str):
        return isinstance(condition.value, str) and condition.value in value
    return isinstance(value, list) and condition.value in value


def _shown(value: Any) -> str:
    """As JSON on one line, cut short; what a server sent may be anything."""
    if isinstance(value, dict | list):
        return f"{'an object' if isinstance(value, dict) else 'a list'} of {len(value)}"
    text = json.dumps(value)
    return text if len(text) <= _MAX_SHOWN else text[:_MAX_SHOWN] + "…"
