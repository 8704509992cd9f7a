"""What changed since the report before, and since when each verdict is what it is."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final

from lambdas.vocabulary.checklist import Answer, Difference, Report, Verdict

WORST_FIRST: Final = (
    Verdict.FAIL,
    Verdict.UNKNOWN,
    Verdict.WAIVED,
    Verdict.ATTESTED,
    Verdict.NOT_APPLICABLE,
    Verdict.PASS,
)


def compared(report: Report, before: Report | None) -> Report:
    """`report` with the differences to the one before, and with the times that verdicts have lasted."""
    earlier = {answer.check: answer for answer in before.answers} if before else {}
    answers = tuple(replace(answer, since=_since(answer, earlier, report)) for answer in report.answers)
    changed = tuple(_differences(answers, earlier)) if before else ()
    return replace(report, answers=answers, changed=changed, compared_with=before.at if before else None)


def _since(answer: Answer, earlier: Mapping[str, Answer], report: Report) -> datetime:
    known = earlier.get(answer.check)
    return known.since if known and known.verdict is answer.verdict and known.since else report.at


def _differences(answers: Iterable[Answer], earlier: Mapping[str, Answer]) -> Iterable[Difference]:
    """What became worse first."""
    found = [
        Difference(answer.check, known.verdict if known else None, answer.verdict)
        for answer in answers
        if (known := earlier.get(answer.check)) is None or known.verdict is not answer.verdict
    ]
    return sorted(found, key=lambda each: WORST_FIRST.index(each.now))
