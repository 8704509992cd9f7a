"""Events as AWS's own services send them: what is posted to this path goes onto the default event bus.

PutEvents refuses sources that begin with `aws.`, here as at AWS.
"""

import json
from typing import Any

from ministack import app
from ministack.services import eventbridge

PATH = "/_embedded/service-events"


def register() -> None:
    """Answer on `PATH` before MiniStack does: the entries of PutEvents, answered as PutEvents answers."""
    serve = app.app

    async def application(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http" and (scope["method"], scope["path"]) == ("POST", PATH):
            status, _headers, body = eventbridge._put_events(json.loads(await _body(receive)), allow_aws_source=True)
            await send({"type": "http.response.start", "status": status, "headers": []})
            await send({"type": "http.response.body", "body": body})
        else:
            await serve(scope, receive, send)

    app.app = application


async def _body(receive: Any) -> bytes:
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return body
