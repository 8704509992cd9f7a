"""The words that judgements share."""

from typing import Any


def session_of(session: dict[str, Any]) -> str:
    application = f" ({session['application']})" if session["application"] else ""
    return f"session {session['pid']} of {session['login']}{application}"
