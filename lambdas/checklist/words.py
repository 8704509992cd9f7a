"""How verdicts and answers are written for people, wherever they read them."""

from collections.abc import Iterator
from typing import Final

from lambdas.shared.quantities import counted
from lambdas.vocabulary.checklist import Answer, Difference, Report, Section, Verdict

MARKS: Final = {
    Verdict.PASS: "✓",
    Verdict.FAIL: "✗",
    Verdict.UNKNOWN: "?",
    Verdict.NOT_APPLICABLE: "-",
    Verdict.ATTESTED: "✎",
    Verdict.WAIVED: "!",
}


def headline(report: Report) -> str:
    """Of a report on all sections whether the environment is ready, of another one whether those are."""
    whole = report.sections == tuple(Section)
    subject = report.environment if whole else ", ".join(section.heading for section in report.sections)
    if report.ready:
        return f"{subject}: ready for production" if whole else f"{subject}: no blocker"
    return f"{subject}: not ready, {counted(len(report.blockers), 'blocker')}"


def counts(report: Report) -> str:
    """Such as `31 pass, 2 fail, 1 unknown`."""
    numbers = ((verdict, report.number_of(verdict)) for verdict in Verdict)
    return ", ".join(f"{number} {verdict.value}" for verdict, number in numbers if number)


def difference(change: Difference) -> str:
    return f"{change.check}: {change.before.value if change.before else 'new'} → {change.now.value}"


def by_section(report: Report) -> Iterator[tuple[Section, list[Answer]]]:
    for section in report.sections:
        if answers := [answer for answer in report.answers if answer.section is section]:
            yield section, answers
