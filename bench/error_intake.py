"""Envelopes that the intake takes on one processor, against inflating and parsing the same bytes alone."""

import base64
import gzip
import json
import os
import sys
from functools import partial
from random import Random
from statistics import median
from typing import Any

from bench.interleaved import interleaved
from bench.measure import run
from bench.place import ROOT, Place
from bench.results import Aim, Result, spread, table
from bench.take_envelopes import CONTENDERS, WARM

ENVELOPES = 400
OURS, LIMIT = "intake", "json.loads"
LEAST_A_SECOND = 300
SIZES = {"5 KB": (5, 3), "26 KB": (29, 16)}
"""Of an event: frames and breadcrumbs."""
PLACES = 400
"""Source locations of an application from which errors come."""
NEW = "26 KB, nothing seen before"
_WORDS = ("order", "customer", "payment", "invoice", "stock", "basket", "address", "shipment", "refund", "voucher")


def measure(place: Place, repeats: int) -> Result:
    """Two sizes as an application sends them, and one of which no text comes twice."""
    result = Result("error_intake", "Intake of errors")
    measured = {name: _taken(place, name, _bodies(*of, PLACES), repeats) for name, of in SIZES.items()}
    measured[NEW] = _taken(place, NEW, _bodies(*SIZES["26 KB"], None), repeats)
    result.tables.append(_table(measured))
    result.aims += [
        Aim(f"events of {name}", 1 / median(measured[name][OURS]), LEAST_A_SECOND, at_least=True, unit="a second")
        for name in SIZES
    ]
    result.remarks.append(
        f"Frames come from {PLACES} source locations, messages and breadcrumbs are new in each event; calls of AWS are"
        " stubs. Most of the time is masking. Short texts are remembered when they are masked, and an application's"
        " source lines come again: the last row is what it costs where they do not."
    )
    result.measured = measured
    return result


def _taken(place: Place, what: str, bodies: list[str], repeats: int) -> dict[str, list[float]]:
    """Seconds of processor time for each envelope."""
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
    contenders = {
        name: partial(_seconds, [sys.executable, "-m", "bench.take_envelopes", name], environment, place, bodies)
        for name in CONTENDERS
    }
    return interleaved(f"events of {what}", contenders, repeats)


def _seconds(command: list[str], environment: dict[str, str], place: Place, bodies: list[str]) -> float:
    return float(run(command, environment=environment, directory=place.directory, tell=bodies).said)


def _table(measured: dict[str, dict[str, list[float]]]) -> str:
    rows = []
    for name, found in measured.items():
        milliseconds = [[1000 * seconds for seconds in found[contender]] for contender in (OURS, LIMIT)]
        ratio = median(found[OURS]) / median(found[LIMIT])
        rows.append((name, f"{1 / median(found[OURS]):.0f}", *map(spread, milliseconds), f"{ratio:.1f}"))
    head = ("events of", "a second", "intake, ms", "inflated and parsed, ms", "intake / parsed")
    return table(head, rows)


def _bodies(frames: int, breadcrumbs: int, places: int | None) -> list[str]:
    """Requests' bodies; `places` is how many source locations there are, None for new ones in each event."""
    random = Random(1)  # noqa: S311  (the same bytes in each run)
    known = [_frame(random) for _ in range(places or 0)]
    bodies = []
    for _ in range(WARM + ENVELOPES):
        stack = [random.choice(known) if known else _frame(random) for _ in range(frames)]
        event = _event(random, stack, breadcrumbs)
        lines = ({"event_id": event["event_id"]}, {"type": "event"}, event)
        bodies.append(base64.b64encode(gzip.compress("\n".join(map(json.dumps, lines)).encode(), 6)).decode())
    return bodies


def _event(random: Random, frames: list[dict[str, Any]], breadcrumbs: int) -> dict[str, Any]:
    """As @sentry/node writes one."""
    number = random.randint(1, 10**7)
    return {
        "event_id": f"{random.getrandbits(128):032x}",
        "timestamp": 1764252000.5,
        "platform": "node",
        "level": "error",
        "environment": "production",
        "release": "api@1.2.3",
        "server_name": "ip-10-0-0-7",
        "contexts": {
            "trace": {"trace_id": f"{random.getrandbits(128):032x}", "span_id": f"{random.getrandbits(64):016x}"},
            "runtime": {"name": "node", "version": "v22.11.0"},
            "os": {"name": "Linux", "kernel_version": "6.1.119"},
        },
        "exception": {
            "values": [
                {
                    "type": "OrderError",
                    "value": f"order {number} of customer {random.getrandbits(40):x} has no stock",
                    "stacktrace": {"frames": frames},
                    "mechanism": {"type": "generic", "handled": False},
                }
            ]
        },
        "request": {
            "method": "POST",
            "url": f"https://api.shop.example/orders/{number}",
            "headers": {"host": "api.shop.example", "authorization": "Bearer abcdef123456", "cookie": "session=abcdef"},
            "data": json.dumps({"order": number, "password": "hunter2", "lines": [{"product": "chair", "count": 3}]}),
        },
        "breadcrumbs": [_breadcrumb(random) for _ in range(breadcrumbs)],
    }


def _frame(random: Random) -> dict[str, Any]:
    one, two = random.choice(_WORDS), random.choice(_WORDS)
    lines = [
        f"    const {one}{random.getrandbits(24)} = await {two}Of(request.{one}, {{ id: {n} }});" for n in range(8)
    ]
    return {
        "filename": f"/srv/app/dist/{one}/{two}-{random.getrandbits(16)}.js",
        "module": f"{one}.{two}",
        "function": f"{one.title()}Service.{two}",
        "lineno": random.randint(1, 900),
        "colno": random.randint(1, 80),
        "in_app": True,
        "pre_context": lines[:4],
        "context_line": lines[4],
        "post_context": lines[5:],
    }


def _breadcrumb(random: Random) -> dict[str, Any]:
    return {
        "timestamp": 1764252000 + random.random(),
        "category": "http",
        "type": "http",
        "data": {"url": f"http://stock.internal/{random.getrandbits(30)}", "http.method": "GET", "status_code": 200},
    }
