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
            await serve(scope, receive, send)

    app.app = application
