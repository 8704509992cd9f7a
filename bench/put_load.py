"""The generator of `load_test` in a process of its own, as `bench.load_test` runs it."""

import asyncio
import json
import sys
from collections.abc import Mapping
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

from layers.build import import_path

sys.path.append(str(import_path("probing")))

from lambdas.load_test.drive import Load
from lambdas.load_test.network import network_of
from lambdas.load_test.plan import PlannedStep
from lambdas.load_test.routes import asks_of, in_turns
from lambdas.load_test.settings import Route
from lambdas.load_test.tally import Tally
from lambdas.shared.guarded_http.certificates import client_context
from lambdas.shared.guarded_http.resolve import system_lookup


async def _put(url: str, trusted: str, per_second: float, seconds: float) -> Mapping[str, Any]:
    routes, tally = [Route(url)], Tally()
    asks = asks_of(routes, (urlsplit(url).hostname or "",), {"X-Load-Test": "1"})
    network = network_of(system_lookup, client_context(trusted))
    async with Load(network, asks, timedelta(seconds=10), allow_private=True).running() as load:
        begin = monotonic()
        step = PlannedStep(1, 60 * per_second, seconds)
        await load.drive(step.moments(begin), in_turns(routes, asks), tally)
        took = monotonic() - begin
        await load.finished()
    latency = asdict(tally.latency) if tally.latency else {}
    return {
        "requests": tally.answered,
        "per_second": tally.sent / max(took, seconds),
        "late": tally.late,
        "failed": sum(tally.errors.values()) + tally.dropped,
        **latency,
    }


if __name__ == "__main__":
    url, authority, *numbers = sys.argv[1:]
    print(json.dumps(asyncio.run(_put(url, Path(authority).read_text(), *map(float, numbers)))))
