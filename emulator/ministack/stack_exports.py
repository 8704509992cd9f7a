"""CloudFormation's exports: what another stack imports is neither removed nor changed, and a removed one is gone.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-exports.html
"""

from collections.abc import Iterator, Mapping
from typing import Any

from ministack.services import cloudformation
from ministack.services.cloudformation import handlers, stacks

Exports = dict[str, dict[str, str]]

_resolve = stacks._resolve_stack_outputs


def register() -> None:
    stacks._resolve_stack_outputs = resolve


def resolve(*arguments: Any) -> tuple[list[dict[str, str]], Exports]:
    """The outputs and exports of a stack that is created or updated; raises ValueError where AWS refuses the change."""
    outputs, exports = _resolve(*arguments)
    *_, stack_name, stack_id = arguments
    for name, found in list(cloudformation._exports.items()):
        if found["StackId"] == stack_id and exports.get(name) != found:
            for other in _importing(name, besides=stack_name):
                change = "updated" if name in exports else "deleted"
                raise ValueError(f"Export {name} cannot be {change} as it is in use by {other}")
            del cloudformation._exports[name]
    return outputs, exports


def _importing(export: str, besides: str) -> Iterator[str]:
    stacks_there: Mapping[str, Any] = cloudformation._stacks
    for name, stack in stacks_there.items():
        deleted = stack["StackStatus"] == "DELETE_COMPLETE"
        if name != besides and not deleted and export in handlers._imported_export_names(stack, name):
            yield name
