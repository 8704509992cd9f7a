"""What can be wrong with a copy, each in one line, and how AWS's refusals are said in one."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from botocore.exceptions import BotoCoreError, ClientError

PATIENCE: Final = timedelta(hours=3)
"""So long after the last object of a backup was written, S3 may still be copying it."""
ENDLESS: Final = datetime.max.replace(tzinfo=UTC)


class CopyUnreadableError(Exception):
    """Nothing can be said of any copy; the text says why, in one line."""


@dataclass(frozen=True)
class Fault:
    text: str
    waits_until: datetime | None = None
    """Until then it may be S3's delay; None for what no waiting mends."""
    spares_data: bool = False
    """The backup comes back from its copy all the same."""

    def may_wait_at(self, moment: datetime) -> bool:
        return self.waits_until is not None and moment <= self.waits_until

    def forbids_recovery_at(self, moment: datetime) -> bool:
        return not (self.spares_data and self.may_wait_at(moment))

    def __str__(self) -> str:
        return self.text


@contextmanager
def copies_readable(bucket: str, region: str) -> Iterator[None]:
    """Raise CopyUnreadableError for what S3 or the network refuses in the second region."""
    try:
        yield
    except ClientError as error:
        raise CopyUnreadableError(_refusal(error, bucket, region)) from error
    except BotoCoreError as error:
        raise CopyUnreadableError(f"{region} did not answer: {error} (it is asked again in an hour)") from error


def is_missing(error: ClientError) -> bool:
    return _code(error) in ("NoSuchKey", "404")


def _refusal(error: ClientError, bucket: str, region: str) -> str:
    code, message = _code(error), error.response.get("Error", {}).get("Message", "")
    where = f"bucket {bucket} in {region}"
    if code == "NoSuchBucket":
        return f"{where} is missing: nothing is copied (deploy the stack copies, then the stack backups)"
    if code.startswith("KMS") or "kms" in message.lower():
        return f"{where}: the key of the copies is refused ({code}: {message}; enable it, or cancel its deletion)"
    if code in ("AccessDenied", "403", "Forbidden"):
        return f"{where} refuses to be read ({code}: {message}; see its policy, and that of its key)"
    return f"{where} cannot be read ({code}: {message})"


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))
