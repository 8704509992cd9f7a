"""Types whose service MiniStack has, provisioned through that service's own operations."""

import re
from http import HTTPStatus

from ministack.core.responses import get_account_id, get_region
from ministack.services import cloudwatch, ec2, rds

from emulator.ministack.resource_types.resource_type import Attributes, Properties, ResourceType, described


class CompositeAlarm(ResourceType):
    def create(self, generated_name: str, properties: Properties) -> tuple[str, Attributes]:
        name = properties.get("AlarmName", generated_name)
        if name in cloudwatch._alarms or name in cloudwatch._composite_alarms:
            raise ValueError(f"{name} already exists")
        return name, self._put(name, properties)

    def update(self, reference: str, old: Properties, new: Properties) -> Attributes:  # noqa: ARG002
        return self._put(reference, new)

    def delete(self, reference: str, properties: Properties) -> None:  # noqa: ARG002
        _succeed(cloudwatch._delete_alarms({}, {"AlarmNames": [reference]}, False, is_json=True))

    def _put(self, name: str, properties: Properties) -> Attributes:
        _succeed(cloudwatch._put_composite_alarm({}, {**properties, "AlarmName": name}, False, is_json=True))
        return {"Arn": f"arn:aws:cloudwatch:{get_region()}:{get_account_id()}:alarm:{name}"}


class FlowLog(ResourceType):
    def create(self, generated_name: str, properties: Properties) -> tuple[str, Attributes]:  # noqa: ARG002
        request = _scalars(properties) | {"ResourceId.1": properties["ResourceId"]}
        (reference,) = re.findall("<item>(fl-[0-9a-f]+)</item>", _succeed(ec2._create_flow_logs(request)))
        return reference, {"Id": reference}

    def update(self, reference: str, old: Properties, new: Properties) -> Attributes:  # noqa: ARG002
        """Only tags can change in place, and nothing here reads them."""
        return {"Id": reference}

    def delete(self, reference: str, properties: Properties) -> None:  # noqa: ARG002
        _succeed(ec2._delete_flow_logs({"FlowLogId.1": reference}))


class VpcPeeringConnection(ResourceType):
    """Of two networks of this account and region, which CloudFormation joins without asking."""

    def create(self, generated_name: str, properties: Properties) -> tuple[str, Attributes]:  # noqa: ARG002
        for network in (properties["VpcId"], properties["PeerVpcId"]):
            if network not in ec2._vpcs:
                raise ValueError(f"The vpc ID '{network}' does not exist")
        answer = _succeed(ec2._create_vpc_peering_connection(_scalars(properties)))
        (reference,) = re.findall("<vpcPeeringConnectionId>(pcx-[0-9a-fA-F]+)<", answer)
        _succeed(ec2._accept_vpc_peering_connection({"VpcPeeringConnectionId": reference}))
        return reference, {"Id": reference}

    def update(self, reference: str, old: Properties, new: Properties) -> Attributes:  # noqa: ARG002
        """Only tags can change in place, and nothing here reads them."""
        return {"Id": reference}

    def delete(self, reference: str, properties: Properties) -> None:  # noqa: ARG002
        _succeed(ec2._delete_vpc_peering_connection({"VpcPeeringConnectionId": reference}))


class OptionGroup(ResourceType):
    def create(self, generated_name: str, properties: Properties) -> tuple[str, Attributes]:
        name = properties.get("OptionGroupName", generated_name).lower()
        _succeed(rds._create_option_group(_scalars(properties) | {"OptionGroupName": name}))
        return name, {}

    def update(self, reference: str, old: Properties, new: Properties) -> Attributes:  # noqa: ARG002
        return {}

    def delete(self, reference: str, properties: Properties) -> None:  # noqa: ARG002
        _succeed(rds._delete_option_group({"OptionGroupName": reference}))


def _scalars(properties: Properties) -> dict[str, str]:
    """The parameters of a query-protocol request."""
    return {name: str(value) for name, value in properties.items() if not isinstance(value, list | dict)}


def _succeed(answer: tuple[int, dict[str, str], bytes | str]) -> str:
    """The body of an operation's answer; its error becomes the resource's failure reason."""
    status, _headers, body = answer
    text = body.decode() if isinstance(body, bytes) else body
    if status >= HTTPStatus.BAD_REQUEST:
        message = re.search(r"""[Mm]essage(?:>|": ?")(.*?)[<"]""", text)
        raise ValueError(message.group(1) if message else text)
    return text


_FLOW_LOG = described(
    "DeliverCrossAccountRole DeliverLogsPermissionArn DestinationOptions LogDestination LogDestinationType"
    " LogFormat LogGroupName MaxAggregationInterval ResourceId ResourceType TrafficType"
)
_PEERS = described("PeerOwnerId PeerRegion PeerRoleArn PeerVpcId VpcId")
_OPTION_GROUP = described("EngineName MajorEngineVersion OptionGroupDescription")

TYPES = (
    CompositeAlarm(
        "AWS::CloudWatch::CompositeAlarm",
        required=described("AlarmRule"),
        optional=described(
            "ActionsEnabled ActionsSuppressor ActionsSuppressorExtensionPeriod ActionsSuppressorWaitPeriod"
            " AlarmActions AlarmDescription AlarmName InsufficientDataActions OKActions Tags"
        ),
        replacing=described("AlarmName"),
    ),
    FlowLog(
        "AWS::EC2::FlowLog",
        required=described("ResourceId ResourceType"),
        optional=_FLOW_LOG | described("Tags"),
        replacing=_FLOW_LOG,
    ),
    VpcPeeringConnection(
        "AWS::EC2::VPCPeeringConnection",
        required=described("PeerVpcId VpcId"),
        optional=_PEERS | described("Tags"),
        replacing=_PEERS,
    ),
    OptionGroup(  # without OptionConfigurations: PostgreSQL has no options
        "AWS::RDS::OptionGroup",
        required=_OPTION_GROUP,
        optional=described("OptionGroupName Tags"),
        replacing=_OPTION_GROUP | described("OptionGroupName"),
    ),
)
