"""How a permission is checked, where MiniStack differs from IAM, and which ones each role has used.

The second is what IAM's own service of last-accessed information shows, without its hours of delay.
"""

from collections.abc import Callable
from contextvars import ContextVar
from functools import partial
from typing import Any
from urllib.parse import parse_qs

from ministack.core import iam_actions, iam_evaluator
from ministack.services import sts

from emulator.ministack import control, instances

PATH = f"{control.PREFIX}permissions-used"

_UNSUFFIXED = {"logs:TagResource", "logs:UntagResource", "logs:ListTagsForResource"}

_ACTIONS = {f"sqs:{name}Batch": f"sqs:{name}" for name in ("SendMessage", "DeleteMessage", "ChangeMessageVisibility")}
"""Operations that IAM knows by another's name.

https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-api-permissions-reference.html
"""

_further: ContextVar[list[instances.Use]] = ContextVar("further", default=[])  # noqa: B039  (it is replaced, not changed)
"""What a request needs besides: EC2 asks for a permission on each thing that an instance is made of."""

_enforce = iam_evaluator.enforce
_used: set[tuple[str, str]] = set()


def register() -> None:
    iam_evaluator.enforce = enforce
    iam_actions.extract_resource_arn = partial(extract_resource_arn, iam_actions.extract_resource_arn)
    control.PATHS[PATH] = used


def enforce(
    access_key_id: str, iam_action: str, service: str, region: str, resource_arn: str = "*", **context: Any
) -> Any:
    further = _further.get() if service == "ec2" else []
    if not further:
        return _enforced(access_key_id, iam_action, service, region, resource_arn=resource_arn, **context)
    keys = context.get("service_context") or {}
    for use in further:
        given = {"resource_arn": use.arn, "service_context": {**keys, **use.keys}}
        if refusal := _enforced(access_key_id, use.action, service, region, **given):
            return refusal
    return None


def _enforced(access_key_id: str, iam_action: str, service: str, region: str, **context: Any) -> Any:
    iam_action, resource_arn = _ACTIONS.get(iam_action, iam_action), context["resource_arn"]
    if service == "logs" and ":log-group:" in resource_arn and iam_action not in _UNSUFFIXED:
        context["resource_arn"] = f"{resource_arn.removesuffix(':*')}:*"  # the form in which policies name a log group
    refusal = _enforce(access_key_id, iam_action, service, region, **context)
    if refusal is None and (session := sts._sessions.get(access_key_id)):
        _used.add((session["Arn"], iam_action))
    return refusal


def extract_resource_arn(otherwise: Callable[..., Any], service: str, *request: Any) -> Any:
    """MiniStack names alarms alone, and of RDS's instances none that a restore makes; dashboards belong to no region.

    At AWS a restore needs the permission on the source and the groups, too.
    """
    *_, body, query, region, account_id = request
    if service == "rds" and (name := iam_actions._param(body, query, "TargetDBInstanceIdentifier")):
        return f"arn:aws:rds:{region}:{account_id}:db:{name}"
    if service == "monitoring" and (name := iam_actions._param(body, query, "DashboardName")):
        return f"arn:aws:cloudwatch::{account_id}:dashboard/{name}"
    if service == "ec2":
        parameters = {**{key: [value] if isinstance(value, str) else value for key, value in query.items()}}
        parameters |= parse_qs(body.decode(errors="replace"))
        _further.set(instances.uses(parameters))
    return otherwise(service, *request)


def used(_request: dict[str, Any]) -> list[tuple[str, str]]:
    """The sessions' ARNs and the actions that they were allowed."""
    return sorted(_used)
