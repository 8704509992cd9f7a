"""Answers a button: does what it says, and shows the issue or the incident as it is then.

Who pressed it is not known here: CloudWatch passes the dashboard's account and name, which any caller can write too.
CloudTrail knows: with data events of Lambda switched on, the Invoke event of the logged request id has the caller's
identity and address.
"""

from typing import Any

from lambdas.operator_action.answer import SendReply
from lambdas.operator_action.done import done, shown
from lambdas.operator_view.parameters import Asked
from lambdas.operator_view.settings import Settings
from lambdas.operator_view.sources import Sources
from lambdas.operator_view.view import Message
from lambdas.operator_view.widget import context_of, page_of
from lambdas.shared.observability import logger

BY = "a dashboard"


def act(event: Asked, arn: str, settings: Settings, sources: Sources, send_reply: SendReply | None = None) -> str:
    """HTML; an action that is refused changes nothing and says why.  `send_reply` is there where incidents are."""
    if event.get("describe"):
        return "## The operator's actions\nCalled by the buttons of the operator's view; it is no widget of its own.\n"
    message = done(event, settings.environment, sources, BY, send_reply)
    _log(message, event)
    return shown(event, sources, page_of(event, arn, settings, sources, message))


def _log(message: Message, event: Asked) -> None:
    if not message.is_good:
        logger.warning("action refused", reason=message.text)
        return
    about: dict[str, Any] = {name: event.get(name) for name in ("action", "project", "id", "incident") if name in event}
    logger.info(
        "incident answered" if "incident" in about else "issue changed",
        claimed_account=str(context_of(event).get("accountId", ""))[:12],
        **about,
    )
