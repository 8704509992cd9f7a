"""The run that goes on, as an object beside the reports: one at a time, seen and stopped from outside."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from lambdas.load_test.refused import RefusedError
from lambdas.shared.quantities import moment
from lambdas.vocabulary.codec import JsonDocument
from lambdas.vocabulary.reports import Kind

RUN: Final = f"{Kind.LOAD_TEST}/run.json"
STOP: Final = f"{Kind.LOAD_TEST}/stop.json"
_TAKEN: Final = ("PreconditionFailed", "ConditionalRequestConflict")


@dataclass(frozen=True)
class Run(JsonDocument):
    id: str
    requested_by: str
    started_at: datetime
    until: datetime
    """When it has ended in any case."""
    doing: str = ""
    ended_at: datetime | None = None

    def goes_on_at(self, now: datetime) -> bool:
        return self.ended_at is None and now < self.until


@dataclass(frozen=True)
class StopWish(JsonDocument):
    run: str
    by: str


@dataclass(frozen=True)
class Runs:
    """`s3` is a boto3 or botocore client; every method raises what it raises."""

    s3: Any
    bucket: str

    def last(self) -> Run | None:
        written = self._read(RUN)
        return Run.from_json(written[0]) if written else None

    def claim(self, run: Run) -> None:
        """Raises RefusedError while another goes on, and for a second delivery of the same event."""
        written = self._read(RUN)
        before = Run.from_json(written[0]) if written else None
        if before and before.id == run.id:
            raise RefusedError(f"load test {run.id} was begun already")
        if before and before.goes_on_at(run.started_at):
            raise RefusedError(
                f"{before.requested_by} runs a load test since {moment(before.started_at)} (wait for it, or stop it:"
                " ops ENVIRONMENT load-test stop)"
            )
        unchanged = {"IfMatch": written[1]} if written else {"IfNoneMatch": "*"}
        try:
            self._write(RUN, run, **unchanged)
        except self.s3.exceptions.ClientError as error:
            if error.response["Error"]["Code"] not in _TAKEN:
                raise
            raise RefusedError(
                "another load test was begun in this moment (ops ENVIRONMENT load-test status)"
            ) from error

    def update(self, run: Run, doing: str) -> None:
        self._write(RUN, replace(run, doing=doing))

    def end(self, run: Run, outcome: str, at: datetime) -> None:
        self._write(RUN, replace(run, doing=outcome, ended_at=at))

    def stop(self, run: Run, by: str) -> None:
        self._write(STOP, StopWish(run.id, by))

    def stopped_by(self, run: Run) -> str | None:
        """Who wants it to end, if anybody."""
        written = self._read(STOP)
        wish = StopWish.from_json(written[0]) if written else None
        return wish.by if wish and wish.run == run.id else None

    def _read(self, key: str) -> tuple[bytes, str] | None:
        try:
            found = self.s3.get_object(Bucket=self.bucket, Key=key)
        except self.s3.exceptions.NoSuchKey:
            return None
        return found["Body"].read(), found["ETag"]

    def _write(self, key: str, document: JsonDocument, **conditions: str) -> None:
        body = document.to_json().encode()
        self.s3.put_object(Bucket=self.bucket, Key=key, Body=body, ContentType="application/json", **conditions)
