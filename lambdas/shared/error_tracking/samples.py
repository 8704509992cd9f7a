"""Events that are kept whole, as gzip NDJSON objects in the bucket."""

import gzip
import hashlib
import json
import zlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, Final

from lambdas.vocabulary.error_tracking import SAMPLES, Event, Sample

LARGEST: Final = 256 * 1024 * 1024
"""Bytes of an object, inflated, that are read."""
_PART: Final = 1024 * 1024
_FASTEST: Final = 1
"""Of gzip's levels: it takes a third of the time of the usual one, for a tenth more bytes."""


class NoSampleError(Exception):
    """The object has expired, or has no such line."""


def key_of(project: str, event_ids: Sequence[str], at: datetime) -> str:
    """The same for the same events, so that a repetition writes the object anew and no second one."""
    digest = hashlib.sha256("\n".join(event_ids).encode("utf-8", "replace")).hexdigest()[:32]
    return f"{SAMPLES}{project}/{at:%Y-%m-%d}/{digest}.ndjson.gz"


def write(s3: Any, bucket: str, key: str, events: Sequence[Event]) -> None:
    lines = "\n".join(json.dumps(event, separators=(",", ":")) for event in events)
    body = gzip.compress(lines.encode(), _FASTEST, mtime=0)
    s3.put_object(Bucket=bucket, Key=key, Body=body, ContentType="application/x-ndjson", ContentEncoding="gzip")


def read(s3: Any, bucket: str, sample: Sample) -> Event:
    """Raises NoSampleError, and what the client raises."""
    try:
        body = s3.get_object(Bucket=bucket, Key=sample.object)["Body"]
    except s3.exceptions.NoSuchKey as error:
        raise NoSampleError(f"sample {sample.object} is gone: samples are kept for a limited time") from error
    for number, line in enumerate(_lines(body)):
        if number == sample.line:
            event: Event = json.loads(line)
            return event
    raise NoSampleError(f"sample {sample.object} has no line {sample.line}")


def erase_user(s3: Any, bucket: str, of_issue: Iterable[Sample], user: str) -> int:
    """Empty the samples whose user has this id; how many they were.  The others of their objects stay."""
    erased = 0
    for key in dict.fromkeys(sample.object for sample in of_issue):
        try:
            body = s3.get_object(Bucket=bucket, Key=key)["Body"]
        except s3.exceptions.NoSuchKey:
            continue
        events: list[Event] = [json.loads(line) for line in _lines(body)]
        kept = [{} if _is_of(event, user) else event for event in events]
        if changed := sum(event != left for event, left in zip(events, kept, strict=True)):
            write(s3, bucket, key, kept)
            erased += changed
    return erased


def _is_of(event: Event, user: str) -> bool:
    written = event.get("user")
    return isinstance(written, dict) and user in {str(written.get(name)) for name in ("id", "username", "email")}


def _lines(body: Any) -> Iterator[bytes]:
    """Step by step: the object is never held whole."""
    inflate, rest, total = zlib.decompressobj(wbits=31), b"", 0
    for part in body.iter_chunks(_PART):
        pending = part
        while pending:
            inflated = inflate.decompress(pending, _PART)
            pending, total = inflate.unconsumed_tail, total + len(inflated)
            if total > LARGEST:
                raise NoSampleError("the object of the sample is too large to be read")
            *whole, rest = (rest + inflated).split(b"\n")
            yield from whole
    yield rest
