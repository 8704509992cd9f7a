"""Mapping of errors by a source map of 5 MB: compiled once at its upload, or decoded by whoever maps."""

import os
import subprocess
import sys
from functools import partial
from pathlib import Path
from statistics import median

from bench.interleaved import interleaved
from bench.map_with import WAYS
from bench.measure import Run, run
from bench.place import ROOT, Place
from bench.results import Aim, Result, megabytes, spread, table
from bench.tools import BenchError
from emulator.account import NODE

PACKAGE = "@sentry/browser"
"""What is bundled: code of people, with a map of 5 to 6 MB."""
EVENTS, FRAMES = 200, 30
OURS, UPLOAD, DECODED = "compiled_once", "compile_alone", "ecma426"
MOST_MILLISECONDS, MOST_RATIO = 5, 1.5


def measure(place: Place, repeats: int) -> Result:
    """Processor time of the upload, of loading, and of events with 30 frames each."""
    result = Result("source_maps", "Source maps")
    bundle = _bundled(place.directory)
    size = bundle.with_suffix(".js.map").stat().st_size
    _prepared(place, bundle)
    found = interleaved("source maps", {way: partial(_run, place, bundle, way) for way in WAYS}, repeats)
    result.tables.append(_table(f"a map of {megabytes(size)} MB, events of {FRAMES} frames", found))
    result.aims += _aims(found)
    result.remarks.append(
        "`ecma426` has the map in memory as objects after its preparation, and finds places alone: it names no"
        " functions, reads no lines around, and makes no event. The first event of an index reads the parts that it"
        " needs."
    )
    result.measured = {
        "map_bytes": size,
        "compiled_bytes": bundle.with_suffix(".compiled").stat().st_size,
        **{way: [each.said | {"peak_bytes": each.peak_bytes} for each in runs] for way, runs in found.items()},
    }
    return result


def _bundled(directory: Path) -> Path:
    """Minified by esbuild, with its map beside it."""
    bundle, modules = directory / "bundle.js", ROOT / "node_modules"
    options = ["--bundle", "--minify", "--sourcemap", "--platform=node", f"--outfile={bundle}", "--log-level=error"]
    (directory / "entry.js").write_text(f'require("{PACKAGE}")')
    environment = {"PATH": f"{NODE}:{os.environ['PATH']}", "NODE_PATH": str(modules)}
    command = [str(modules / ".bin/esbuild"), "entry.js", *options]
    try:
        subprocess.run(command, cwd=directory, env=environment, check=True, capture_output=True, text=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise BenchError(f"esbuild made no bundle ({error}); `make lint` installs it") from error
    return bundle


def _prepared(place: Place, bundle: Path) -> None:
    """The compiled map must be there before its first turn."""
    _run(place, bundle, UPLOAD)


def _run(place: Place, bundle: Path, way: str) -> Run:
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
    return run(
        [sys.executable, "-m", "bench.map_with", way],
        environment=environment,
        directory=place.directory,
        tell={"bundle": str(bundle), "events": EVENTS, "frames": FRAMES},
    )


def _milliseconds(runs: list[Run], first: int, last: int | None = None) -> list[float]:
    return [1000 * seconds for each in runs for seconds in each.said["events"][first:last]]


def _table(title: str, found: dict[str, list[Run]]) -> str:
    rows = []
    for way, runs in found.items():
        preparation = spread([1000 * each.said["preparation"] for each in runs], 0)
        events = [_milliseconds(runs, 0, 1), _milliseconds(runs, 1)]
        memory = megabytes(max(each.peak_bytes for each in runs))
        rows.append((way, preparation, *(spread(each) if each else "" for each in events), memory))
    return table((title, "preparation, ms", "first event, ms", "event, ms", "MB"), rows)


def _aims(found: dict[str, list[Run]]) -> list[Aim]:
    preparation = {way: median(each.said["preparation"] for each in runs) for way, runs in found.items()}
    return [
        Aim("an event, median", median(_milliseconds(found[OURS], 1)), MOST_MILLISECONDS, unit="ms"),
        Aim("compiling / decoding by ecma426", preparation[UPLOAD] / preparation[DECODED], MOST_RATIO),
    ]
