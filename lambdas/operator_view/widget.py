"""What CloudWatch asks of a custom widget, and what it gets.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/add_custom_widget_dashboard_about.html
"""

from collections.abc import Mapping
from typing import Any, Final

from lambdas.operator_view.parameters import Asked
from lambdas.operator_view.render import show
from lambdas.operator_view.settings import Settings
from lambdas.operator_view.sources import Sources
from lambdas.operator_view.surface import Widget
from lambdas.operator_view.view import Message, Page
from lambdas.operator_view.views import default_of, views_of

CONTEXT: Final = "widgetContext"


def answer(event: Asked, arn: str, settings: Settings, sources: Sources) -> str:
    """HTML, or the documentation in Markdown when CloudWatch asks for that."""
    if event.get("describe"):
        return documentation(sources)
    return show(event, sources, page_of(event, arn, settings, sources))


def page_of(event: Asked, arn: str, settings: Settings, sources: Sources, message: Message | None = None) -> Page:
    """`arn` is of the function that answers, either of the two."""
    surface = Widget(sibling(arn, settings.view_function), sibling(arn, settings.action_function))
    return Page(surface, sources.at, str(context_of(event).get("theme", "")), message)


def context_of(event: Asked) -> Mapping[str, Any]:
    context = event.get(CONTEXT)
    return context if isinstance(context, Mapping) else {}


def sibling(arn: str, function: str) -> str:
    """The ARN of another function of this account and region."""
    return ":".join([*arn.split(":")[:6], function])


def documentation(sources: Sources) -> str:
    """What CloudWatch shows as *Get documentation*."""
    default = default_of(sources).name
    views = "\n".join(f"- `{view.name}`: {view.meaning}" for view in views_of(sources).values())
    return (
        "## The operator's view\n"
        "Reads and changes nothing. Its buttons call the function that acts, for those who may invoke it.\n\n"
        f"`view` is one of these, `{default}` when it is left out; its parameters are in brackets:\n\n{views}\n\n"
        f"```yaml\nview: {default}\n```\n"
    )
