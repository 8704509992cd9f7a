"""The words that judgements share."""

from typing import Any


def session_of(session: dict[str, Any]) -> str:
    application = f" ({session['application']})" if session["application"] else ""
    return f"session {session['pid']} of {session['login']}{application}"


def duration(seconds: float) -> str:
    return f"{seconds:.1f} s" if seconds < 60 else f"{seconds / 60:.0f} min"  # noqa: PLR2004  a minute


def size_of(amount: float) -> str:
    for unit in ("bytes", "kB", "MB"):
        if amount < 1024:  # noqa: PLR2004  the next unit
            return f"{amount:.0f} {unit}"
        amount /= 1024
    return f"{amount:.1f} GB"
