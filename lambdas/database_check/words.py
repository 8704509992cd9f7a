"""The words that judgements share, and that others look for in the log."""

from typing import Any, Final

CHECKED: Final = "database checked"
"""The message of a run's last line, which holds all measurements."""


def session_of(session: dict[str, Any]) -> str:
    application = f" ({session['application']})" if session["application"] else ""
    return f"session {session['pid']} of {session['login']}{application}"
