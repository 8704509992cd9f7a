"""How much a stack takes: CloudFormation limits its resources."""

from aws_cdk import App, CfnResource, Stack

from stacks.settings import SettingsError

MOST_RESOURCES = 500
MARGIN = 50
"""What is left free where a list is cut to what a stack takes: for what a later version adds."""
LISTS = {"alerting": "alerts.email or alerts.channels", "monitoring": "alerts.maintenance or api.routes"}
"""The settings that a stack grows by, by the end of its name; what grows by endpoints is cut to the room."""


def resources_in(stack: Stack) -> int:
    return sum(CfnResource.is_cfn_resource(construct) for construct in stack.node.find_all())


def room_in(stack: Stack) -> int:
    """How many more resources `stack` takes, the margin left free."""
    return max(0, MOST_RESOURCES - MARGIN - resources_in(stack))


def refuse_full_stacks(app: App) -> None:
    """Raise SettingsError for each stack that CloudFormation would not take."""
    stacks = {stack: resources_in(stack) for stack in app.node.children if isinstance(stack, Stack)}
    lines = [_line(stack.stack_name, found) for stack, found in stacks.items() if found > MOST_RESOURCES]
    if lines:
        raise SettingsError(lines)


def _line(name: str, found: int) -> str:
    remedy = next((f"; shorten {lists}" for part, lists in LISTS.items() if name.endswith(f"-{part}")), "")
    return f"{name} would have {found} resources, and CloudFormation takes {MOST_RESOURCES} in a stack{remedy}"
