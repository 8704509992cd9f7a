"""What every role of a deployment is allowed, as its templates say it and as `docs/permissions.md` says it."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

PAGE = Path("docs/permissions.md")
EVERY, IN_A_VPC = "every function", "every function in a VPC"

# How the name of a resource becomes the resource part of its ARN.
_PARTS = {
    "AWS::DynamoDB::Table": ("TableName", "table/{}"),
    "AWS::IAM::ManagedPolicy": ("ManagedPolicyName", "policy/{}"),
    "AWS::IAM::Role": ("RoleName", "role/{}"),
    "AWS::KMS::Key": ("", "key/{}"),
    "AWS::Lambda::Function": ("FunctionName", "function:{}"),
    "AWS::Logs::LogGroup": ("LogGroupName", "log-group:{}"),
    "AWS::S3::Bucket": ("BucketName", "{}"),
    "AWS::SNS::Topic": ("TopicName", "{}"),
    "AWS::SQS::Queue": ("QueueName", "{}"),
    "AWS::StepFunctions::StateMachine": ("StateMachineName", "stateMachine:{}"),
}


class Grant(NamedTuple):
    """`holder` is a function's folder or else the name of a role, or of a policy that is there for a role of others.

    `resource` is the resource part of an ARN.
    """

    holder: str
    action: str
    resource: str


@dataclass(frozen=True)
class Permissions:
    """The roles of one environment; `templates` by stack name."""

    environment: str
    templates: dict[str, dict]

    @cached_property
    def grants(self) -> set[Grant]:
        return {
            Grant(holder, action, self.readable(stack, resource))
            for stack, role, statement in self._statements()
            if statement["Effect"] == "Allow"
            for holder in self.holders(stack, role)
            for action in as_list(statement["Action"])
            for resource in as_list(statement["Resource"])
        }

    @cached_property
    def functions(self) -> dict[tuple[str, str], str]:
        """Folders of the functions, by stack and the logical id of the role; copies in other regions too."""
        return {
            (stack, properties["Role"]["Fn::GetAtt"][0]): folder
            for stack, _, properties in self.of_type("AWS::Lambda::Function")
            if (folder := folder_of(properties))
        }

    @cached_property
    def in_a_vpc(self) -> set[str]:
        found = self.of_type("AWS::Lambda::Function")
        return {str(folder_of(properties)) for _, _, properties in found if "VpcConfig" in properties}

    def of_type(self, kind: str) -> Iterator[tuple[str, str, dict]]:
        """Stack, logical id and properties of every resource of a CloudFormation type."""
        for stack, template in self.templates.items():
            for logical_id, resource in template["Resources"].items():
                if resource["Type"] == kind:
                    yield stack, logical_id, resource.get("Properties", {})

    def holders(self, stack: str, role: str) -> list[str]:
        """Who acts under a role: usually one function; a policy for a role of others stands for itself."""
        functions = [
            folder_of(properties) or logical_id
            for of_stack, logical_id, properties in self.of_type("AWS::Lambda::Function")
            if of_stack == stack and properties["Role"] == {"Fn::GetAtt": [role, "Arn"]}
        ]
        return functions or [self.readable(stack, {"Ref": role}).removeprefix("role/").removeprefix("policy/")]

    def readable(self, stack: str, value: object) -> str:
        """The resource part of the ARN that a template's expression stands for, without what differs by account."""
        text = self._text(stack, value).replace(f"junkos-{self.environment}-", "")
        text = re.sub(r"-(<AccountId>|\d{12})-(<Region>|[a-z-]+-\d)(?=/|$)", "", text)  # of a bucket known by its name
        text = re.sub(r"/[0-9a-f]{64}\.zip$", "/<digest>.zip", text)  # of an asset, by what is in it
        return re.sub(r"^arn:[^:]*:[^:]*:[^:]*:[^:]*:", "", text)

    def _text(self, stack: str, value: object) -> str:
        match value:
            case {"Fn::Join": [separator, parts]}:
                return str(separator).join(self._text(stack, part) for part in parts)
            case {"Fn::GetAtt": [logical_id, attribute]}:
                return self._named(stack, logical_id, "" if attribute == "Arn" else f".{attribute}")
            case {"Ref": logical_id}:
                return self._named(stack, logical_id, "")
            case {"Fn::GetStackOutput": {"StackName": owner, "OutputName": name}}:
                return self._text(owner, self.templates[owner]["Outputs"][name]["Value"])
            case str(text) | {"Fn::Sub": str(text)}:
                return text.replace("${AWS::AccountId}", "<AccountId>")
        return json.dumps(value)

    def _named(self, stack: str, logical_id: str, attribute: str) -> str:
        if logical_id.startswith("AWS::"):
            return f"<{logical_id.removeprefix('AWS::')}>"
        resource = self.templates[stack]["Resources"][logical_id]
        key, part = _PARTS.get(resource["Type"], ("", "{}"))
        named = resource.get("Properties", {}).get(key)
        name = self._text(stack, named) if named else re.sub("[0-9A-F]{8}$", "", logical_id)
        return part.format(re.sub("-<AccountId>-.*", "", name.replace("-000000000000-us-east-1", ""))) + attribute

    def _statements(self) -> Iterator[tuple[str, str, dict]]:
        """Stack, role and statement of every policy, attached or inline; one without a role is its own holder."""
        for kind in ("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy"):
            for stack, logical_id, policy in self.of_type(kind):
                for holder in [role["Ref"] for role in policy.get("Roles", ())] or [logical_id]:
                    for statement in policy["PolicyDocument"]["Statement"]:
                        yield stack, holder, statement
        for stack, role, properties in self.of_type("AWS::IAM::Role"):
            for policy in properties.get("Policies", ()):
                for statement in policy["PolicyDocument"]["Statement"]:
                    yield stack, role, statement


@dataclass(frozen=True)
class Row:
    """A row of the page; its holder may be every function, and its resource then names the `<function>`."""

    holder: str
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    reason: str

    def grants_to(self, holder: str) -> set[Grant]:
        name = holder.replace("_", "-")
        return {
            Grant(holder, action, resource.replace("<function>", name))
            for action in self.actions
            for resource in self.resources
        }


def documented() -> list[Row]:
    cells = [[cell.strip() for cell in line.split("|")[1:-1]] for line in PAGE.read_text().splitlines() if "|" in line]
    return [
        Row(holder.strip("`"), _quoted(actions), _quoted(resources), reason)
        for holder, actions, resources, reason in cells
        if actions.startswith("`")
    ]


def documented_for(folder: str, *, in_a_vpc: bool) -> set[Grant]:
    """What the page says of one function, with what it says of all."""
    names = {folder, EVERY, *([IN_A_VPC] if in_a_vpc else [])}
    return {grant for row in documented() if row.holder in names for grant in row.grants_to(folder)}


def allows(grants: set[Grant], action: str, resource: str) -> bool:
    """Whether one of the grants has the action on the resource, by IAM's patterns."""
    return any(grant.action == action and fnmatchcase(resource, _whole(grant.resource)) for grant in grants)


def _whole(resource: str) -> str:
    """A log group's ARN ends with all of its streams; calls name the group."""
    return resource.removesuffix(":*") if resource.startswith("log-group:") else resource


def folder_of(function: dict) -> str | None:
    """The folder of a function of ours; the CDK's helpers have none."""
    handler = str(function["Handler"])
    return handler.split(".")[1] if handler.startswith("lambdas.") else None


def as_list(value: object) -> list:
    return value if isinstance(value, list) else [value]


def _quoted(cell: str) -> tuple[str, ...]:
    return tuple(re.findall("`([^`]+)`", cell))
