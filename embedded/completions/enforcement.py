"""The switch from deploying to running: IAM is enforced from the moment this path is posted to."""

from collections.abc import Callable
from typing import Any

from ministack import app

PATH = "/_embedded/enforce-iam"


def enforce() -> bytes:
    """There is no way to switch enforcement off again."""
    app.AUTH = True
    return b""


ANSWERS: dict[tuple[str, str], Callable[[], bytes]] = {("POST", PATH): enforce}
"""What is answered before MiniStack is asked, by method and path."""


def register() -> None:
    serve = app.app

    async def application(scope: Any, receive: Any, send: Any) -> None:
        answer = ANSWERS.get((scope["method"], scope["path"])) if scope["type"] == "http" else None
        if answer:
            body = answer()
            await send({"type": "http.response.start", "status": 200 if body else 204, "headers": []})
            await send({"type": "http.response.body", "body": body})
        else:
            await serve(_as_over_tls(scope), receive, send)

    app.app = application


def _as_over_tls(scope: Any) -> Any:
    """Policies that refuse plain HTTP see what they would at AWS, whose endpoints are called over TLS.

    Here the calls stay on the loopback, and TLS on it would protect nothing.
    """
    return {**scope, "scheme": "https"} if scope["type"] == "http" else scope
