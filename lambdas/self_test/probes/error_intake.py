"""Whether a body without a length arrives whole at the error intake: Sentry's SDK for Node sends every error so."""

import json
import uuid
from urllib.parse import urljoin

from lambdas.self_test.outputs import address_of
from lambdas.self_test.probe import Probe, Seen, Situation, failed, not_applicable, passed
from lambdas.self_test.web import Page, post_in_chunks
from lambdas.shared.texts import cut
from lambdas.vocabulary.error_tracking import FRONT_URL
from lambdas.vocabulary.self_test import ProbeName

STACK = "errors"
_CLIENT = "monitoring.self-test/1"
_TAKEN, _TOO_MANY = 200, 429
_QUOTED = 200


def _ask(situation: Situation) -> Seen:
    settings = situation.settings
    if settings.project is None or settings.project_key is None:
        return not_applicable("no project sends errors (errors.projects)")
    url = urljoin(address_of(situation, STACK, FRONT_URL) + "/", f"api/{settings.project}/envelope/")
    event_id = uuid.uuid4().hex
    answer = post_in_chunks(url, _envelope(event_id), _headers(settings.project_key))
    if answer.status == _TOO_MANY:
        return passed("a body in chunks reached the quota, which is used up at the moment: 429, as it should be")
    if answer.status != _TAKEN:
        return failed(f"a body in chunks was answered {answer.status}: {_said(answer)}")
    if event_id not in answer.body.decode(errors="replace"):
        return failed(f"a body in chunks was answered 200, and did not arrive whole: {_said(answer)}")
    return passed("a body in chunks, without a length, arrived whole: the function answered with its id")


def _envelope(event_id: str) -> list[bytes]:
    """A client's report that it dropped nothing: it counts as no error, and the answer repeats the id.

    In several pieces, the last of which has what proves that all came.
    """
    lines: tuple[dict[str, object], ...] = ({"event_id": event_id}, {"type": "client_report"}, {"discarded_events": []})
    return [f"{json.dumps(line)}\n".encode() for line in lines]


def _headers(key: str) -> dict[str, str]:
    return {"X-Sentry-Auth": f"Sentry sentry_version=7, sentry_client={_CLIENT}, sentry_key={key}"}


def _said(answer: Page) -> str:
    return cut(answer.body.decode(errors="replace"), _QUOTED)


ERROR_INTAKE = Probe(
    name=ProbeName.ERROR_INTAKE,
    question="Does the error intake take a body that is sent in chunks, as Sentry's SDK for Node sends it?",
    meaning="Errors of clients that send in chunks are lost before anything counts them.",
    remedy=(
        "411 or 400 comes from API Gateway: put a proxy before it that sends lengths, or let the SDK send by one"
        " (`tunnel`); 401 or 403: the project's key was changed and the stack reviews was not deployed since;"
        " otherwise read the log of error_intake"
    ),
    ask=_ask,
    seconds=60,
)
