"""Whether the front answers where people acknowledge incidents."""

from urllib.parse import urljoin

from lambdas.self_test.outputs import address_of
from lambdas.self_test.probe import Probe, Seen, Situation, failed, not_applicable, passed
from lambdas.self_test.web import get
from lambdas.vocabulary.incidents import ANSWER_URL
from lambdas.vocabulary.self_test import ProbeName

STACK = "incidents"
UNSIGNED = "a/self-test"
"""A link that nobody signed: the function answers 404 with its own headers, as to whoever guesses links."""
_NOT_FOUND = 404
_OWN_HEADER = "x-robots-tag"


def _ask(situation: Situation) -> Seen:
    if not situation.settings.on_call:
        return not_applicable("nobody is on call (section on_call)")
    answer = get(urljoin(address_of(situation, STACK, ANSWER_URL), UNSIGNED))
    if answer.status != _NOT_FOUND:
        return failed(f"a link that nobody signed was answered {answer.status}, and should be answered 404")
    if _OWN_HEADER not in answer.headers:
        return failed("API Gateway answered by itself: its routes do not lead to the function incident_answer")
    return passed("the function incident_answer refused a link that nobody signed with 404")


INCIDENT_FRONT = Probe(
    name=ProbeName.INCIDENT_FRONT,
    question="Does the front answer where people acknowledge incidents?",
    meaning="Links in pages and buttons in chat do nothing: a page escalates although somebody has taken it.",
    remedy="read the log of incident_answer, and that of the front (/aws/vendedlogs/…); deploy the stack incidents",
    ask=_ask,
    seconds=60,
)
