"""Section `[alerts]`: whom alarms reach, and how."""

import json
from typing import Annotated

from pydantic import Field, field_validator

from lambdas.test_alert.recipients import Recipients
from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.notices import SNS
from stacks.settings.channels import AnyChannel, EmailChannel, RenderedChannel, SlackChannel, SmsChannel
from stacks.settings.maintenance import RDS_SNAPSHOT, Maintenance
from stacks.settings.section import Section
from stacks.settings.types import Emails, refuse_repeated

MOST_CHARACTERS = 3000  # of the 4 096 of a function's variables; the others of notify take less than 1 000


class Alerts(Section):
    """Where alerts go."""

    email: Annotated[Emails, Field(min_length=1, description="Addresses that receive every alert.")]
    group_seconds: Annotated[
        int, Field(ge=1, le=300, description="How long an alert waits for others that belong to the same message.")
    ] = 60
    group_critical_seconds: Annotated[int, Field(ge=1, le=60, description="The same, of critical ones.")] = 5
    new_alarm_minutes: Annotated[
        int,
        Field(
            ge=0,
            le=180,
            description="How long a new alarm may have no data before people are notified: until the first backup is"
            " proven, at a first deployment.",
        ),
    ] = 45
    give_up_minutes: Annotated[
        int, Field(ge=1, le=720, description="How long a channel that does not answer is tried again.")
    ] = 60
    cloudwatch_mail: Annotated[
        bool,
        Field(
            description="Send CloudWatch's own e-mails and text messages of every alarm as well, as a second way"
            " that no function of this system can break. Each address then confirms five subscriptions, not two."
        ),
    ] = False
    channels: Annotated[tuple[AnyChannel, ...], Field(max_length=10, strict=False)] = ()
    maintenance: tuple[Maintenance, ...] = Field(default=(), strict=False)

    @property
    def rendered(self) -> list[RenderedChannel]:
        """The channels that the function `notify` serves."""
        return [channel for channel in self.channels if isinstance(channel, RenderedChannel)]

    @property
    def slack(self) -> list[SlackChannel]:
        return [channel for channel in self.channels if isinstance(channel, SlackChannel)]

    def recipients(self, level: Level) -> Recipients:
        """Whom a test alert of that level must reach."""
        served = [channel.rendered_for() for channel in self.rendered]
        return Recipients(
            level,
            channels=(*(channel.name for channel in served if level in channel.levels), SNS),
            email=len(self.addresses(level)),
            sms=len(self.numbers(level)),
            https=int(any(level in channel.levels for channel in self.slack)),
        )

    def addresses(self, *levels: Level) -> list[str]:
        """Who is sent an e-mail of one of these levels, each once."""
        some = [it for it in self.channels if isinstance(it, EmailChannel) and {*levels} & {*it.levels}]
        return list(dict.fromkeys([*self.email, *(address for channel in some for address in channel.addresses)]))

    def numbers(self, *levels: Level) -> list[str]:
        """Who is sent a text message of one of these levels, each once."""
        some = [it for it in self.channels if isinstance(it, SmsChannel) and {*levels} & {*it.levels}]
        return list(dict.fromkeys(number for channel in some for number in channel.numbers))

    @field_validator("maintenance")
    @classmethod
    def _each_window_once(cls, windows: tuple[Maintenance, ...]) -> tuple[Maintenance, ...]:
        names = [window.name for window in windows]
        if RDS_SNAPSHOT in names:
            raise ValueError(f"must not use the name {RDS_SNAPSHOT!r}: it is the window of RDS's backups")
        refuse_repeated(names, "the name")
        return windows

    @field_validator("channels")
    @classmethod
    def _each_once(cls, channels: tuple[AnyChannel, ...]) -> tuple[AnyChannel, ...]:
        names = [channel.name for channel in channels]
        if SNS in names:
            raise ValueError(f"must not use the name {SNS!r}: it stands for all that SNS delivers by itself")
        refuse_repeated(names, "the name")
        rendered = [channel.rendered_for().to_json() for channel in channels if isinstance(channel, RenderedChannel)]
        if (total := len(json.dumps(rendered))) > MOST_CHARACTERS:
            raise ValueError(
                f"must be {MOST_CHARACTERS} characters in all at most as notify is given them (they are {total}): a"
                " function has room for 4 KB; shorten URLs and names of secrets"
            )
        return channels
