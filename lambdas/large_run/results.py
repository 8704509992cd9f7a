"""What an instance wrote of its run, read with bounds: it ran code of a dump, and says what it likes."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from lambdas.vocabulary.large_runs import LOG, RESULT, folder_of

LARGEST_RESULT: Final = 1 << 20
LARGEST_ANSWER: Final = 200_000
"""A state machine hands on 256 KiB."""
LARGEST_LOG: Final = 4 << 20
"""Of the log's end; CloudWatch asks half a dollar for a GB."""
_ABSENT: Final = ("NoSuchKey", "404", "NotFound", "InvalidRange")
"""The last is S3's answer for the end of an empty object."""


@dataclass(frozen=True)
class Result:
    """`answer` is the function's, or else `failure` says why there is none."""

    answer: dict[str, Any] | None = None
    failure: str = ""


@dataclass(frozen=True)
class Log:
    lines: tuple[str, ...]
    left_out: int
    """Bytes before them."""


@dataclass(frozen=True)
class Results:
    """Of one run."""

    s3: Any
    bucket: str
    folder: str

    @classmethod
    def of(cls, s3: Any, bucket: str, job: str, execution: str) -> "Results":
        return cls(s3, bucket, folder_of(job, execution))

    def written_at(self) -> datetime | None:
        """When the result was written; None while there is none."""
        try:
            written: datetime = self.s3.head_object(Bucket=self.bucket, Key=self.folder + RESULT)["LastModified"]
        except self.s3.exceptions.ClientError as error:
            if error.response["Error"]["Code"] not in _ABSENT:
                raise
            return None
        return written

    def result(self) -> Result | None:
        """None where nothing was written."""
        read = self._read(RESULT, f"bytes=0-{LARGEST_RESULT}")
        if read is None:
            return None
        body, size = read
        where = f"s3://{self.bucket}/{self.folder}{RESULT}"
        if size > LARGEST_RESULT:
            return Result(failure=f"its result has {size} bytes, more than is read ({where})")
        try:
            written = json.loads(body)
        except ValueError as error:
            return Result(failure=f"its result is not JSON: {error} ({where})")
        return _result(written, len(body), where)

    def log(self) -> Log:
        """The end of the log; its first line is left out where only a part of it was read."""
        read = self._read(LOG, f"bytes=-{LARGEST_LOG}")
        if read is None:
            return Log((), 0)
        body, size = read
        left_out = size - len(body)
        if left_out:
            first, _, body = body.partition(b"\n")
            left_out += len(first) + 1
        return Log(tuple(_lines(body)), left_out)

    def _read(self, name: str, part: str) -> tuple[bytes, int] | None:
        """The part and the size of the whole."""
        try:
            found = self.s3.get_object(Bucket=self.bucket, Key=self.folder + name, Range=part)
        except self.s3.exceptions.ClientError as error:
            if error.response["Error"]["Code"] not in _ABSENT:
                raise
            return None
        body: bytes = found["Body"].read()
        whole = found.get("ContentRange", "").rpartition("/")[2]
        return body, int(whole) if whole.isdecimal() else len(body)


def _result(written: Any, size: int, where: str) -> Result:
    match written:
        case {"answer": dict(answer)}:
            return Result(answer if size <= LARGEST_ANSWER else {"result": where})
        case {"error": str(error), "message": str(message)}:
            return Result(failure=f"{error}: {message}")
    return Result(failure=f"its result has neither an answer nor an error ({where})")


def _lines(body: bytes) -> Iterator[str]:
    return (line for line in body.decode(errors="replace").splitlines() if line.strip())
