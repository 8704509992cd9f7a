"""1 000 endpoints probed by the function, by the best async client used naively and by a loop; and some that hang."""

import os
import sys
from functools import partial
from statistics import median

from bench.answering import answering
from bench.interleaved import interleaved
from bench.measure import Run, run
from bench.place import ROOT, Place
from bench.probe_with import CLIENTS, PATIENCE
from bench.results import Aim, Result, megabytes, spread, table

ENDPOINTS, SOME, HANGING = 1000, 200, 20
OURS = "health_check"
MOST_SECONDS, MOST_MEGABYTES, MOST_DELAY = 10, 512, 2


def measure(place: Place, repeats: int) -> Result:
    """All at once, then 200 of which 20 hang: what is reported, when, and how late after its own answer."""
    result = Result("probing", "Probing of many endpoints")
    with answering(ENDPOINTS) as ports:
        urls = [f"http://127.0.0.1:{port}/" for port in ports]
        at_once = _probed(place, "endpoints that answer", urls, list(CLIENTS), repeats)
        some = [f"{url}hang" if number < HANGING else url for number, url in enumerate(urls[:SOME])]
        hanging = _probed(place, "endpoints that hang", some, list(CLIENTS)[:2], repeats)
    result.tables += [_table(f"{ENDPOINTS} endpoints that answer at once", at_once)]
    result.tables += [_table(f"{SOME} of which {HANGING} hang, given up after {PATIENCE:g} s", hanging)]
    result.aims += _aims(at_once[OURS], hanging[OURS])
    result.remarks.append(
        "`health_check` is not the fastest to get through: it also times phases and writes metrics, and it begins a"
        " probe only when the processor is free. What that buys is the latency: one after the other, as in the loop,"
        " nothing waits for anything else, and that is the value to come near; gathered, each measures the others."
        " The first lookup of a name counts in full, which is most of the median of the 200."
    )
    result.measured = {
        name: {client: [_numbers(each) for each in runs] for client, runs in found.items()}
        for name, found in {"at_once": at_once, "hanging": hanging}.items()
    }
    return result


def _probed(place: Place, what: str, urls: list[str], clients: list[str], repeats: int) -> dict[str, list[Run]]:
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
    contenders = {
        client: partial(
            run,
            [sys.executable, "-m", "bench.probe_with", client],
            environment=environment,
            directory=place.directory,
            tell=urls,
        )
        for client in clients
    }
    return interleaved(what, contenders, repeats)


def _numbers(of: Run) -> dict[str, float]:
    answers = of.said
    return {
        "seconds": of.seconds,
        "processor_seconds": of.processor_seconds,
        "peak_bytes": of.peak_bytes,
        "answers": len(answers),
        "last_answer": max(when for when, _ in answers),
        "median_latency": median(took for _, took in answers),
        "worst_latency": max(took for _, took in answers),
    }


def _table(title: str, found: dict[str, list[Run]]) -> str:
    rows = []
    for client, runs in found.items():
        numbers = [_numbers(each) for each in runs]
        seconds = [spread([each[name] for each in numbers]) for name in ("seconds", "processor_seconds", "last_answer")]
        latencies = [
            f"{median(each[name] for each in numbers) * 1000:.0f}" for name in ("median_latency", "worst_latency")
        ]
        memory = megabytes(max(each["peak_bytes"] for each in numbers))
        rows.append((client, f"{median(each['answers'] for each in numbers):.0f}", *seconds, *latencies, memory))
    head = (title, "answers", "seconds", "processor seconds", "last answer", "median ms", "worst ms", "MB")
    return table(head, rows)


def _aims(at_once: list[Run], hanging: list[Run]) -> list[Aim]:
    ours, beside = [_numbers(each) for each in at_once], [_numbers(each) for each in hanging]
    return [
        Aim(f"{ENDPOINTS} endpoints", median(each["seconds"] for each in ours), MOST_SECONDS, unit="s"),
        Aim("memory", max(each["peak_bytes"] for each in ours) / 1e6, MOST_MEGABYTES, unit="MB"),
        Aim("answers of all", min(each["answers"] for each in ours), ENDPOINTS, at_least=True, unit="answers"),
        Aim("last answer beside hanging ones", max(each["last_answer"] for each in beside), MOST_DELAY, unit="s"),
    ]
