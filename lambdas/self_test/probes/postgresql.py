"""Whether a PostgreSQL server starts where restores run: inside Lambda, without `/dev/shm`, behind no network."""

from lambdas.self_test.invoke import invoke
from lambdas.self_test.probe import Probe, Seen, Situation, failed, passed
from lambdas.shared.quantities import seconds_taken
from lambdas.vocabulary.codec import decode
from lambdas.vocabulary.self_test import SELF_TEST_EVENT, ProbeName, ServersStarted


def _ask(situation: Situation) -> Seen:
    answer = invoke(situation, "restore_verification", SELF_TEST_EVENT)
    found = decode(ServersStarted, answer, ignore_unknown=True)
    machine = ", ".join(f"{thing} {said}" for thing, said in found.machine.items())
    if found.failure:
        return failed(f"{found.failure} ({machine})")
    if not found.servers:
        return failed(f"it started no server ({machine})")
    versions = ", ".join(server.version for server in found.servers)
    longest = seconds_taken(max(server.seconds for server in found.servers))
    return passed(f"PostgreSQL {versions} started and gave back a row, each within {longest} ({machine})")


POSTGRESQL = Probe(
    name=ProbeName.POSTGRESQL,
    question="Does a PostgreSQL server start inside Lambda, as each restore needs it?",
    meaning="No backup can be proven: the age of the newest proven backup grows until its alarm goes off.",
    remedy="read the log of restore_verification; then runbook restore-failed",
    ask=_ask,
    seconds=150,
)
