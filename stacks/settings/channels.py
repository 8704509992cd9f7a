"""Tables `[[alerts.channels]]`: a class for each kind; those that `notify` serves are made from its `KINDS`."""

from typing import TYPE_CHECKING, Annotated, Any, Literal, Self, Union

from pydantic import Field, create_model, model_validator

from lambdas.notify.channel import Channel as RenderedFor
from lambdas.notify.channel import Store
from lambdas.notify.channels import KINDS
from lambdas.notify.kind import Kind
from lambdas.vocabulary.levels import Level
from stacks.settings.section import Section
from stacks.settings.types import (
    ChannelName,
    ChannelUrl,
    Emails,
    Levels,
    ParameterName,
    PhoneNumbers,
    Secret,
    SlackChannelId,
    SlackWorkspaceId,
)

EVERY_LEVEL = tuple(Level)
CRITICAL_ONLY = (Level.CRITICAL,)
LEVELS = "Which alerts it is sent."


class _Channel(Section):
    name: Annotated[ChannelName, Field(description="What its alarm, its metric and a test call it.")]


class EmailChannel(_Channel):
    """E-mail to some, by SNS itself."""

    kind: Annotated[Literal["email"], Field(description="E-mail, by SNS itself.")]
    addresses: Annotated[Emails, Field(min_length=1, description="Who receives it; each must confirm once.")]
    levels: Annotated[Levels, Field(min_length=1, description=LEVELS)] = EVERY_LEVEL


class SmsChannel(_Channel):
    """Text messages, by SNS itself."""

    kind: Annotated[Literal["sms"], Field(description="Text messages, by SNS itself.")]
    numbers: Annotated[PhoneNumbers, Field(min_length=1, description="Who receives them.")]
    levels: Annotated[Levels, Field(min_length=1, description=LEVELS)] = CRITICAL_ONLY


class SlackChannel(_Channel):
    """A Slack channel, by Amazon Q Developer in chat applications."""

    kind: Annotated[Literal["slack"], Field(description="A Slack channel, by Amazon Q Developer in chat applications.")]
    workspace_id: Annotated[SlackWorkspaceId, Field(description="The workspace, authorized once in AWS's console.")]
    channel_id: Annotated[SlackChannelId, Field(description="The channel in it.")]
    levels: Annotated[Levels, Field(min_length=1, description=LEVELS)] = EVERY_LEVEL


class RenderedChannel(_Channel):
    """One that the function `notify` renders for and posts to; its secret is kept elsewhere."""

    secret: Annotated[Secret | None, Field(description="Its secret in Secrets Manager.")] = None
    parameter: Annotated[
        ParameterName | None, Field(description="Or its secret as a SecureString of the Parameter Store.")
    ] = None
    allow_private: Annotated[
        bool, Field(description="Whether it may lie on a private or loopback address, and there without TLS.")
    ] = False

    def rendered_for(self) -> RenderedFor:
        """As the function knows it."""
        written: dict[str, Any] = self.model_dump()
        return RenderedFor(
            name=self.name,
            kind=written["kind"],
            levels=written["levels"],
            store=Store.SECRET if self.secret else Store.PARAMETER,
            secret=str(self.secret or self.parameter),
            url=written.get("url", ""),
            allow_private=self.allow_private,
        )

    @model_validator(mode="after")
    def _one_secret(self) -> Self:
        if (self.secret is None) == (self.parameter is None):
            raise ValueError("must have either secret or parameter, the name of its secret")
        return self

    @model_validator(mode="after")
    def _over_tls(self) -> Self:
        if str(getattr(self, "url", "")).startswith("http://") and not self.allow_private:
            raise ValueError("must have a url that begins with https://")
        return self


def _section_of(name: str, kind: Kind) -> type[RenderedChannel]:
    """The table of a kind of channel that `notify` renders for."""
    written: Any = Literal[name]
    fields: dict[str, Any] = {"kind": (Annotated[written, Field(description=kind.meaning)], ...)}
    if kind.url:
        default = ... if kind.url.default is None else kind.url.default
        fields["url"] = (Annotated[ChannelUrl, Field(description=kind.url.meaning)], default)
    fields["levels"] = (Annotated[Levels, Field(min_length=1, description=LEVELS)], kind.levels)
    return create_model(f"Channel_{name}", __base__=RenderedChannel, __doc__=kind.meaning, **fields)


RENDERED = {name: _section_of(name, kind) for name, kind in KINDS.items()}

if TYPE_CHECKING:
    AnyChannel = EmailChannel | SmsChannel | SlackChannel | RenderedChannel
else:
    _EVERY = (EmailChannel, SmsChannel, SlackChannel, *RENDERED.values())
    AnyChannel = Annotated[Union[_EVERY], Field(discriminator="kind")]  # noqa: UP007  (of types that are made)
