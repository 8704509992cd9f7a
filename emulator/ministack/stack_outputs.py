"""`Fn::GetStackOutput` with a region: MiniStack looks for the stack in the region of the one that asks.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-getstackoutput.html
"""

from typing import Any

from ministack.core.responses import get_account_id, request_scope
from ministack.services.cloudformation import engine

_resolve = engine._resolve_refs


def register() -> None:
    engine._resolve_refs = resolve


def resolve(value: Any, *arguments: Any, **keywords: Any) -> Any:
    match value:
        case {"Fn::GetStackOutput": {"Region": str(region)}}:
            with request_scope(get_account_id(), region):
                return _resolve(value, *arguments, **keywords)
    return _resolve(value, *arguments, **keywords)
