"""EC2 instances that are started with user data run it, as a process of this machine; MiniStack keeps a record only.

A request is completed by its launch template, refused for what EC2 refuses it for, and done once for each token.  An
instance that shuts itself down is terminated, or stopped, as it was asked for.
"""

import base64
import os
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ministack import app
from ministack.core.responses import AccountRegionScopedDict, get_account_id, get_region, new_uuid
from ministack.services import ec2, iam, tagging

from emulator.machine import host
from emulator.ministack import functions
from emulator.ministack.databases import authority

USER_DATA_LIMIT = 16 * 1024
_RESOLVED = "resolve:ssm:"
_IMAGE_PARAMETERS = [
    f"/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-{it}" for it in ("arm64", "x86_64")
]
_NEWEST_IMAGE = "ami-00000000000al2023"
_BY_ITSELF = ("Client.InstanceInitiatedShutdown", "Client.InstanceInitiatedShutdown: Instance initiated shutdown")
_BY_A_USER = ("Client.UserInitiatedShutdown", "Client.UserInitiatedShutdown: User initiated shutdown")

Parameters = dict[str, Any]
"""Of a request, as MiniStack has them: a list of texts for each flat name."""

_run = ec2._run_instances
_describe = ec2._describe_instances
_terminate = ec2._terminate_instances
_xml_of = ec2._instance_xml
_matches = ec2._matches_filters
_machines: dict[str, host.Machine] = {}
_ordered: AccountRegionScopedDict = AccountRegionScopedDict()
"""What was asked for with each token, and what was answered."""


class RefusedError(Exception):
    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.answer = ec2._error(code, message, 400)


def register() -> None:
    ec2._ACTION_MAP["RunInstances"] = run
    ec2._ACTION_MAP["DescribeInstances"] = describe
    ec2._ACTION_MAP["TerminateInstances"] = terminate
    ec2._instance_xml = instance_xml
    ec2._matches_filters = matches
    tagging._RESOURCE_TAG_COLLECTORS["ec2"] = tags  # for policies that name a tag of an instance


