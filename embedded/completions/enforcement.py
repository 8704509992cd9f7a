"""The switch from deploying to running: IAM is enforced from the moment this path is posted to."""

from typing import Any

from ministack import app

from embedded.completions import control

PATH = f"{control.PREFIX}enforce-iam"


def register() -> None:
    """There is no way to switch enforcement off again."""
    control.PATHS[PATH] = enforce
    serve = app.app

    async def application(scope: Any, receive: Any, send: Any) -> None:
        await serve(_as_over_tls(scope), receive, send)

    app.app = application


def enforce(_request: dict[str, Any]) -> dict[str, Any]:
    app.AUTH = True
    return {}


def _as_over_tls(scope: Any) -> Any:
    """Policies that refuse plain HTTP see what they would at AWS, whose endpoints are called over TLS.

    Here the calls stay on the loopback, and TLS on it would protect nothing.
    """
    return {**scope, "scheme": "https"} if scope["type"] == "http" else scope
