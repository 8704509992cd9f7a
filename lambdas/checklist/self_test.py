"""What the self-test proved last."""

import json
from datetime import timedelta
from typing import Final

from lambdas.checklist import arns
from lambdas.checklist.check import Reads, Situation
from lambdas.shared.reports import Reports
from lambdas.vocabulary.codec import decode
from lambdas.vocabulary.reports import Kind
from lambdas.vocabulary.self_test import ProbeName, ProbeResult, SelfTest

AGE: Final = timedelta(days=8)
"""It runs weekly; a day is left for it to be run again."""

READS: Final = (
    Reads(("s3:ListBucket",), arns.REPORTS),
    Reads(
        ("s3:GetObject",),
        f"{arns.REPORTS}/{Kind.SELF_TEST}/*",
        because="Which reports there are is found in the bucket.",
    ),
)


def newest_self_test(situation: Situation) -> SelfTest | None:
    """Of the last `AGE`; raises UnreadableError."""
    reports = situation.settings.reports
    stored = situation.account.read(
        "s3", "the last self-test", lambda s3: Reports(s3, reports).newest(Kind.SELF_TEST, situation.at, AGE)
    )
    return decode(SelfTest, json.loads(stored.body), ignore_unknown=True) if stored else None


def proven(situation: Situation, probe: ProbeName) -> ProbeResult | None:
    """What the last self-test says of one of its probes; None where there was none."""
    test = newest_self_test(situation)
    return test.result_of(probe) if test else None
