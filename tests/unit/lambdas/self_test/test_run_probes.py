"""Probes fail alone."""

import threading

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from lambdas.self_test.invoke import FunctionFailedError
from lambdas.self_test.outputs import NoOutputError
from lambdas.self_test.probe import Probe, failed, not_applicable, passed
from lambdas.self_test.probes import PROBES
from lambdas.self_test.run_probes import run_probes
from lambdas.self_test.web import NoAnswerError
from lambdas.vocabulary.self_test import ProbeName
from tests.unit.lambdas.self_test.situations import Aws, situation

GOOD = "good"


def probe(ask, name=ProbeName.METRICS, **fields):
    return Probe(name=name, question="Is it so?", meaning="It is bad.", remedy="mend it", ask=ask, **fields)


def raising(error):
    def ask(_):
        raise error

    return ask


def outcomes(*probes):
    return [(result.outcome.value, result.seen) for result in run_probes(probes, situation(Aws()))]


def test_failure_says_what_it_means_and_what_to_do():
    bad, special, good = run_probes(
        [probe(lambda _: failed("no")), probe(lambda _: failed("no", "do this")), probe(lambda _: passed("yes"))],
        situation(Aws()),
    )
    assert (bad.meaning, bad.remedy) == ("It is bad.", "mend it")
    assert special.remedy == "do this"
    assert (good.meaning, good.remedy) == ("", "")


@pytest.mark.parametrize("error", [FunctionFailedError("it raised"), NoAnswerError("silent"), NoOutputError("none")])
def test_what_was_asked_and_is_wrong_fails(error):
    assert outcomes(probe(raising(error)), probe(lambda _: passed(GOOD))) == [
        ("failed", str(error)),
        ("passed", GOOD),
    ]


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (ClientError({"Error": {"Code": "AccessDeniedException", "Message": "no"}}, "Invoke"), "role of self_test"),
        (ClientError({"Error": {"Code": "ThrottlingException", "Message": "slow"}}, "Invoke"), "ThrottlingException"),
        (ReadTimeoutError(endpoint_url="https://lambda"), "Read timeout"),
        (KeyError("lost"), "the probe itself failed: KeyError"),
    ],
)
def test_what_could_not_be_asked_is_neither(error, said):
    """Denied, throttled, late or wrong by itself: never a pass, never a failure."""
    (outcome, text), other = outcomes(probe(raising(error)), probe(lambda _: passed(GOOD)))
    assert (outcome, said in text) == ("could not be asked", True)
    assert other == ("passed", GOOD)


def test_late_probe_is_not_waited_for():
    end = threading.Event()
    slow = probe(lambda _: passed(str(end.wait(30))), seconds=0.05)
    try:
        assert outcomes(slow, probe(lambda _: not_applicable("no such thing"))) == [
            ("could not be asked", "no answer within 0.05 s"),
            ("not applicable", "no such thing"),
        ]
    finally:
        end.set()


def test_secrets_in_what_was_seen_are_masked():
    ((_, text),) = outcomes(probe(lambda _: failed("postgresql://me:hunter2@db/orders refused\nit")))
    assert "hunter2" not in text
    assert "\n" not in text


def test_each_name_has_one_probe():
    assert sorted(each.name for each in PROBES) == sorted(ProbeName)