@dataclass(frozen=True)
class Order:
    """A request completed by its launch template, in the words of templates."""

    image: str
    image_parameter: str
    """Of AWS, which names the image; empty where it is named by the request."""
    type: str
    user_data: str
    """Base64."""
    profile: Mapping[str, str]
    subnet: str
    groups: tuple[str, ...]
    has_public_address: bool
    disk_gb: int
    tags: Mapping[str, Mapping[str, str]]
    """Of each kind of thing that is made."""
    market: str
    on_shutdown: str
    token: str

    @classmethod
    def of(cls, parameters: Parameters) -> "Order":
        asked, template = _document(parameters), _template(parameters)
        known = {**template, **asked}
        networks = known.get("NetworkInterfaces", [])
        network = networks[0] if networks else {}
        if networks and (known.get("SubnetId") or known.get("SecurityGroupIds")):
            raise RefusedError(
                "InvalidParameterCombination",
                "Network interfaces and an instance-level subnet ID or security groups may not be specified on the same"
                " request",
            )
        image = known.get("ImageId", "")
        parameter = _image_parameter(image)
        disks = [it.get("Ebs", {}) for it in known.get("BlockDeviceMappings", [])]
        return cls(
            image=_NEWEST_IMAGE if parameter else image,
            image_parameter=parameter,
            type=known.get("InstanceType", "m1.small"),
            user_data=known.get("UserData", ""),
            profile=known.get("IamInstanceProfile", {}),
            subnet=network.get("SubnetId") or known.get("SubnetId", ""),
            groups=tuple(network.get("Groups") or known.get("SecurityGroupIds", ())),
            has_public_address=str(network.get("AssociatePublicIpAddress", "")).lower() == "true",
            disk_gb=int(disks[0].get("VolumeSize", 8)) if disks else 8,
            tags={kind: {**_tags(template, kind), **_tags(asked, kind)} for kind in ("instance", "volume")},
            market=known.get("InstanceMarketOptions", {}).get("MarketType", ""),
            on_shutdown=known.get("InstanceInitiatedShutdownBehavior", "stop"),
            token=known.get("ClientToken", ""),
        )

    def check(self) -> None:
        if self.subnet and self.subnet not in ec2._subnets:
            raise RefusedError("InvalidSubnetID.NotFound", f"The subnet ID '{self.subnet}' does not exist")
        for group in self.groups:
            if group not in ec2._security_groups:
                raise RefusedError("InvalidGroup.NotFound", f"The security group '{group}' does not exist")
        if self.profile and self.role is None:
            value = self.profile.get("Arn") or self.profile.get("Name")
            raise RefusedError("InvalidParameterValue", f"Value ({value}) for parameter iamInstanceProfile is invalid.")
        if len(base64.b64decode(self.user_data)) > USER_DATA_LIMIT:
            raise RefusedError("InvalidParameterValue", f"User data is limited to {USER_DATA_LIMIT} bytes")

    @property
    def role(self) -> str | None:
        """The ARN of the instance profile's role."""
        profile = iam._lookup_instance_profile(name=self.profile.get("Name", ""), arn=self.profile.get("Arn", ""))
        roles = profile["Roles"] if profile else ()
        return iam._roles[roles[0]]["Arn"] if roles else None

    def flat(self) -> Parameters:
        """As MiniStack reads it."""
        given = {
            "ImageId": self.image,
            "InstanceType": self.type,
            "UserData": self.user_data,
            "SubnetId": self.subnet,
            **{f"SecurityGroupId.{number}": group for number, group in enumerate(self.groups, 1)},
            **{f"IamInstanceProfile.{key}": value for key, value in self.profile.items()},
            "TagSpecification.1.ResourceType": "instance",
        }
        for number, (key, value) in enumerate(self.tags["instance"].items(), 1):
            given |= {f"TagSpecification.1.Tag.{number}.Key": key, f"TagSpecification.1.Tag.{number}.Value": value}
        return {name: [value] for name, value in given.items()}


def run(parameters: Parameters) -> Any:
    """Start an instance, once for each token; its user data runs at once."""
    try:
        order = Order.of(parameters)
        order.check()
        return _answered_before(order.token, parameters) or _started(order, parameters)
    except RefusedError as refusal:
        return refusal.answer


def _answered_before(token: str, parameters: Parameters) -> Any:
    if token not in _ordered:
        return None
    before, answer = _ordered[token]
    if before != parameters:
        text = (
            "The client token you have provided is associated with a resource that was created with other parameters."
        )
        raise RefusedError("IdempotentParameterMismatch", text)
    return answer


def _started(order: Order, parameters: Parameters) -> Any:
    there = set(ec2._instances)
    _run(order.flat())
    started = [ec2._instances[identifier] for identifier in set(ec2._instances) - there]
    for instance in started:
        _complete(instance, order)
    described = "".join(map(ec2._instance_xml, started))
    body = f"<reservationId>r-{new_uuid()[:8]}</reservationId><instancesSet>{described}</instancesSet>"
    answer = ec2._xml(200, "RunInstancesResponse", body)
    if order.token:
        _ordered[order.token] = dict(parameters), answer
    return answer


@dataclass(frozen=True)
class Use:
    """An action on a resource, by its ARN, with the keys that conditions may ask for."""

    action: str
    arn: str
    keys: Mapping[str, str] = field(default_factory=dict)


def uses(parameters: Parameters) -> list[Use]:
    """What a request needs permissions on, where that is more than one thing.

    https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html
    """
    match ec2._p(parameters, "Action"):
        case "RunInstances":
            try:
                return list(_used_by(Order.of(parameters), parameters))
            except RefusedError:
                return []
        case "TerminateInstances":
            ids = ec2._parse_member_list(parameters, "InstanceId")
            return [Use("ec2:TerminateInstances", _arn(f"instance/{it}"), _tag_keys(it)) for it in ids]
    return []


