"""`ops <environment> alerts <verb>`."""

from datetime import timedelta

import click

from lambdas.shared.clock import now
from lambdas.shared.mute_rules import MuteRule
from lambdas.shared.quantities import counted
from lambdas.vocabulary.levels import Level
from ops.alerts.firing import firing
from ops.alerts.mute import Wish, mute
from ops.alerts.mute_rules import in_force, remove
from ops.alerts.testing import is_paged, line_of_page, lines_of, send_test_alert, wait_for_answer
from ops.chosen import Chosen, pass_chosen
from ops.errors import ExitCode
from ops.output import json_option, print_json, print_table
from ops.progress import waiting

_ALARMS = (
    "these and no others, such as 'rds-*' (may be repeated); critical ones only with --also-critical, and of a "
    "composite the whole (rds-saturated, api-failing), not its parts"
)


@click.group()
def commands() -> None:
    """See what is in alarm, mute a deployment, test that alerts arrive."""


@commands.command("firing")
@json_option
@pass_chosen
def show_firing(chosen: Chosen, *, as_json: bool) -> ExitCode:
    """What is in alarm, the worst first; ends with 1 while anything is."""
    found = firing(chosen.client("cloudwatch"), chosen.settings)
    if as_json:
        print_json({"firing": [each.as_dict() for each in found]})
    elif found:
        print_table(("level", "alarm", "for", "meaning", "runbook"), [each.as_row() for each in found], name=1)
    else:
        click.echo("nothing is in alarm")
    return ExitCode.WRONG if found else ExitCode.DONE


@commands.command("mute")
@click.option("--minutes", type=int, default=30, show_default=True, help="how long")
@click.option("--reason", required=True, help="what is being done, such as 'deploy 1.4'")
@click.option("--alarms", multiple=True, metavar="PATTERN", help=_ALARMS)
@click.option("--also-critical", is_flag=True, help="critical ones too: a planned outage")
@pass_chosen
def mute_alarms(chosen: Chosen, minutes: int, reason: str, alarms: tuple[str, ...], *, also_critical: bool) -> None:
    """Notify nobody of what a deployment disturbs, until a time that is set now.

    Critical alarms stay as they are, and so does all about backups, security and the monitoring itself.
    """
    muted = mute(chosen.client("cloudwatch"), chosen.settings, Wish(minutes, reason, alarms, also_critical))
    alarms_muted = counted(muted.alarms, "alarm")
    click.echo(f"{alarms_muted} muted from {muted.start:%H:%M} to {muted.end:%H:%M} UTC; `unmute` ends it sooner")


@commands.command("muted")
@click.option("--names", is_flag=True, help="name the alarms too")
@json_option
@pass_chosen
def show_muted(chosen: Chosen, *, names: bool, as_json: bool) -> None:
    """What is muted now or soon, until when and why."""
    rules = in_force(chosen.client("cloudwatch"), chosen.settings)
    if as_json:
        print_json({"muted": [rule.as_dict() for rule in rules]})
        return
    if not rules:
        click.echo("nothing is muted")
        return
    print_table(("status", "alarms", "until", "reason", "rule"), map(_row, rules), right=(1,), name=4)
    for name in sorted({name for rule in rules for name in rule.alarms}) if names else ():
        click.echo(name)


def _row(rule: MuteRule) -> tuple[object, ...]:
    until = f"{rule.ends:%Y-%m-%d %H:%M} UTC" if rule.ends else "each time its window comes"
    return rule.status.lower(), len(rule.alarms), until, rule.reason, rule.name


@commands.command("unmute")
@pass_chosen
def unmute(chosen: Chosen) -> None:
    """End what `mute` began; what is in alarm is sent at once."""
    count = remove(chosen.client("cloudwatch"), chosen.settings)
    removed = f"{counted(count, 'mute rule')} removed; windows of the environment file stay"
    click.echo(removed if count else "nothing was muted by hand")


@commands.command("test")
@click.option("--level", type=click.Choice([*map(str, Level)]), default="critical", show_default=True)
@click.option(
    "--wait",
    type=click.IntRange(0, 60),
    default=5,
    show_default=True,
    metavar="MINUTES",
    help="how long whoever is on call has to take its page; 0 does not wait",
)
@pass_chosen
def test_alert(chosen: Chosen, level: str, wait: int) -> ExitCode:
    """Send a test alert the whole way; ends with 1 when a channel did not take it, or nobody its page."""
    account, began = chosen.account, now()
    with waiting(f"sending a test alert of level {level}, and waiting for the channels"):
        report = send_test_alert(account, Level(level))
    for line in lines_of(report):
        click.echo(line)
    good = report["good"]
    if wait and is_paged(account, Level(level)):
        with waiting("waiting for whoever was paged to take it"):
            page = wait_for_answer(account, began, timedelta(minutes=wait))
        click.echo(line_of_page(page))
        good = good and page is not None and page.first_taken_at is not None
    return ExitCode.DONE if good else ExitCode.WRONG
