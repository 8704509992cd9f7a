"""Whether the way of a backup is open: the login, TLS, what it may read, and pg_dump."""

from lambdas.self_test.invoke import invoke
from lambdas.self_test.probe import Probe, Seen, Situation, failed, not_asked, passed
from lambdas.shared.quantities import seconds_taken, size
from lambdas.vocabulary.codec import decode
from lambdas.vocabulary.self_test import SELF_TEST_EVENT, ProbeName, SourceReached

_VERIFIED = "verify-full"


def _ask(situation: Situation) -> Seen:
    answer = invoke(situation, "database_backup", SELF_TEST_EVENT)
    found = decode(SourceReached, answer, ignore_unknown=True)
    if found.failure and found.passes:
        return not_asked(f"{found.failure} (this passes by itself: ask again)")
    if found.failure:
        return failed(found.failure)
    row = f"a row of {found.row_of} came back" if found.row_of else "no table had a row to read"
    return passed(
        f"{found.login} logged in by {found.logged_in_by} to PostgreSQL {found.server_version} over {_tls(found)};"
        f" {row}; pg_dump wrote {size(found.dumped_bytes)} of schema, in {seconds_taken(found.seconds)}"
    )


def _tls(found: SourceReached) -> str:
    """A login weaker than the settings demand is refused by the function itself."""
    if not found.tls:
        return "a session WITHOUT TLS, as database.minimum_tls allows"
    if found.tls_mode == _VERIFIED:
        return f"{found.tls}, the certificate verified"
    return f"{found.tls}, the certificate NOT verified in full (sslmode={found.tls_mode}, which the settings allow)"


DATABASE = Probe(
    name=ProbeName.DATABASE,
    question="Does the login of the backups reach the database over TLS, read a row, and run pg_dump?",
    meaning="The next backup fails for the same reason.",
    remedy="do what the line says; runbook backup-failed has the causes in order",
    ask=_ask,
    seconds=130,
)
