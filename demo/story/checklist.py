"""The production checklist, answered of the account that the story has run on."""

from demo.console import Console
from emulator.stage import Stage
from lambdas.checklist.words import counts, headline
from lambdas.vocabulary.checklist import Line, Report
from lambdas.vocabulary.codec import decode

NOT_SEEN = ("the check itself failed", "was denied", "no answer within")
"""How an answer begins to be none of the account's."""


def show_checklist(stage: Stage, console: Console) -> None:
    console.heading("Answer the production checklist")
    with console.step(f"invoking {stage.function('checklist')}"):
        report = decode(Report, stage.invoke("checklist"), ignore_unknown=True)
    lines = {answer.line for answer in report.answers}
    unseen = [answer.check for answer in report.answers if any(words in answer.text for words in NOT_SEEN)]
    console.claim(
        "every line of the production checklist is answered from the account, with evidence",
        holds=lines == {line.words for line in Line} and not unseen and not report.not_kept,
        evidence=f"{headline(report)}; {counts(report)}" + (f"; not seen: {', '.join(unseen)}" if unseen else ""),
    )
    for answer in report.answers:
        if answer.blocks:
            console.fact(f"{answer.verdict.value}: {answer.question} {answer.text}")
