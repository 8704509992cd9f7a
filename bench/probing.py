"""Probing against the alternatives: `python -m bench.probing`.

1 000 local endpoints in a process each: this project's function (every phase timed, metrics written), the best async
client used naively (aiohttp, everything gathered), and a plain loop of `requests`.  Then 200 endpoints of which 20 hang
for 30 s, and what a cold start costs against the bare import of the libraries.
"""

# ruff: noqa: PLC0415 - what one client needs must not load in the process of another

import asyncio
import contextlib
import io
import json
import resource
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from statistics import median

ENDPOINTS, HANGING = 1000, 20
RUNS = 3  # of which the median is shown
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 16\r\n\r\n" + b'{"status": "ok"}'


async def serve() -> None:
    """A port for each endpoint, so that none shares a connection; those of /hang answer after 30 s."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            head = await reader.readuntil(b"\r\n\r\n")
            if head.split(b" ")[1].startswith(b"/hang"):
                await asyncio.sleep(30)
            writer.write(ANSWER)
            await writer.drain()
        writer.close()

    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    servers = [await asyncio.start_server(answer, "127.0.0.1", 0) for _ in range(ENDPOINTS)]
    print(json.dumps([server.sockets[0].getsockname()[1] for server in servers]), flush=True)
    await asyncio.Event().wait()


def ours(urls: list[str]) -> list[float]:
    from lambdas.health_check.endpoints import endpoint_from
    from lambdas.health_check.header_values import HeaderValues
    from lambdas.health_check.probe_all import Means, probe_all
    from lambdas.health_check.report import reporter
    from lambdas.shared.clock import Deadline

    entries = [{"name": f"n{number}", "url": url, "allow_private": True} for number, url in enumerate(urls)]
    endpoints = tuple(endpoint_from(entry) for entry in entries)
    report = reporter("bench", endpoints, phases=True)
    started, reported = time.perf_counter(), []

    def deliver(result: object) -> None:
        report(result)
        if result.state == "up":
            reported.append((time.perf_counter() - started, result.timings.total / 1000))

    means = Means(ssl.create_default_context(), HeaderValues({}))
    results = probe_all(endpoints, means, Deadline.within(5 if any("/hang" in url for url in urls) else 60), deliver)
    assert len(results) == len(urls)
    return reported


def aiohttp_gathered(urls: list[str]) -> list[float]:
    import aiohttp

    started, reported = time.perf_counter(), []

    async def get(session: aiohttp.ClientSession, url: str) -> None:
        begun = time.perf_counter()
        async with session.get(url, timeout=aiohttp.ClientTimeout(5)) as response:
            await response.read()
        reported.append((time.perf_counter() - started, time.perf_counter() - begun))

    async def get_all() -> None:
        async with aiohttp.ClientSession() as session:
            await asyncio.gather(*(get(session, url) for url in urls), return_exceptions=True)

    asyncio.run(get_all())
    return reported


def requests_in_a_loop(urls: list[str]) -> list[float]:
    import requests

    started, reported = time.perf_counter(), []
    for url in urls:
        begun = time.perf_counter()
        with contextlib.suppress(requests.RequestException):
            requests.get(url, timeout=5)
            reported.append((time.perf_counter() - started, time.perf_counter() - begun))
    return reported


CLIENTS: dict[str, Callable[[list[str]], list[float]]] = {
    "health_check": ours,
    "aiohttp, gathered": aiohttp_gathered,
    "requests, in a loop": requests_in_a_loop,
}


def measure(client: str, urls: list[str]) -> dict[str, float]:
    """One client in this process: wall and processor seconds, peak memory, and what it says of the endpoints."""
    started, began = time.perf_counter(), time.process_time()
    with contextlib.redirect_stdout(io.StringIO()):
        reported = CLIENTS[client](urls)
    return {
        "seconds": time.perf_counter() - started,
        "processor": time.process_time() - began,
        "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "answers": len(reported),
        "last answer": max(when for when, _ in reported),
        "median latency": median(took for _, took in reported),
        "worst latency": max(took for _, took in reported),
    }


@contextlib.contextmanager
def server() -> Iterator[list[int]]:
    with subprocess.Popen(
        [sys.executable, "-m", "bench.probing", "serve"], stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            yield json.loads(process.stdout.readline())
        finally:
            process.terminate()


def in_a_process(client: str, urls: list[str]) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, "-m", "bench.probing", client],
        input=json.dumps(urls),
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


def compare(title: str, urls: list[str], clients: list[str]) -> None:
    print(f"\n{title}")
    print(f"{'':22}{'s':>7}{'CPU s':>7}{'MB':>6}{'answers':>9}{'last at s':>11}{'median ms':>11}{'worst ms':>10}")
    for client in clients:
        runs = sorted((in_a_process(client, urls) for _ in range(RUNS)), key=lambda run: run["seconds"])
        found = runs[RUNS // 2]
        print(
            f"{client:22}{found['seconds']:7.2f}{found['processor']:7.2f}{found['megabytes']:6.0f}{found['answers']:9}"
            f"{found['last answer']:11.2f}{found['median latency'] * 1000:11.1f}{found['worst latency'] * 1000:10.1f}"
        )


def cold_start() -> None:
    libraries = (
        "import asyncio, ssl, h11, aiohappyeyeballs, jmespath, aws_lambda_powertools.metrics, importlib.resources"
    )
    function = "import lambdas.health_check.check_health; from lambdas.health_check.certificates import client_context"
    print("\nCold start, best of 7 in ms")
    times = {}
    for name, statement in {"nothing": "pass", "libraries": libraries, "function": function}.items():
        times[name] = min(start(statement) for _ in range(7)) * 1000
        print(f"{name:22}{times[name]:7.0f}")
    ratio = (times["function"] - times["nothing"]) / (times["libraries"] - times["nothing"])
    print(f"{'function / libraries':22}{ratio:7.2f}")


def start(statement: str) -> float:
    started = time.perf_counter()
    subprocess.run([sys.executable, "-c", statement], check=True)
    return time.perf_counter() - started


def main() -> None:
    with server() as ports:
        urls = [f"http://127.0.0.1:{port}/" for port in ports]
        compare(f"{ENDPOINTS} endpoints that answer at once", urls, list(CLIENTS))
        some = [f"{url}hang" if number < HANGING else url for number, url in enumerate(urls[:200])]
        compare(f"200 endpoints of which {HANGING} hang for 30 s; 5 s to do it", some, list(CLIENTS)[:2])
    cold_start()


if __name__ == "__main__":
    match sys.argv[1:]:
        case []:
            main()
        case ["serve"]:
            with contextlib.suppress(KeyboardInterrupt):
                asyncio.run(serve())
        case [client]:
            print(json.dumps(measure(client, json.load(sys.stdin))))
