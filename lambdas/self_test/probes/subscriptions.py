"""Whether whoever the settings name for alerts is subscribed, and confirmed it."""

from lambdas.self_test.invoke import invoke
from lambdas.self_test.probe import Probe, Seen, Situation, failed, passed
from lambdas.test_alert.recipients import SUBSCRIPTIONS as ONLY_SUBSCRIPTIONS
from lambdas.vocabulary.self_test import ProbeName


def _ask(situation: Situation) -> Seen:
    lost = invoke(situation, "test_alert", {"only": ONLY_SUBSCRIPTIONS})["lost"]
    if lost:
        return failed("; ".join(f"{where}: {', '.join(lines)}" for where, lines in lost.items()))
    return passed("every address, number and chat that the settings name is subscribed and has confirmed it")


SUBSCRIPTIONS = Probe(
    name=ProbeName.SUBSCRIPTIONS,
    question="Are the subscriptions of mail, text messages and chat confirmed?",
    meaning="Alerts do not reach these people.",
    remedy="runbook channel-failed: let them open the link in SNS's mail, or subscribe them again",
    ask=_ask,
)
