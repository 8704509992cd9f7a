"""Files of a form, as RFC 7578 sends them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus

from lambdas.error_releases.http import RefusedError, Request

MOST_PARTS = 8
_BOUNDARY = re.compile(r"\s*multipart/form-data\s*;.{0,100}?boundary=\"?([\w'()+,./:=? -]{1,70})\"?\s*$", re.IGNORECASE)
_FIELD = re.compile(rb'[;\s](name|filename)="([^"\r\n]{0,200})"')


@dataclass(frozen=True)
class Part:
    name: str
    filename: str
    content: bytes


def files_of(request: Request) -> list[Part]:
    """Raises RefusedError."""
    boundary = _BOUNDARY.match(request.headers.get("content-type", ""))
    if not boundary:
        raise RefusedError(HTTPStatus.BAD_REQUEST, "the body is no multipart/form-data")
    between = b"\r\n--" + boundary[1].encode()
    sections = (b"\r\n" + request.body).split(between, MOST_PARTS + 2)
    if len(sections) > MOST_PARTS + 2 or sections[-1][:2] != b"--":
        raise RefusedError(HTTPStatus.BAD_REQUEST, f"the body has more than {MOST_PARTS} parts, or is cut off")
    return list(_parts(sections[1:-1]))


def _parts(sections: list[bytes]) -> Iterator[Part]:
    for section in sections:
        head, blank, content = section.partition(b"\r\n\r\n")
        if not blank:
            raise RefusedError(HTTPStatus.BAD_REQUEST, "a part of the body has no content")
        fields = {name: value.decode("utf-8", "replace") for name, value in _FIELD.findall(head)}
        yield Part(fields.get(b"name", ""), fields.get(b"filename", ""), content)
