"""Which backup to verify, and at whose wish."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lambdas.vocabulary.backups import MANIFEST, is_prefix


class BadRequestError(Exception):
    """The event names no backup of this bucket; sending it again will not help."""


@dataclass(frozen=True)
class Request:
    backup: str
    requested_by: str
    reason: str
    on_demand: bool
    """Restore again even when this very backup has been verified before."""
    correlation_id: str | None = None


def request_from(event: Mapping[str, Any], bucket: str) -> Request:
    """Read an S3 "Object Created" event of a manifest, or an operator's `{"backup": "<prefix>"}`."""
    if "detail" in event:
        return _of_manifest(event["detail"], bucket)
    return Request(
        backup=_prefix(event.get("backup")),
        requested_by=str(event.get("requested_by", "operator")),
        reason=str(event.get("reason", "on demand")),
        on_demand=True,
        correlation_id=event.get("correlation_id"),
    )


def _of_manifest(detail: Mapping[str, Any], bucket: str) -> Request:
    try:
        found, key = detail["bucket"]["name"], detail["object"]["key"]
    except (KeyError, TypeError):
        raise BadRequestError("the event is no S3 event: its detail names no bucket and object") from None
    if found != bucket or not key.endswith(f"/{MANIFEST}"):
        raise BadRequestError(f"the event speaks of {key!r} in {found!r}, which is no {MANIFEST} in {bucket!r}")
    return Request(
        backup=_prefix(key.removesuffix(MANIFEST)),
        requested_by="EventBridge",
        reason="a backup was committed",
        on_demand=False,
    )


def _prefix(backup: object) -> str:
    prefix = f"{backup}".rstrip("/") + "/"
    if backup is None or not is_prefix(prefix):
        raise BadRequestError(
            f'{backup!r} names no backup (send {{"backup": "<database>/<yyyy>/<mm>/<dd>/<timestamp>-<id>/"}})'
        )
    return prefix
