"""One way of mapping in a process of its own: `python -m bench.map_with compiled_once` maps events of a bundle.

Its input names the bundle, how many events there are, and how many frames each has; says how many seconds of the
processor the preparation took, and each event in turn.
"""

# ruff: noqa: PLC0415 - what one needs must not load in the process of another

import contextlib
import json
import random
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

_DEBUG_ID = "1c337d2b-e87e-549f-ae95-4a4c399f72a0"
Event = dict[str, Any]


def compile_alone(bundle: Path, _: list[Event]) -> Iterator[None]:
    """What `error_releases` does at an upload."""
    from lambdas.shared.error_tracking.source_maps.compile import compile_map

    written = compile_map(bundle.with_suffix(".js.map").read_bytes(), bundle.read_bytes())
    bundle.with_suffix(".compiled").write_bytes(written)
    yield


def compiled_once(bundle: Path, events: list[Event]) -> Iterator[None]:
    """What the digest does: loads what was compiled, and maps whole events, with functions' names and lines around."""
    from lambdas.shared.error_tracking.source_maps import Index, mapped

    index = Index(bundle.with_suffix(".compiled").read_bytes())
    yield
    for event in events:
        frames = mapped(event, {_DEBUG_ID: index}.get)["exception"]["values"][0]["stacktrace"]["frames"]
        assert all("raw" not in frame for frame in frames)
        yield


def ecma426(bundle: Path, events: list[Event]) -> Iterator[None]:
    """Decodes the map for itself, and looks places up: no names of functions, no lines around."""
    import ecma426  # type: ignore[import-untyped]

    index = ecma426.loads(bundle.with_suffix(".js.map").read_bytes())
    decoded = ecma426.decode(index) if isinstance(index, dict) else index
    yield
    for event in events:
        for frame in event["exception"]["values"][0]["stacktrace"]["frames"]:
            with contextlib.suppress(IndexError):  # before the line's first mapping
                decoded.lookup_left(frame["lineno"] - 1, frame["colno"] - 1)
        yield


WAYS: dict[str, Callable[[Path, list[Event]], Iterator[None]]] = {
    way.__name__: way for way in (compile_alone, compiled_once, ecma426)
}


def events_of(bundle: Path, count: int, frames: int) -> list[Event]:
    """Anywhere in the bundle's longest line: the same ones each time."""
    lines = bundle.read_text().split("\n")
    line = max(range(len(lines)), key=lambda number: len(lines[number]))
    chosen = random.Random(1)  # noqa: S311 - nobody is to guess them

    def frame() -> Event:
        column = chosen.randrange(len(lines[line]))
        return {"abs_path": str(bundle), "lineno": line + 1, "colno": column + 1, "function": "r", "in_app": True}

    images = [{"type": "sourcemap", "code_file": str(bundle), "debug_id": _DEBUG_ID}]
    return [
        {
            "exception": {"values": [{"stacktrace": {"frames": [frame() for _ in range(frames)]}}]},
            "debug_meta": {"images": images},
        }
        for _ in range(count)
    ]


def main() -> None:
    asked = json.load(sys.stdin)
    bundle = Path(asked["bundle"])
    way = WAYS[sys.argv[1]](bundle, events_of(bundle, asked["events"], asked["frames"]))
    seconds, before = [], time.process_time()
    for _ in way:
        seconds.append(time.process_time() - before)
        before = time.process_time()
    json.dump({"preparation": seconds[0], "events": seconds[1:]}, sys.stdout)


if __name__ == "__main__":
    main()
