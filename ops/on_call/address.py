"""Where calendar programs subscribe to the rota."""

from lambdas.shared.clock import now
from lambdas.shared.incidents.keys import NoKeysError, replace_calendar_key, stored_keys
from lambdas.shared.incidents.links import Purpose, sign
from lambdas.shared.incidents.table import IncidentTable
from lambdas.vocabulary.incidents import ANSWER_URL
from lambdas.vocabulary.names import physical_name
from ops.account import Account
from ops.errors import OpsError


def address_of_calendar(account: Account, person: str | None, *, renewed: bool) -> str:
    """Of one person's shifts, or of all; whoever has it reads them, until it is `renewed`.

    Raises OpsError before the function `incident` has run for the first time.
    """
    table = IncidentTable(account.client("dynamodb"), physical_name(account.environment, "incidents"))
    if renewed:
        replace_calendar_key(table)
    try:
        keys = stored_keys(table, now())
    except NoKeysError as error:
        raise OpsError(f"{error}; a page does that (ops … alerts test)") from None
    token = sign(keys, 0, person or "", None, Purpose.CALENDAR)
    return f"{account.output('incidents', ANSWER_URL)}calendar/{token}"