def _used_by(order: Order, parameters: Parameters) -> Iterator[Use]:
    template = ec2._p(parameters, "LaunchTemplate.LaunchTemplateId")
    keys = {"ec2:LaunchTemplate": _arn(f"launch-template/{template}")} if template else {}
    address = {"ec2:AssociatePublicIpAddress": str(order.has_public_address).lower()}
    for kind, tags in order.tags.items():
        requested = {f"aws:RequestTag/{key}": value for key, value in tags.items()}
        yield Use("ec2:RunInstances", _arn(f"{kind}/*"), {**keys, **requested})
        if tags:
            yield Use("ec2:CreateTags", _arn(f"{kind}/*"), {"ec2:CreateAction": "RunInstances", **requested})
    used = [f"subnet/{order.subnet}", *(f"security-group/{group}" for group in order.groups)]
    used += [f"launch-template/{template}"] if template else []
    for resource in used:
        yield Use("ec2:RunInstances", _arn(resource), keys)
    yield Use("ec2:RunInstances", _arn("network-interface/*"), {**keys, **address})
    yield Use("ec2:RunInstances", f"arn:aws:ec2:{get_region()}::image/{order.image}", keys)
    if role := order.role:
        yield Use("iam:PassRole", role, {"iam:PassedToService": "ec2.amazonaws.com"})
    if order.image_parameter:
        arn = f"arn:aws:ssm:{get_region()}::parameter{order.image_parameter}"
        yield Use("ssm:GetParameters", arn)


def _tag_keys(identifier: str) -> dict[str, str]:
    return {f"ec2:ResourceTag/{tag['Key']}": tag["Value"] for tag in ec2._tags.get(identifier, ())}


def _arn(resource: str) -> str:
    return f"arn:aws:ec2:{get_region()}:{get_account_id()}:{resource}"


def describe(parameters: Parameters) -> Any:
    _look_at_machines()
    return _describe(parameters)


def terminate(parameters: Parameters) -> Any:
    _look_at_machines()
    answer = _terminate(parameters)
    for identifier in ec2._parse_member_list(parameters, "InstanceId"):
        if machine := _machines.pop(identifier, None):
            machine.end()
            ec2._instances[identifier]["StateReason"] = _BY_A_USER
    return answer


def instance_xml(instance: dict[str, Any]) -> str:
    """MiniStack's description, with why the instance is in its state, and how it was asked for."""
    more = ""
    if reason := instance.get("StateReason"):
        more += f"<stateReason><code>{reason[0]}</code><message>{reason[1]}</message></stateReason>"
    if order := instance.get("Order"):
        more += f"<clientToken>{ec2._esc(order.token)}</clientToken>"
        more += f"<instanceLifecycle>{order.market}</instanceLifecycle>" if order.market else ""
    text: str = _xml_of(instance)
    head, end, _ = text.rpartition("</item>")
    return head + more + end


def matches(instance: dict[str, Any], filters: Mapping[str, list[str]]) -> bool:
    tokens = filters.get("client-token")
    order = instance.get("Order")
    return bool(_matches(instance, filters)) and (tokens is None or (order is not None and order.token in tokens))


def tags() -> Iterator[tuple[str, list[dict[str, str]]]]:
    """Of every instance that has some, by its ARN."""
    for identifier, found in ec2._tags.items():
        if identifier in ec2._instances:
            yield _arn(f"instance/{identifier}"), found


def _complete(instance: dict[str, Any], order: Order) -> None:
    """The record as EC2 would have it, and the machine itself."""
    instance["Order"] = order
    if not order.has_public_address:
        instance |= {"PublicIpAddress": "", "PublicDnsName": ""}
    for mapping in instance["BlockDeviceMappings"]:
        volume = mapping["Ebs"]["VolumeId"]
        ec2._volumes[volume]["Size"] = order.disk_gb
        ec2._tags[volume] = [{"Key": key, "Value": value} for key, value in order.tags["volume"].items()]
    if order.user_data:
        folder = Path(tempfile.mkdtemp(prefix="instance-")) / "disk"
        script = base64.b64decode(order.user_data).decode()
        _machines[instance["InstanceId"]] = host.start(folder, script, _variables(instance["InstanceId"], order))


