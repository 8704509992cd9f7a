"""Services call each other over TLS, also outside any request.

An alarm that is evaluated in the background publishes to a topic, and the topic to a queue that refuses plain HTTP.
"""

from contextvars import ContextVar

from ministack.core import iam_evaluator


def register() -> None:
    iam_evaluator._request_origin = ContextVar("request_origin", default=("127.0.0.1", True))
