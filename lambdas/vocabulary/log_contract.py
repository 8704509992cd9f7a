"""What the API's log lines hold: the words that its code writes and that filters, queries and the validator read.

docs/log-contract.md explains them to those who write the lines.
"""

from enum import StrEnum
from typing import Final


class Event(StrEnum):
    """What a line tells.  A line without an event is an ordinary remark."""

    REQUEST = "request"
    """A request was answered."""
    ERROR = "error"
    """Something failed that should not have."""
    LOGIN_FAILED = "login_failed"
    SUSPICIOUS_REQUEST = "suspicious_request"
    """Nobody who uses the API would send this."""
    PRIVILEGE_CHANGE = "privilege_change"
    """Somebody may do more, or less, from now on."""
    DEPLOY = "deploy"
    """This release serves from now on."""


class Field(StrEnum):
    TIME = "time"
    LEVEL = "level"
    SERVICE = "service"
    ENVIRONMENT = "environment"
    RELEASE = "release"
    MESSAGE = "message"
    EVENT = "event"
    REQUEST_ID = "request_id"
    METHOD = "method"
    ROUTE = "route"
    STATUS = "status"
    DURATION_MS = "duration_ms"
    ERROR_TYPE = "error.type"
    ERROR_MESSAGE = "error.message"
    ERROR_STACK = "error.stack"
    CLIENT = "client"
    USER = "user"
    REASON = "reason"
    CHANGE = "change"
    LOAD_TEST = "load_test"
    """True in the line of a request that bears the mark of a load test."""

    @property
    def in_filters(self) -> str:
        """As a filter pattern names it."""
        return f"$.{self}"


NO_ROUTE: Final = "none"
"""The route of a request that no route of the API answers."""
LEVELS: Final = ("debug", "info", "warning", "error", "critical")

IN_EVERY_LINE: Final = (
    Field.TIME,
    Field.LEVEL,
    Field.SERVICE,
    Field.ENVIRONMENT,
    Field.RELEASE,
    Field.MESSAGE,
)
_OF_A_REQUEST = (Field.REQUEST_ID, Field.METHOD, Field.ROUTE)

REQUIRED: Final[dict[Event, tuple[Field, ...]]] = {
    Event.REQUEST: (*_OF_A_REQUEST, Field.STATUS, Field.DURATION_MS),
    Event.ERROR: (Field.ERROR_TYPE, Field.ERROR_MESSAGE, Field.ERROR_STACK),
    Event.LOGIN_FAILED: (Field.REQUEST_ID, Field.CLIENT, Field.USER),
    Event.SUSPICIOUS_REQUEST: (*_OF_A_REQUEST, Field.CLIENT, Field.REASON),
    Event.PRIVILEGE_CHANGE: (Field.REQUEST_ID, Field.CLIENT, Field.USER, Field.CHANGE),
    Event.DEPLOY: (),
}
"""What a line of each event holds besides what every line holds.  An error outside any request has no request id."""
