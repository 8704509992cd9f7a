"""What the self-test proved last."""

import json
from datetime import timedelta
from typing import Final

from lambdas.checklist.check import Situation
from lambdas.checklist.reports import newest, read_as, reads_of
from lambdas.vocabulary.codec import decode
from lambdas.vocabulary.reports import Kind
from lambdas.vocabulary.self_test import ProbeName, ProbeResult, SelfTest

AGE: Final = timedelta(days=8)
"""It runs weekly; a day is left for it to be run again."""

READS: Final = reads_of(Kind.SELF_TEST)


def newest_self_test(situation: Situation) -> SelfTest | None:
    """Of the last `AGE`; raises UnreadableError."""
    stored = newest(situation, Kind.SELF_TEST, AGE)
    return read_as(stored, _self_test) if stored else None


def _self_test(body: bytes) -> SelfTest:
    return decode(SelfTest, json.loads(body), ignore_unknown=True)


def proven(situation: Situation, probe: ProbeName) -> ProbeResult | None:
    """What the last self-test says of one of its probes; None where there was none."""
    test = newest_self_test(situation)
    return test.result_of(probe) if test else None
