"""An action as the answer to a button: what was done or why not, and what it was done to as it is then."""

from lambdas.operator_action.answer import SendReply, answered
from lambdas.operator_action.apply import Actor, RefusedActionError, apply
from lambdas.operator_action.wish import wish_of
from lambdas.operator_view.parameters import Asked, BadParameterError
from lambdas.operator_view.render import show
from lambdas.operator_view.sources import ErrorSources, Sources
from lambdas.operator_view.view import Message, Page
from lambdas.operator_view.views import incident, issue

_OF_INCIDENTS = ("incident", "by")
_OF_ISSUES = ("project", "id")


def done(asked: Asked, environment: str, sources: Sources, by: str, send_reply: SendReply | None = None) -> Message:
    """Good only where every parameter was what it must be.  An answer to an incident names who gives it itself."""
    if "incident" in asked and sources.incidents:
        return answered(asked, sources.incidents.people, sources.at, send_reply)
    if sources.errors is None:
        return Message("Not done: there is nothing that it could be done to.", is_good=False)
    return _of_issue(asked, environment, sources.errors, by)


def _of_issue(asked: Asked, environment: str, errors: ErrorSources, by: str) -> Message:
    try:
        wish = wish_of(asked, errors.projects)
        said = apply(errors.errors, environment, wish, Actor(by, errors.at))
    except (BadParameterError, RefusedActionError) as error:
        return Message(f"Not done: {error}.", is_good=False)
    return Message(f"{said}.")


def shown(asked: Asked, sources: Sources, page: Page) -> str:
    """The issue or the incident that the action is about; where it names none, the reason stands alone."""
    view, names = (incident.NAME, _OF_INCIDENTS) if "incident" in asked else (issue.NAME, _OF_ISSUES)
    about = {name: asked[name] for name in names if name in asked}
    return show({"view": view, **about}, sources, page)
