"""`ops <environment> self-test`."""

import click

from lambdas.vocabulary.codec import decode
from lambdas.vocabulary.self_test import Outcome, ProbeResult, SelfTest
from ops.account import operator
from ops.chosen import Chosen, pass_chosen
from ops.errors import ExitCode
from ops.output import json_option, print_json
from ops.progress import waiting

_MARKS = {Outcome.PASSED: "✓", Outcome.FAILED: "✗", Outcome.NOT_ASKED: "?", Outcome.NOT_APPLICABLE: "-"}


@click.command("self-test")
@json_option
@pass_chosen
def commands(chosen: Chosen, *, as_json: bool) -> ExitCode:
    """Does all work in this account that no emulator can show?  Ends with 1 unless all that applies passed.

    The deployed functions are asked: it takes a minute or two, changes nothing, and is kept as evidence.
    """
    with waiting("asking the deployed functions"):
        answered = chosen.account.invoke("self_test", requested_by=operator())
    found = decode(SelfTest, answered, ignore_unknown=True)
    if as_json:
        print_json(answered, in_ascii=True)
    else:
        for result in found.results:
            _print(result)
        if answered["report"]:
            click.echo(f"kept as {answered['report']} of the bucket of reports")
    if answered["not_kept"]:
        click.echo(answered["not_kept"], err=True)
    return ExitCode.DONE if found.is_good else ExitCode.WRONG


def _print(result: ProbeResult) -> None:
    click.echo(f"{_MARKS[result.outcome]} {result.question} {result.outcome.value}: {result.seen}")
    if not result.is_good:
        for label, text in (("it means", result.meaning), ("do", result.remedy)):
            if text:
                click.echo(f"    {label}: {text}")
