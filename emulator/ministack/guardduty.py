"""GuardDuty's detector: created, listed, read, changed and deleted, with permissions enforced as for other services.

It finds nothing, and its list of findings is empty; a test puts findings on the event bus (see `service_events`).
https://docs.aws.amazon.com/guardduty/latest/APIReference/API_CreateDetector.html
"""

import json
import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from ministack import app
from ministack.core import iam_actions, router
from ministack.core.responses import (
    AccountRegionScopedDict,
    error_response_json,
    get_account_id,
    get_region,
    json_response,
    new_uuid,
)

from lambdas.shared.clock import now

SERVICE = "guardduty"
FOUNDATION = ("CLOUD_TRAIL", "DNS_LOGS", "FLOW_LOGS")
ON_UNLESS_REFUSED = (
    *("S3_DATA_EVENTS", "EKS_AUDIT_LOGS", "EBS_MALWARE_PROTECTION"),
    *("RDS_LOGIN_EVENTS", "LAMBDA_NETWORK_LOGS", "AI_PROTECTION"),
)
OFF_UNLESS_ASKED = ("EKS_RUNTIME_MONITORING", "RUNTIME_MONITORING")
FREQUENCIES = ("FIFTEEN_MINUTES", "ONE_HOUR", "SIX_HOURS")
ON, OFF = "ENABLED", "DISABLED"

Answer = tuple[int, dict[str, str], bytes]
Detector = dict[str, Any]

_detectors: AccountRegionScopedDict = AccountRegionScopedDict()


class BadRequestError(Exception):
    """What the request asks for, GuardDuty refuses."""


def register() -> None:
    router.SERVICE_PATTERNS[SERVICE] = {"host_patterns": [r"guardduty\."], "credential_scope": SERVICE}
    app.SERVICE_HANDLERS[SERVICE] = answer
    iam_actions.SERVICE_TO_IAM_NAMESPACE[SERVICE] = SERVICE
    iam_actions._BOTOCORE_SERVICE_MAP[SERVICE] = [SERVICE]
    iam_actions.extract_resource_arn = partial(resource_arn, iam_actions.extract_resource_arn)


def resource_arn(otherwise: Callable[..., Any], service: str, method: str, path: str, *others: Any) -> str:
    named = re.fullmatch("/detector/([0-9a-f]+)", path)  # what lies below it, here its administrator, takes no resource
    if service != SERVICE or not named:
        return str(otherwise(service, method, path, *others))
    return f"arn:aws:guardduty:{get_region()}:{get_account_id()}:detector/{named[1]}"


async def answer(method: str, path: str, headers: Any, body: bytes, query: Any) -> Answer:  # noqa: ARG001
    detector, _, below = path.strip("/").removeprefix("detector").strip("/").partition("/")
    operation = _OPERATIONS.get((method, bool(detector), below))
    if operation is None:
        return _refused(f"{method} {path} is not among what is embedded of GuardDuty")
    try:
        done: Answer = json_response(operation(detector, json.loads(body or b"{}")), content_type="application/json")
    except BadRequestError as error:
        return _refused(str(error))
    return done


def _refused(message: str) -> Answer:
    refusal: Answer = error_response_json("BadRequestException", message, content_type="application/json")
    return refusal


def _create(_: str, request: Mapping[str, Any]) -> dict[str, Any]:
    if _detectors:
        raise BadRequestError("The request is rejected because a detector already exists for the current account.")
    detector: Detector = {
        "createdAt": _moment(),
        "serviceRole": f"arn:aws:iam::{get_account_id()}:role/aws-service-role/guardduty.amazonaws.com/"
        "AWSServiceRoleForAmazonGuardDuty",
        "status": OFF,
        "findingPublishingFrequency": "SIX_HOURS",
        "tags": request.get("tags", {}),
        "features": {
            **dict.fromkeys((*FOUNDATION, *ON_UNLESS_REFUSED), ON),
            **dict.fromkeys(OFF_UNLESS_ASKED, OFF),
        },
    }
    _change(detector, request)
    identifier = new_uuid().replace("-", "")
    _detectors[identifier] = detector
    return {"detectorId": identifier}


def _list(_: str, __: Mapping[str, Any]) -> dict[str, Any]:
    return {"detectorIds": list(_detectors)}


def _get(identifier: str, _: Mapping[str, Any]) -> dict[str, Any]:
    detector = _owned(identifier)
    features = [{"name": name, "status": status} for name, status in detector["features"].items()]
    return {**detector, "features": features}


def _update(identifier: str, request: Mapping[str, Any]) -> dict[str, Any]:
    _change(_owned(identifier), request)
    return {}


def _delete(identifier: str, _: Mapping[str, Any]) -> dict[str, Any]:
    _owned(identifier)
    del _detectors[identifier]
    return {}


def _administrator(identifier: str, _: Mapping[str, Any]) -> dict[str, Any]:
    """Nobody but the account itself."""
    _owned(identifier)
    return {"administrator": {}}


def _list_findings(identifier: str, _: Mapping[str, Any]) -> dict[str, Any]:
    """None: what tests put on the event bus is no detector's."""
    _owned(identifier)
    return {"findingIds": []}


def _get_findings(identifier: str, request: Mapping[str, Any]) -> dict[str, Any]:
    _owned(identifier)
    if not request.get("findingIds"):
        raise BadRequestError("The request is rejected because the required parameter findingIds is missing.")
    return {"findings": []}


def _change(detector: Detector, request: Mapping[str, Any]) -> None:
    asked = {feature["name"]: feature["status"] for feature in request.get("features", ())}
    if unknown := asked.keys() - set(ON_UNLESS_REFUSED) - set(OFF_UNLESS_ASKED):
        raise BadRequestError(f"The request is rejected because {min(unknown)} is not a feature of a detector.")
    if set(OFF_UNLESS_ASKED) <= {name for name, status in asked.items() if status == ON}:
        raise BadRequestError("The request is rejected because only one kind of runtime monitoring can be enabled.")
    frequency = request.get("findingPublishingFrequency", detector["findingPublishingFrequency"])
    if frequency not in FREQUENCIES:
        raise BadRequestError(f"The request is rejected because {frequency} is not a publishing frequency.")
    detector["features"].update(asked)
    detector["findingPublishingFrequency"] = frequency
    if "enable" in request:
        detector["status"] = ON if request["enable"] else OFF
    detector["updatedAt"] = _moment()


def _owned(identifier: str) -> Detector:
    detector: Detector | None = _detectors.get(identifier)
    if detector is None:
        raise BadRequestError(
            "The request is rejected because the input detectorId is not owned by the current account."
        )
    return detector


def _moment() -> str:
    return now().isoformat(timespec="milliseconds").replace("+00:00", "Z")


# method, whether a detector is named, what of it
_OPERATIONS: dict[tuple[str, bool, str], Callable[[str, Mapping[str, Any]], dict[str, Any]]] = {
    ("POST", False, ""): _create,
    ("GET", False, ""): _list,
    ("GET", True, ""): _get,
    ("POST", True, ""): _update,
    ("DELETE", True, ""): _delete,
    ("GET", True, "administrator"): _administrator,
    ("POST", True, "findings"): _list_findings,
    ("POST", True, "findings/get"): _get_findings,
}