def _variables(identifier: str, order: Order) -> dict[str, str]:
    """How the instance reaches this account, with its role's credentials as functions have theirs."""
    role = order.role
    described = {
        "Role": role or "",
        "FunctionName": identifier,
        "FunctionArn": f"arn:aws:lambda:{get_region()}:{get_account_id()}:function:{identifier}",
    }
    known = functions.credentials(described) if role or not app.AUTH else {}
    return {
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{os.environ['GATEWAY_PORT']}",
        "MACHINE_AUTHORITY": authority.pem(),
        **{name: value for name, value in known.items() if value},
    }


def _look_at_machines() -> None:
    """What has shut itself down is terminated, or stopped."""
    for identifier, machine in list(_machines.items()):
        instance = ec2._instances.get(identifier)
        if instance is None or machine.is_running:
            continue
        _machines.pop(identifier).end()
        terminated = instance["Order"].on_shutdown == "terminate"
        instance["State"] = {"Code": 48, "Name": "terminated"} if terminated else {"Code": 80, "Name": "stopped"}
        instance |= {"StateReason": _BY_ITSELF, "_terminated_at": time.time()}


def _image_parameter(image: str) -> str:
    """EC2 reads the newest image's identifier from a parameter of AWS."""
    if not image.startswith(_RESOLVED):
        return ""
    parameter = image.removeprefix(_RESOLVED)
    if parameter not in _IMAGE_PARAMETERS:
        raise RefusedError("InvalidAMIID.NotFound", f"The image id '[{image}]' does not exist")
    return parameter


def _template(parameters: Parameters) -> dict[str, Any]:
    """What the launch template of the request says."""
    named = {
        name: ec2._p(parameters, f"LaunchTemplate.{name}")
        for name in ("LaunchTemplateId", "LaunchTemplateName", "Version")
    }
    found, _, refusal = ec2._resolve_launch_template_data({key: value for key, value in named.items() if value})
    if refusal:
        code = "InvalidLaunchTemplateId.NotFound"
        raise RefusedError(code, "The specified launch template does not exist.")
    return dict(found)


def _tags(document: Mapping[str, Any], kind: str) -> dict[str, str]:
    specified = document.get("TagSpecifications") or document.get("TagSpecification") or []
    return {
        tag["Key"]: tag.get("Value", "")
        for each in specified
        if each.get("ResourceType") == kind
        for tag in each.get("Tags") or each.get("Tag") or []
    }


_LISTS = {
    "NetworkInterface": "NetworkInterfaces",
    "BlockDeviceMapping": "BlockDeviceMappings",
    "SecurityGroupId": "SecurityGroupIds",
    "TagSpecification": "TagSpecifications",
    "Tag": "Tags",
}
"""What lists are called in a request, and in a template."""


def _document(parameters: Parameters) -> dict[str, Any]:
    """The flat parameters of a request as a nested document: `A.1.B` is the B of the first A."""
    root: dict[str, Any] = {}
    for name, value in parameters.items():
        place, *rest = name.split(".")
        _put(root, [place, *rest], value[0] if isinstance(value, list) else value)
    folded: dict[str, Any] = _folded(root)
    return folded


def _put(document: dict[str, Any], path: list[str], value: Any) -> None:
    *folders, last = path
    for folder in folders:
        document = document.setdefault(folder, {})
    document[last] = value


def _folded(value: Any) -> Any:
    """With lists where the keys are numbers, under the names that they have in a template."""
    if not isinstance(value, dict):
        return value
    if value and all(key.isdecimal() for key in value):
        return [_folded(value[key]) for key in sorted(value, key=int)]
    renamed = {"SecurityGroupId": "Groups"} if "DeviceIndex" in value else {}
    return {renamed.get(key) or _LISTS.get(key, key): _folded(item) for key, item in value.items()}
