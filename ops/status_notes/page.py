"""The status page of one environment: its notes, and where it is."""

from dataclasses import dataclass
from functools import cached_property

from botocore.exceptions import BotoCoreError, ClientError

from lambdas.shared.clock import now
from lambdas.shared.status_notes.table import NotesTable
from lambdas.shared.status_notes.write import Author
from lambdas.vocabulary.names import physical_name
from ops.account import Account, operator
from ops.errors import OpsError, UsageError
from ops.failures import reason_of


@dataclass(frozen=True)
class StatusPage:
    account: Account

    @cached_property
    def public(self) -> tuple[str, ...]:
        """The services that it shows; raises UsageError where there is no page."""
        uptime = self.account.environment.uptime
        public = tuple(endpoint.name for endpoint in uptime.endpoints if endpoint.public)
        if not uptime.status_page or not public:
            raise UsageError("this environment has no status page (docs/settings.md, [uptime]: add a public endpoint)")
        return public

    @cached_property
    def notes(self) -> NotesTable:
        return NotesTable(self.account.client("dynamodb"), physical_name(self.account.environment, "endpoint-states"))

    def author(self) -> Author:
        return Author(operator(), now().replace(microsecond=0))

    def write_now(self, identifier: str) -> str:
        """Have the page written, and return its address.  The note `identifier` is stored, also when this fails."""
        try:
            address = self.account.output("status-page", "StatusPageUrl")
            self.account.invoke("status_page")
        except (OpsError, ClientError, BotoCoreError) as error:
            reason, _ = reason_of(error)
            raise OpsError(
                f"{identifier} is stored, and the page was not written: {reason}; the next run writes it"
            ) from error
        return address
