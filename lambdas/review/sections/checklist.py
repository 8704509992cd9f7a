"""The checklist as a whole, by its newest report."""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from lambdas.review.section import Figure, Found, Section, Situation, UnknownError
from lambdas.shared.documents.document import Table
from lambdas.shared.lines import one_line
from lambdas.shared.quantities import counted, moment
from lambdas.shared.reports import Reports
from lambdas.vocabulary.checklist import BAD, Answer, Report, Verdict
from lambdas.vocabulary.reports import Kind
from lambdas.vocabulary.reviews import State

_FRESH: Final = timedelta(days=3)
"""It is answered each day."""
_MOST: Final = 40


def _look(situation: Situation) -> Found:
    reports = Reports(situation.client("s3"), situation.settings.reports)
    stored = reports.newest(Kind.CHECKLIST, situation.at, _FRESH)
    if stored is None:
        raise UnknownError(f"no report of the last {_FRESH.days} days (ops {situation.here.name} checklist)")
    report = Report.from_json(stored.body.decode())
    bad = [answer for answer in report.answers if answer.verdict in BAD]
    source = f"bucket {situation.settings.reports}: {stored.folder}"
    ready = "ready" if report.ready else f"not ready: {counted(len(report.blockers), 'blocker')}"
    return Found(
        State.ATTENTION if bad else State.GOOD,
        f"{ready}; {report.number_of(Verdict.PASS)} of {len(report.answers)} pass",
        (
            Figure("ready", "Ready for production", str(report.ready).lower(), ready, source),
            *(
                Figure(verdict.name.lower(), verdict.value.capitalize(), number, str(number), source)
                for verdict in Verdict
                if (number := report.number_of(verdict))
            ),
            Figure("answered_at", "Answered", report.at.isoformat(), moment(report.at), source),
        ),
        (
            Table(("Section", "Lines", "Pass", "Fail", "Unknown"), tuple(_by_section(report))),
            *((Table(("Check", "Says", "What to do"), tuple(map(_row, _blockers_first(bad)[:_MOST]))),) if bad else ()),
        ),
    )


def _by_section(report: Report) -> list[tuple[str, ...]]:
    rows = []
    for section in report.sections:
        verdicts = Counter(answer.verdict for answer in report.answers if answer.section is section)
        counts = (verdicts.total(), verdicts[Verdict.PASS], verdicts[Verdict.FAIL], verdicts[Verdict.UNKNOWN])
        rows.append((section.heading, *map(str, counts)))
    return rows


def _blockers_first(answers: Sequence[Answer]) -> list[Answer]:
    return sorted(answers, key=lambda answer: (not answer.blocks, answer.check))


def _row(answer: Answer) -> tuple[str, ...]:
    check = f"{answer.check}{' (blocker)' if answer.blocks else ''}"
    return check, f"{answer.verdict}: {one_line(answer.text)}", one_line(answer.remedy)


CHECKLIST = Section("checklist", "The checklist", _look)
