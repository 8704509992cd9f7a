"""Times as an operator writes them."""

from datetime import UTC, datetime

from ops.errors import UsageError


def time_of(option: str, written: str) -> datetime:
    """In UTC where it names no zone; raises UsageError."""
    try:
        time = datetime.fromisoformat(written)
    except ValueError:
        raise UsageError(f"{option} {written[:40]!r} is no time: write one such as 2026-12-01T02:00 (UTC)") from None
    return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
