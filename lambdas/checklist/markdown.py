"""The answered checklist as Markdown, for a ticket."""

from collections.abc import Iterator

from lambdas.checklist.words import MARKS, by_section, counts, difference, headline
from lambdas.shared.documents.markdown import escaped
from lambdas.shared.quantities import moment
from lambdas.vocabulary.checklist import BAD, Answer, Report


def markdown(report: Report) -> str:
    return "\n".join(_lines(report)).rstrip() + "\n"


def _lines(report: Report) -> Iterator[str]:
    yield f"# {escaped(headline(report))}"
    yield ""
    yield f"{escaped(counts(report))}. Answered {moment(report.at)}, owner: {escaped(report.owner)}."
    yield ""
    if report.compared_with:
        yield f"## Changed since {moment(report.compared_with)}"
        yield ""
        yield from (f"- {escaped(difference(each))}" for each in report.changed)
        yield "" if report.changed else "Nothing.\n"
    if report.blockers:
        yield "## Blockers"
        yield ""
        for answer in report.blockers:
            yield from _to_do(answer)
        yield ""
    for note in report.notes:
        yield f"- {escaped(note)}"
    for section, answers in by_section(report):
        yield f"\n## {escaped(section.heading)}"
        yield ""
        yield "|  | check | verdict | why |"
        yield "| --- | --- | --- | --- |"
        yield from map(_row, answers)


def _to_do(answer: Answer) -> Iterator[str]:
    yield f"- **{escaped(answer.question)}** {escaped(answer.text)}"
    yield f"  - {escaped(answer.remedy)}"


def _row(answer: Answer) -> str:
    verdict = f"**{answer.verdict.value}**" if answer.verdict in BAD else answer.verdict.value
    return f"| {MARKS[answer.verdict]} | {escaped(answer.question)} | {verdict} | {escaped(answer.text)} |"
