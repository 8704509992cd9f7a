"""The switch from deploying to running: IAM is enforced from the moment this path is posted to."""

from typing import Any

from ministack import app

PATH = "/_embedded/enforce-iam"


def register() -> None:
    """Answer on `PATH` before MiniStack does. There is no way to switch enforcement off again."""
    serve = app.app

    async def application(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http" and (scope["method"], scope["path"]) == ("POST", PATH):
            app.AUTH = True
            await send({"type": "http.response.start", "status": 204, "headers": []})
            await send({"type": "http.response.body", "body": b""})
        else:
            await serve(_as_over_tls(scope), receive, send)

    app.app = application


def _as_over_tls(scope: Any) -> Any:
    """Policies that refuse plain HTTP see what they would at AWS, whose endpoints are called over TLS.

    Here the calls stay on the loopback, and TLS on it would protect nothing.
    """
    return {**scope, "scheme": "https"} if scope["type"] == "http" else scope
