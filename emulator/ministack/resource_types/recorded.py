"""Types of services that MiniStack has no part of: kept on record, with the identities AWS gives them."""

from collections.abc import Callable
from dataclasses import dataclass, field

from ministack.core.responses import AccountRegionScopedDict, get_account_id, new_uuid

from emulator.ministack.resource_types.resource_type import Attributes, Properties, ResourceType, described


@dataclass(frozen=True)
class RecordedType(ResourceType):
    """`identify` gives what `Ref` returns."""

    identify: Callable[[str, Properties], str] = lambda _name, _properties: new_uuid()
    attribute: str = "Id"
    records: AccountRegionScopedDict = field(default_factory=AccountRegionScopedDict)

    def create(self, generated_name: str, properties: Properties) -> tuple[str, Attributes]:
        reference = self.identify(generated_name, properties)
        if reference in self.records:
            raise ValueError(f"{self.name}: {reference} already exists")
        self.records[reference] = dict(properties)
        return reference, {self.attribute: reference}

    def update(self, reference: str, old: Properties, new: Properties) -> Attributes:  # noqa: ARG002
        self.records[reference] = dict(new)
        return {self.attribute: reference}

    def delete(self, reference: str, properties: Properties) -> None:  # noqa: ARG002
        self.records.pop(reference, None)


def _slack_channel_arn(_generated_name: str, properties: Properties) -> str:
    channel = properties["ConfigurationName"]
    return f"arn:aws:chatbot::{get_account_id()}:chat-configuration/slack-channel/{channel}"


TYPES = (
    RecordedType(
        "AWS::Chatbot::SlackChannelConfiguration",
        required=described("ConfigurationName IamRoleArn SlackChannelId SlackWorkspaceId"),
        optional=described(
            "CustomizationResourceArns GuardrailPolicies LoggingLevel SnsTopicArns Tags UserRoleRequired"
        ),
        replacing=described("ConfigurationName SlackWorkspaceId"),
        identify=_slack_channel_arn,
        attribute="Arn",
    ),
)
