"""`ops <environment> console`."""

import click

from ops.account import operator
from ops.chosen import Chosen, pass_chosen
from ops.console.answer import Console
from ops.console.serve import Server
from ops.errors_tracked.tracker import Tracker


@click.command("console")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="of 127.0.0.1; a free one when it is left out")
@pass_chosen
def commands(chosen: Chosen, port: int) -> None:
    """The operator's view in a browser of this machine, until Ctrl-C.

    It reads and acts with the AWS credentials of the shell.  Its address works in one browser of this machine only: it
    has a key in it, which is another one each time.
    """
    sources = Tracker(chosen.account).sources()
    with Server(port, lambda taken: Console(sources, chosen.settings.name, operator(), taken)) as server:
        click.echo(server.console.address)
        click.echo("Ctrl-C ends it", err=True)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            click.echo("", err=True)
