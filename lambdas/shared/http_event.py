"""What an HTTP API hands a function, payload format 2.0.

https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
"""

import base64
from collections.abc import Mapping
from typing import Any


def headers_of(event: Mapping[str, Any]) -> dict[str, str]:
    """By their names in lower case."""
    return {name.lower(): value for name, value in (event.get("headers") or {}).items()}


def body_of(event: Mapping[str, Any]) -> bytes:
    """As it was sent; raises ValueError when it cannot be read.

    An HTTP API encodes whatever is no text by its type, and so what has no type.
    """
    body = event.get("body") or ""
    if not event.get("isBase64Encoded"):
        return str(body).encode("utf-8", "surrogatepass")
    return base64.b64decode(body, validate=True)
