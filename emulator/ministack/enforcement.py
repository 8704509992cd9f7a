"""The switch from deploying to running: IAM is enforced from the moment this path is posted to."""

from typing import Any

from ministack import app
from ministack.core import lambda_runtime

from emulator.ministack import control

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
    _end_environments_of_root()
    return {}


def _end_environments_of_root() -> None:
    """A function that ran before holds the account's own credentials for as long as its environment lives.

    One that is running now ends its work and is not used again.
    """
    with lambda_runtime._lock:
        warm = [worker for workers in lambda_runtime._workers.values() for worker in workers]
        lambda_runtime._workers.clear()
    lambda_runtime.kill_workers([worker for worker in warm if not worker.in_use])


def _as_over_tls(scope: Any) -> Any:
    """Policies that refuse plain HTTP see what they would at AWS, whose endpoints are called over TLS.

    Here the calls stay on the loopback, and TLS on it would protect nothing.
    """
    return {**scope, "scheme": "https"} if scope["type"] == "http" else scope
