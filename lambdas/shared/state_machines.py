"""What a state machine hands to the step that follows a failure."""

import json
from collections.abc import Mapping


def caught(error: Mapping[str, str] | None) -> str:
    """The error and its cause, as text; empty where there is none.  A function's own words are JSON in its cause."""
    if not error:
        return ""
    cause = error.get("Cause", "")
    try:
        said = json.loads(cause)["errorMessage"]
    except (ValueError, KeyError, TypeError):
        said = cause
    return f"{error.get('Error', 'error')}: {said}"
