"""Many endpoints in one run: none waits for another, and the deadline holds."""

import asyncio
import threading
import time
from dataclasses import replace

import pytest

from lambdas.health_check.endpoints import endpoint_from
from lambdas.health_check.probe_all import probe_all
from lambdas.shared.clock import Deadline
from lambdas.shared.guarded_http.loop_throttle import LoopThrottle
from tests.integration.probing.hostile import answer, answering, listening, silent


def endpoint(name, port, **fields):
    entry = {
        "name": name,
        "url": f"http://{name}.test:{port}/",
        "timeout_s": 30,
        "slow_s": 20,
        "allow_private": True,
        **fields,
    }
    return endpoint_from(entry)


@pytest.fixture
def ports():
    with listening(answering(answer())) as fine, listening(silent) as hanging:
        yield fine, hanging


def test_hanging_endpoints_end_at_deadline(ports, dependencies):
    """Hanging endpoints delay nobody and are unknown at the deadline."""
    fine, hanging = ports
    endpoints = [endpoint(f"n{number}", hanging if number % 10 == 0 else fine) for number in range(200)]
    arrived = []
    started = time.monotonic()
    results = probe_all(endpoints, dependencies, Deadline.within(6), arrived.append)
    assert time.monotonic() - started < 25  # sooner than the timeout of those that hang
    assert [(result.state, result.reason) for result in arrived] == [
        *[("up", None)] * 180,
        *[("unknown", "not finished")] * 20,
    ]
    assert len(results) == 200


def admitted_durations(work, number):
    """Seconds that each of so many probes took once it was admitted, and all of them together."""
    durations = []

    async def one(turns):
        await turns.wait()
        begun = time.perf_counter()
        await work()
        durations.append(time.perf_counter() - begun)

    async def run():
        turns = LoopThrottle()
        await asyncio.gather(*(one(turns) for _ in range(number)))

    began = time.perf_counter()
    asyncio.run(run())
    return sorted(durations), time.perf_counter() - began


def test_own_queueing_is_not_measured_as_slowness():
    async def keep_the_processor_busy():
        for _ in range(5):
            until = time.perf_counter() + 0.002
            while time.perf_counter() < until:
                pass
            await asyncio.sleep(0)

    durations, together = admitted_durations(keep_the_processor_busy, 100)
    assert together >= 1
    assert durations[50] < 0.2 * together


def test_waiting_probes_block_no_other():
    """Probes that wait for their servers keep nobody from beginning."""
    durations, together = admitted_durations(lambda: asyncio.sleep(0.5), 300)
    assert together < 30  # one after another they take 150 s
    assert len(durations) == 300


def test_shared_name_lookups_are_throttled(ports, dependencies, monkeypatch):
    """Endpoints that waited for one name together take turns from there."""
    number, turns_after, looked_up, next_turn = 100, [], threading.Event(), LoopThrottle.wait

    def lookup(_host):
        time.sleep(0.3)  # while nothing else is to do, every probe gets as far as this
        looked_up.set()
        return ["127.0.0.1"]

    async def take_note(turns):
        if looked_up.is_set():
            turns_after.append(turns)
        await next_turn(turns)

    monkeypatch.setattr(LoopThrottle, "wait", take_note)
    endpoints = [
        endpoint_from({"name": f"n{each}", "url": f"http://api.test:{ports[0]}/", "allow_private": True})
        for each in range(number)
    ]
    results = probe_all(endpoints, replace(dependencies, lookup=lookup), Deadline.within(20), lambda _: None)
    assert {result.state for result in results} == {"up"}
    assert len(turns_after) >= number  # each its own; that turns keep probes from measuring each other is shown above


def test_waiting_is_not_counted_as_latency(ports, dependencies, monkeypatch):
    """What a probe waits for its turn is not the endpoint's time."""

    async def wait(_self):
        await asyncio.sleep(6)

    monkeypatch.setattr(LoopThrottle, "wait", wait)
    (result,) = probe_all([endpoint("one", ports[0], timeout_s=5, slow_s=4)], dependencies, Deadline.within(20), print)
    assert result.state == "up"


def test_past_deadline_leaves_all_unknown(ports, dependencies):
    """A deadline that has passed leaves every endpoint unknown."""
    results = probe_all(
        [endpoint("one", ports[0]), endpoint("two", ports[0])], dependencies, Deadline.within(-1), print
    )
    assert [(result.state, result.reason) for result in results] == [("unknown", "not finished")] * 2


def test_no_endpoints_are_no_error(dependencies):
    assert probe_all([], dependencies, Deadline.within(1), print) == []
