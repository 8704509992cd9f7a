"""PostgreSQL inside Lambda."""

import pytest

from lambdas.self_test.invoke import FunctionFailedError
from lambdas.self_test.probes.postgresql import POSTGRESQL
from lambdas.vocabulary.self_test import SELF_TEST_EVENT
from tests.unit.lambdas.self_test.situations import Aws, answer_of, invoked

MACHINE = {"kernel": "5.10", "memfd": "can be made"}
SERVERS = [{"version": "14.19", "seconds": 1.3}, {"version": "18.1", "seconds": 0.9}]


def asked(answer, **more):
    aws = Aws()
    invoked(aws, "restore-verification", SELF_TEST_EVENT, answer, **more)
    return answer_of(POSTGRESQL, aws)


def test_started_servers_pass():
    outcome, text = asked({"servers": SERVERS, "machine": MACHINE, "failure": ""})
    assert outcome == "passed"
    assert text.startswith("PostgreSQL 14.19, 18.1 started and gave back a row, each within 1.3 s (kernel 5.10")


def test_one_server_that_does_not_start_fails():
    failure = "PostgreSQL 18: the restore server did not start: could not create shared memory segment"
    outcome, text = asked({"servers": SERVERS[:1], "machine": MACHINE, "failure": failure})
    assert outcome == "failed"
    assert text.startswith(failure)


def test_no_server_at_all_is_no_pass():
    assert asked({"servers": [], "machine": MACHINE, "failure": ""})[0] == "failed"


def test_function_that_raises_says_so():
    with pytest.raises(FunctionFailedError, match="junkos-prod-restore-verification failed: out of memory"):
        asked(None, error="out of memory")


def test_absent_function_is_named():
    aws = Aws()
    aws.refuse("lambda", "invoke", "ResourceNotFoundException", "Function not found")
    with pytest.raises(FunctionFailedError, match="there is no function junkos-prod-restore-verification"):
        answer_of(POSTGRESQL, aws)
