"""`ops <environment> console`."""

import click

from lambdas.operator_action.answer import SendReply, answers_by
from lambdas.operator_view.report_sources import ReportSources
from lambdas.operator_view.sources import Sources
from lambdas.vocabulary.consoles import bucket_in
from lambdas.vocabulary.names import physical_name
from ops.account import operator
from ops.chosen import Chosen, pass_chosen
from ops.console.answer import Console
from ops.console.serve import Server
from ops.errors_tracked.tracker import Tracker
from ops.incidents.desk import Desk


@click.command("console")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="of 127.0.0.1; a free one when it is left out")
@pass_chosen
def commands(chosen: Chosen, port: int) -> None:
    """The operator's view in a browser of this machine, until Ctrl-C.

    It reads and acts with the AWS credentials of the shell.  Its address works in one browser of this machine only: it
    has a key in it, which is another one each time.
    """
    sources, send_reply = _sources(chosen), _send_reply(chosen)
    with Server(port, lambda taken: Console(sources, chosen.settings.name, operator(), taken, send_reply)) as server:
        click.echo(server.console.address)
        click.echo("Ctrl-C ends it", err=True)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            click.echo("", err=True)


def _sources(chosen: Chosen) -> Sources:
    """The checklist, and errors and incidents where the environment has them."""
    errors = Tracker(chosen.account).sources() if chosen.settings.errors.enabled else None
    incidents = Desk(chosen.account).sources() if chosen.settings.on_call else None
    reports = chosen.account.reports()
    console = bucket_in(chosen.settings.region, reports.bucket)
    return Sources(errors, incidents, ReportSources(reports, console))


def _send_reply(chosen: Chosen) -> SendReply | None:
    if not chosen.settings.on_call:
        return None
    return answers_by(chosen.client("lambda"), physical_name(chosen.settings, "incident"))
