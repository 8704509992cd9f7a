"""Events through the digest in a process of its own, with AWS stubbed: `python -m bench.digest_events digest`.

Reads `{"events", "kinds", "batch"}` on its standard input and says `{"processor_seconds", "bytes"}`.  What
`parse` does instead is the least that any tracker does with an event: inflate it and read its JSON.
"""

import contextlib
import gzip
import io
import json
import os
import sys
import time
import zlib
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from types import SimpleNamespace
from typing import Any, Final

SIZE: Final = 5_000
"""Bytes of an event as JSON."""
FRAMES: Final = 12
OWN_FRAMES: Final = 5
QUOTA: Final = 1000
"""New issues of a day: the default."""

Item = dict[str, Any]


class StubbedTable:
    """DynamoDB's answers without DynamoDB.  It keeps issues, releases and quotas, and forgets the events."""

    def __init__(self) -> None:
        self._items: dict[tuple[str, str], Item] = {}
        self.exceptions = SimpleNamespace(
            ConditionalCheckFailedException=KeyError, TransactionCanceledException=KeyError
        )

    def batch_get_item(self, *, RequestItems: Mapping[str, Any]) -> Item:  # noqa: N803 - botocore's name
        ((table, wanted),) = RequestItems.items()
        found = (self._items.get(_identity(key)) for key in wanted["Keys"])
        return {"Responses": {table: [item for item in found if item]}}

    def get_item(self, *, Key: Item, **_: Any) -> Item:  # noqa: N803 - botocore's name
        item = self._items.get(_identity(Key))
        return {"Item": item} if item else {}

    def put_item(self, *, Item: Item, **_: Any) -> None:  # noqa: N803 - botocore's name
        if Item["record"]["S"].startswith(("issue#", "release#")):
            self._items[_identity(Item)] = Item

    def transact_write_items(self, *, TransactItems: list[Item]) -> None:  # noqa: N803 - botocore's name
        for action in TransactItems:
            if "Put" in action:
                self.put_item(Item=action["Put"]["Item"])
            elif "Update" in action and action["Update"]["Key"]["record"]["S"].startswith("quota#"):
                self._count(action["Update"]["Key"])

    def _count(self, key: Item) -> None:
        item = self._items.setdefault(_identity(key), {**key, "total": {"N": "0"}})
        item["total"] = {"N": str(int(item["total"]["N"]) + 1)}

    def delete_item(self, **_: Any) -> None: ...

    def update_item(self, **_: Any) -> None: ...

    def get_paginator(self, _operation: str) -> Any:
        return SimpleNamespace(paginate=lambda **_: [{"Items": []}])


def _identity(item: Item) -> tuple[str, str]:
    return item["record"]["S"], item["id"]["S"]


def digest(tell: Mapping[str, Any]) -> dict[str, float]:
    os.environ.setdefault("AWS_LAMBDA_FUNCTION_NAME", "bench")
    from lambdas.error_digest.digest import Dependencies, Digest  # noqa: PLC0415 - the other has none of it
    from lambdas.error_digest.settings import Settings  # noqa: PLC0415
    from lambdas.shared.error_tracking.table import ErrorTable  # noqa: PLC0415

    settings = Settings("bench", "errors", "errors", "topic", "", "", timedelta(400), timedelta(30), QUOTA, "api")
    nowhere = SimpleNamespace(put_object=lambda **_: None, publish=lambda **_: None)
    table = ErrorTable(StubbedTable(), "errors")
    made = Digest(settings, Dependencies(table, nowhere, nowhere))

    def take(bodies: list[bytes]) -> None:
        made.take({"Records": [{"messageId": f"{n}", "body": body.decode()} for n, body in enumerate(bodies)]})

    return _timed(take, tell, batched=True)


def parse(tell: Mapping[str, Any]) -> dict[str, float]:
    def take(bodies: list[bytes]) -> None:
        for body in bodies:
            json.loads(zlib.decompress(body, wbits=31))

    return _timed(take, tell, batched=False)


def _timed(take: Callable[[list[bytes]], None], tell: Mapping[str, Any], *, batched: bool) -> dict[str, float]:
    """Processor time of `take` alone, and not of making what it takes."""
    events, used, size = _events(tell["events"], tell["kinds"]), 0.0, 0
    while bodies := [body for body, _ in zip(events, range(tell["batch"]), strict=False)]:
        size += sum(map(len, bodies))
        sent = bodies if batched else [gzip.compress(body) for body in bodies]
        before = time.process_time()
        take(sent)
        used += time.process_time() - before
    return {"processor_seconds": used, "bytes": size}


def _events(number: int, kinds: int) -> Iterator[bytes]:
    """Messages of one event each, as the intake writes them."""
    moment = time.time()
    head = '{"project": "api", "source": "sdk", "received_at": "' + time.strftime(
        "%Y-%m-%dT%H:%M:%S+00:00", time.gmtime()
    )
    for each in range(number):
        event = json.dumps(_event(each, each % kinds, moment))
        yield f'{head}", "events": [{event}]}}'.encode()


def _event(number: int, kind: int, moment: float) -> dict[str, Any]:
    """In the form in which @sentry/node 10 sends an error of an Express application."""
    event = {
        "event_id": f"{number:032x}",
        "timestamp": moment,
        "level": "error",
        "platform": "node",
        "environment": "production",
        "release": "api@1.4.2",
        "server_name": "ip-10-0-1-17",
        "transaction": "POST /orders",
        "exception": {
            "values": [
                {
                    "type": "TypeError",
                    "value": f"Cannot read properties of undefined (reading 'price') of order {number}",
                    "mechanism": {"type": "auto.middleware.express", "handled": False},
                    "stacktrace": {"frames": [_frame(place, kind) for place in range(FRAMES)]},
                }
            ]
        },
        "contexts": {"trace": {"trace_id": f"{number:032x}", "span_id": "a" * 16}, "runtime": {"name": "node"}},
        "request": {"method": "POST", "url": "https://api.example/orders", "headers": {"user-agent": "curl/8"}},
        "user": {"id": f"{number % 5000}"},
        "tags": {"region": "eu-central-1"},
    }
    crumb = {"timestamp": moment, "category": "http", "data": {"url": "https://pay.example/v1/charges", "status": 200}}
    room = SIZE - len(json.dumps(event)) - 20
    event["breadcrumbs"] = [crumb] * max(1, room // (len(json.dumps(crumb)) + 2))
    return event


def _frame(place: int, kind: int) -> dict[str, Any]:
    own = place >= FRAMES - OWN_FRAMES
    path = f"/app/dist/module{kind}/step{place}.js" if own else f"/app/node_modules/express/lib/layer{place}.js"
    code = (
        {"context_line": "  const total = order.price * order.count;", "pre_context": ["function f(order) {"]}
        if own
        else {}
    )
    return {"filename": path, "function": f"step{place}", "lineno": 10 + place, "colno": 7, "in_app": own, **code}


CONTENDERS: Final[dict[str, Callable[[Mapping[str, Any]], dict[str, float]]]] = {"digest": digest, "parse": parse}


def main() -> None:
    with contextlib.redirect_stdout(io.StringIO()) as lines:  # its log and its metrics
        found = CONTENDERS[sys.argv[1]](json.load(sys.stdin))
        lines.truncate(0)
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
