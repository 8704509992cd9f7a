"""Whether an act on identities makes somebody an administrator: by what the policies permit, not by their names."""

import json
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any
from urllib.parse import unquote

from botocore.exceptions import BotoCoreError, ClientError

from lambdas.shared.observability import logger
from lambdas.vocabulary.account_changes import ADMINISTRATOR, AccountChange

# Whoever may do one of these to any identity can give themselves every right.
# https://rhinosecuritylabs.com/aws/aws-privilege-escalation-methods-mitigation/
_ESCALATING = (
    "iam:addusertogroup",
    "iam:attachgrouppolicy",
    "iam:attachrolepolicy",
    "iam:attachuserpolicy",
    "iam:createaccesskey",
    "iam:createloginprofile",
    "iam:createpolicyversion",
    "iam:putgrouppolicy",
    "iam:putrolepolicy",
    "iam:putuserpolicy",
    "iam:setdefaultpolicyversion",
    "iam:updateassumerolepolicy",
    "iam:updateloginprofile",
)
_EVERY_IDENTITY = (":*", "user/*", "role/*", "group/*", "policy/*")

Document = Mapping[str, Any]


def kind_of(change: AccountChange, record: Mapping[str, Any], iam: Any) -> tuple[AccountChange, str]:
    """The kind of the act that a rule took for `change`, and a remark on it: a change of permissions may be more.

    `record` is CloudTrail's, `iam` a boto3 client.  What cannot be read is taken for the worst that it may be.
    """
    if change is not AccountChange.PERMISSIONS_CHANGED:
        return change, ""
    try:
        everything = any(permits_everything(document) for document in _documents(record, iam))
    except iam.exceptions.NoSuchEntityException:  # it is gone again
        everything = False
    except (ClientError, BotoCoreError, ValueError) as error:
        logger.warning("what the act permits could not be read", act=record["eventName"], reason=str(error))
        return AccountChange.ADMINISTRATOR_MADE, " (perhaps: what it permits could not be read)"
    return (AccountChange.ADMINISTRATOR_MADE if everything else change), ""


def permits_everything(document: Document) -> bool:
    statements = _listed(document.get("Statement"))
    return any(_permits_everything(statement) for statement in statements if statement.get("Effect") == "Allow")


def _permits_everything(statement: Mapping[str, Any]) -> bool:
    resources = _listed(statement.get("Resource"))
    everywhere = "NotResource" in statement or any(one == "*" or one.endswith(_EVERY_IDENTITY) for one in resources)
    patterns = [pattern.lower() for pattern in _listed(statement.get("Action"))]
    escalating = any(fnmatchcase(action, pattern) for action in _ESCALATING for pattern in patterns)
    excluded = [pattern.lower() for pattern in _listed(statement.get("NotAction"))]
    all_but = bool(excluded) and not all(any(fnmatchcase(it, one) for one in excluded) for it in _ESCALATING)
    return everywhere and (escalating or all_but)


def _documents(record: Mapping[str, Any], iam: Any) -> Iterator[Document]:
    """The policies that the act puts into force."""
    parameters = record.get("requestParameters") or {}
    match record["eventName"]:
        case "AttachUserPolicy" | "AttachRolePolicy" | "AttachGroupPolicy":
            yield _managed(iam, parameters["policyArn"])
        case "SetDefaultPolicyVersion":
            yield _version(iam, parameters["policyArn"], parameters["versionId"])
        case "AddUserToGroup":
            yield from _of_group(iam, parameters["groupName"])
        case "UpdateAssumeRolePolicy":  # it says who may take the role, not what the role may do
            return
        case _ if "policyDocument" in parameters:
            yield _parsed(parameters["policyDocument"])


def _of_group(iam: Any, group: str) -> Iterator[Document]:
    for page in iam.get_paginator("list_attached_group_policies").paginate(GroupName=group):
        for policy in page["AttachedPolicies"]:
            yield _managed(iam, policy["PolicyArn"])
    for page in iam.get_paginator("list_group_policies").paginate(GroupName=group):
        for name in page["PolicyNames"]:
            yield _parsed(iam.get_group_policy(GroupName=group, PolicyName=name)["PolicyDocument"])


def _managed(iam: Any, arn: str) -> Document:
    if arn in ADMINISTRATOR:
        return {"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
    if ":aws:policy/" in arn:  # AWS's own are known by name, and this function may not read them
        return {}
    return _version(iam, arn, iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"])


def _version(iam: Any, arn: str, version: str) -> Document:
    return _parsed(iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"])


def _parsed(document: Any) -> Document:
    """As the call has it, as text; as boto3 has it, parsed already."""
    if isinstance(document, str):
        document = json.loads(document if document.lstrip().startswith("{") else unquote(document))
    if not isinstance(document, Mapping):
        raise ValueError("the policy is no document")  # noqa: TRY004  (a value from outside, like text that is no JSON)
    return document


def _listed(value: Any) -> list[Any]:
    """IAM takes one thing for a list of one."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
