"""Paths on the account that AWS does not have: how a drill controls the account itself."""

import json
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from ministack import app

Answer = Callable[[dict[str, Any]], Any]
"""Takes the JSON document that was posted; ValueError and KeyError are the caller's mistakes."""
PATHS: dict[str, Answer] = {}
PREFIX = "/_embedded/"


def register() -> None:
    """Answer on `PATHS` before MiniStack does."""
    serve = app.app

    async def application(scope: Any, receive: Any, send: Any) -> None:
        answer = PATHS.get(scope["path"]) if scope["type"] == "http" and scope["method"] == "POST" else None
        if answer is None:
            await serve(scope, receive, send)
            return
        status, document = _answer(answer, await _body(receive))
        headers = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": json.dumps(document).encode()})

    app.app = application


def _answer(answer: Answer, body: bytes) -> tuple[int, Any]:
    try:
        return HTTPStatus.OK, answer(json.loads(body or b"{}"))
    except KeyError as error:
        return HTTPStatus.BAD_REQUEST, {"error": f"there is no {error}"}
    except ValueError as error:
        return HTTPStatus.BAD_REQUEST, {"error": str(error)}


async def _body(receive: Any) -> bytes:
    body, more = b"", True
    while more:
        message = await receive()
        body, more = body + message.get("body", b""), message.get("more_body", False)
    return body
