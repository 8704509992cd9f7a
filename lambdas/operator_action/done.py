"""An action as the answer to a button: what was done or why not, and the issue as it is then."""

from lambdas.operator_action.apply import Actor, RefusedActionError, apply
from lambdas.operator_action.wish import wish_of
from lambdas.operator_view.parameters import Asked, BadParameterError
from lambdas.operator_view.render import show
from lambdas.operator_view.sources import Sources
from lambdas.operator_view.view import Message, Page
from lambdas.operator_view.views import issue


def done(asked: Asked, environment: str, sources: Sources, by: str) -> Message:
    """Good only where every parameter was what it must be."""
    try:
        wish = wish_of(asked, sources.projects)
        said = apply(sources.errors, environment, wish, Actor(by, sources.at))
    except (BadParameterError, RefusedActionError) as error:
        return Message(f"Not done: {error}.", is_good=False)
    return Message(f"{said}.")


def shown(asked: Asked, sources: Sources, page: Page) -> str:
    """The issue that the action is about; where it names none, the reason stands alone."""
    about = {name: asked[name] for name in ("project", "id") if name in asked}
    return show({"view": issue.NAME, **about}, sources, page)
