"""What an event asks for: a verification, a drill, or proof that a restore server starts here."""

from collections.abc import Mapping
from typing import Any

from lambdas.restore_verification.drill import run_drill
from lambdas.restore_verification.request import request_from
from lambdas.restore_verification.resources import Resources
from lambdas.restore_verification.self_test import start_servers
from lambdas.restore_verification.verify import Verifier, answer
from lambdas.shared.large_runs import raise_failed
from lambdas.vocabulary.codec import encode
from lambdas.vocabulary.drills import DRILL
from lambdas.vocabulary.large_runs import TooLarge
from lambdas.vocabulary.self_test import SELF_TEST_EVENT


def respond(event: Mapping[str, Any], verifier: Verifier, resources: Resources) -> dict[str, Any]:
    """An event of S3 has a `detail`, and asks for a verification whatever else is in it."""
    if event == SELF_TEST_EVENT:
        return _plain(start_servers(resources))
    raise_failed(event)
    if event.get(DRILL) is True and "detail" not in event:
        held = run_drill(event, verifier, resources)
        return held.answer() if isinstance(held, TooLarge) else _plain(held)
    return answer(verifier.verify(request_from(event, verifier.settings.bucket), resources))


def _plain(found: Any) -> dict[str, Any]:
    written: dict[str, Any] = encode(found)
    return written
