"""Backends that the official clients watch: prom-client of Node and prometheus_client of Python."""

import asyncio
import itertools
import time

import pytest

from lambdas.prometheus_scrape.sources import Kind, Series
from tests.integration.probing.hostile import listening
from tests.integration.prometheus.conftest import node_backend, python_backend

REQUESTS = Series("http_requests_total", Kind.COUNTER)
SECONDS = Series("http_request_duration_seconds", Kind.HISTOGRAM)
DEFAULTS = tuple(
    Series(name, Kind.GAUGE)
    for name in (
        "nodejs_eventloop_lag_p99_seconds",
        "nodejs_heap_size_used_bytes",
        "nodejs_heap_size_total_bytes",
        "pg_pool_waiting",
    )
)


@pytest.fixture(params=[node_backend, python_backend], ids=["prom-client", "prometheus_client"])
def start(request):
    return request.param


def test_what_is_added_is_published(start, scraped):
    with start() as backend:
        backend.work(0.05, 0.05)
        assert scraped(f"{backend.url}/metrics", REQUESTS, SECONDS) == ({}, [])
        backend.work(0.05, 0.15, 0.15, 9)
        assert scraped(f"{backend.url}/metrics", REQUESTS, SECONDS) == (
            {
                "http_requests_total": 4,
                "http_request_duration_seconds": {
                    "Values": [0.1, 0.2, 0.3],
                    "Counts": [1, 2, 1],
                    "Max": 0.3,
                    "Min": 0.1,
                    "Count": 4,
                    "Sum": pytest.approx(9.35),
                },
            },
            [],
        )


def test_restart_is_no_fall(start, scraped):
    """The new process' counts are all new; a fixed port is not needed to be the same endpoint."""
    with start() as backend:
        backend.work(*[0.05] * 5)
        scraped(f"{backend.url}/metrics", REQUESTS)
    time.sleep(2.1)  # clients tell their start by the second, up or down
    with start() as backend:
        backend.work(*[0.05] * 7)
        assert scraped(f"{backend.url}/metrics", REQUESTS) == ({"http_requests_total": 7}, [])


def test_two_instances_in_turn_are_refused(start, scraped):
    """Both are behind one address, which connects to one and to the other."""
    with start() as first:
        time.sleep(1.1)
        with start() as second, _alternating(first.port, second.port) as port:
            first.work(0.05)
            second.work(*[0.05] * 50)
            found = [scraped(f"http://shop.test:{port}/metrics", REQUESTS) for _ in range(5)]
    assert [metrics for metrics, _ in found] == [{}] * 5
    assert [len(faults) for _, faults in found] == [0, 0, 1, 1, 1]
    assert "several processes answer in turn" in found[-1][1][0]


def _alternating(*ports):
    turns = itertools.cycle(ports)

    async def serve(reader, writer):
        there = await asyncio.open_connection("127.0.0.1", next(turns))
        await asyncio.gather(_copy(reader, there[1]), _copy(there[0], writer))

    return listening(serve)


async def _copy(reader, writer):
    while data := await reader.read(65536):
        writer.write(data)
        await writer.drain()
    writer.close()


def test_openmetrics_says_the_same(scraped):
    with node_backend() as backend:
        scraped(f"{backend.url}/openmetrics", REQUESTS)
        backend.work(0.1, 0.1)
        assert scraped(f"{backend.url}/openmetrics", REQUESTS) == ({"http_requests_total": 2}, [])
    with python_backend() as backend:
        headers = {"Accept": "application/openmetrics-text;version=1.0.0"}
        scraped(f"{backend.url}/metrics", REQUESTS, headers=headers)
        backend.work(0.1, 0.1)
        assert scraped(f"{backend.url}/metrics", REQUESTS, headers=headers) == ({"http_requests_total": 2}, [])


def test_default_metrics_of_node(scraped):
    """Those that have alarms of their own are called so."""
    with node_backend() as backend:
        time.sleep(0.2)  # the lag is measured from time to time
        found, faults = scraped(f"{backend.url}/metrics", *DEFAULTS)
    assert faults == []
    assert 0 < found["nodejs_eventloop_lag_p99_seconds"] < 1
    assert 1e6 < found["nodejs_heap_size_used_bytes"] < found["nodejs_heap_size_total_bytes"]
    assert found["pg_pool_waiting"] == 2


def test_a_hundred_and_twenty_buckets(scraped):
    with node_backend(BUCKETS="120") as backend:
        scraped(f"{backend.url}/metrics", SECONDS)
        backend.work(*[number / 10 + 0.05 for number in range(121)])
        first, second = scraped(f"{backend.url}/metrics", SECONDS)[0]["http_request_duration_seconds"]
    assert [len(part["Values"]) for part in (first, second)] == [100, 20]
    assert first["Count"] + second["Count"] == 121


def test_routes_are_told_apart_when_asked_for(scraped):
    by_route = Series("http_requests_total", Kind.COUNTER, ("route",))
    with node_backend() as backend:
        scraped(f"{backend.url}/metrics", by_route)
        backend.work(0.1, route="/a")
        backend.work(0.1, 0.1, route="/b")
        assert scraped(f"{backend.url}/metrics", by_route)[0] == {
            "http_requests_total /a": 1,
            "http_requests_total /b": 2,
        }


def test_several_processes_count_for_all_in_multiprocess_mode(scraped, tmp_path):
    """It has no start time: the settings say that one answers for all."""
    with python_backend(PROMETHEUS_MULTIPROC_DIR=str(tmp_path)) as backend:
        backend.work(0.1)
        found, faults = scraped(f"{backend.url}/metrics", REQUESTS)
        assert (found, len(faults)) == ({}, 1)
        assert "one_process = true" in faults[0]
        scraped(f"{backend.url}/metrics", REQUESTS, one_process=True)
        backend.work(0.1)
        assert scraped(f"{backend.url}/metrics", REQUESTS, one_process=True)[0] == {"http_requests_total": 1}
