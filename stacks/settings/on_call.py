"""Section `[on_call]`: who is on call, who is paged when, and by what people answer."""

from datetime import datetime
from itertools import pairwise
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import Field, model_validator

from lambdas.vocabulary.on_call import DEFAULT_MINUTES, STEPS, Override, Person, Rota, Step, Who
from stacks.settings.alerts import Alerts
from stacks.settings.section import Section, refused
from stacks.settings.types import (
    ChannelName,
    Day,
    Email,
    Handoff,
    ParameterName,
    People,
    PersonName,
    PhoneNumber,
    QuietHours,
    SlackChannelId,
    SlackMemberId,
    StepWhos,
    Timezone,
    WallTime,
    handoff_of,
    refuse_repeated,
)
from stacks.settings.wall_times import moment_of

LEAST_PEOPLE = 2
MOST_CHARACTERS = 2600  # of the 4 096 of a function's variables; the others of `incident` take up to 1 400
PAGERDUTY, SLACK_WEBHOOK = "pagerduty", "slack_webhook"
"""Kinds of channels."""


class OnCallPerson(Section):
    """Somebody who can be paged."""

    name: Annotated[PersonName, Field(description="What the rota calls them.")]
    email: Annotated[Email | None, Field(description="Where their pages go by e-mail; they confirm it once.")] = None
    phone: Annotated[PhoneNumber | None, Field(description="Where their pages go by text message.")] = None
    parameter: Annotated[
        ParameterName | None,
        Field(
            description="Instead of `phone`: a String of the Parameter Store with the number, read when it is deployed,"
            " so that no number lies in git."
        ),
    ] = None
    slack: Annotated[SlackMemberId | None, Field(description="Who they are in Slack, to be mentioned there.")] = None

    def person(self) -> Person:
        return Person(self.name, bool(self.email), bool(self.phone or self.parameter), self.slack or "")

    @model_validator(mode="after")
    def _can_be_paged(self) -> Self:
        if self.phone and self.parameter:
            raise refused("phone", "must not stand beside parameter, which has the number")
        if not (self.email or self.phone or self.parameter):
            raise refused("email", f"is missing, and so are phone and parameter: {self.name} could not be paged")
        return self


class OnCallOverride(Section):
    """A time in which somebody else is on call."""

    instead_of: Annotated[PersonName, Field(description="Who is replaced: as the primary or the backup, as it comes.")]
    person: Annotated[PersonName, Field(description="Who is on call instead.")]
    start: Annotated[
        WallTime,
        Field(
            alias="from",
            description="From when on, in `timezone`. A time that exists twice there is written with its offset.",
        ),
    ]
    until: Annotated[WallTime, Field(description="Until when, in the same way; that moment is no longer in it.")]


class OnCallStep(Section):
    """Who is paged, and how long their answer is waited for."""

    who: Annotated[StepWhos, Field(min_length=1, description="Who is paged.")]
    minutes: Annotated[
        int, Field(ge=1, le=1440, description="How long an answer is waited for before the next step.")
    ] = DEFAULT_MINUTES


class Escalation(Section):
    """Whose steps count."""

    by: Annotated[
        Literal["us", "pagerduty"],
        Field(description="Who goes on to the next step; of `pagerduty` its own policy does, and ours is off."),
    ] = "us"


class Reminders(Section):
    """How often people are reminded of what lasts."""

    critical: Annotated[int, Field(ge=5, le=1440, description="Minutes between reminders of a critical one.")] = 30
    high: Annotated[int, Field(ge=5, le=1440, description="The same, of a high one.")] = 120
    medium: Annotated[
        int,
        Field(
            ge=0,
            le=1440,
            description="Minutes after which an alarm of level medium that lasts is sent again, to the channels and to"
            " nobody's telephone; 0 is never.",
        ),
    ] = 120


class OnCallSlack(Section):
    """How a team answers in Slack: by links of a channel's messages, or by the buttons of an app of its own."""

    channel: Annotated[
        ChannelName | None,
        Field(description="A channel of `[[alerts.channels]]` of kind slack_webhook: its messages get links."),
    ] = None
    token_parameter: Annotated[
        ParameterName | None,
        Field(
            description="Or a SecureString of the Parameter Store with a Slack app's bot token: buttons and threads."
        ),
    ] = None
    channel_id: Annotated[SlackChannelId | None, Field(description="The channel that the app posts to.")] = None
    signing_secret_parameter: Annotated[
        ParameterName | None,
        Field(
            description="A SecureString with the app's signing secret, by which buttons that are pressed are trusted."
        ),
    ] = None

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        app = {name: getattr(self, name) for name in ("token_parameter", "channel_id", "signing_secret_parameter")}
        missing = [name for name, value in app.items() if value is None]
        if self.channel and len(missing) < len(app):
            given = next(name for name in app if name not in missing)
            raise refused("channel", f"must not stand beside {given}: the app posts to channel_id")
        if not self.channel and missing:
            raise refused(missing[0], f"is missing: an app needs {', '.join(app)} (without an app, set channel)")
        return self


def _default_steps() -> tuple[OnCallStep, ...]:
    return tuple(OnCallStep(who=step.who, minutes=step.minutes) for step in STEPS)


class OnCall(Section):
    """Who is on call, and how incidents reach them."""

    timezone: Annotated[Timezone, Field(description="Of all times of this section that have no offset.")]
    handoff: Annotated[Handoff, Field(description="When a week of the rota begins.")] = "monday 09:00"
    people: Annotated[
        People,
        Field(description="Who is the primary, week by week in turn; the backup is the next one."),
    ]
    start: Annotated[
        Day, Field(description="When the first one's first week begins: on that day, or the last handoff day before.")
    ]
    quiet_hours: Annotated[
        QuietHours | None,
        Field(description="When notices of level medium and low wait for the morning. Left out: they never wait."),
    ] = None
    confirm_minutes: Annotated[
        int,
        Field(
            ge=1, le=240, description="An incident that nobody confirms so long after a reminder is triggered again."
        ),
    ] = 15
    link_days: Annotated[int, Field(ge=1, le=30, description="How long a message's links work.")] = 7
    heartbeat_parameter: Annotated[
        ParameterName | None,
        Field(
            description="A SecureString of the Parameter Store with the URL of a monitor elsewhere, which is called"
            " every five minutes and reports when that ends."
        ),
    ] = None
    pagerduty_webhook_parameter: Annotated[
        ParameterName | None,
        Field(description="A SecureString with the signing secret of PagerDuty's webhook (v3), so that it can answer."),
    ] = None
    person: tuple[OnCallPerson, ...] = Field(strict=False)
    override: Annotated[tuple[OnCallOverride, ...], Field(max_length=50, strict=False)] = ()
    step: Annotated[tuple[OnCallStep, ...], Field(max_length=10, strict=False)] = _default_steps()
    escalation: Escalation = Escalation()
    remind_minutes: Reminders = Reminders()
    slack: OnCallSlack | None = None

    def rota(self) -> Rota:
        weekday, time = handoff_of(self.handoff)
        return Rota(self.timezone, weekday, time, self.start, self.people, self._overrides())

    def persons(self) -> tuple[Person, ...]:
        """All who can be paged, in the rota or not."""
        return tuple(each.person() for each in self.person)

    def steps(self) -> tuple[Step, ...]:
        return tuple(Step(each.who, each.minutes) for each in self.step)

    def _overrides(self) -> tuple[Override, ...]:
        return tuple(
            Override(each.person, self._moment(each.start), self._moment(each.until), each.instead_of)
            for each in self.override
        )

    def _moment(self, wall: datetime) -> datetime:
        return moment_of(wall, self.timezone)

    @model_validator(mode="after")
    def _of_known_people(self) -> Self:
        names = [each.name for each in self.person]
        try:
            refuse_repeated(names, "the name")
        except ValueError as error:
            raise refused("person", str(error)) from None
        if len(self.people) < LEAST_PEOPLE:
            raise refused("people", "must be two or more: one who does not answer needs a backup")
        for setting, name in self._named():
            if name not in names:
                raise refused(setting, f"{name!r} is no [[on_call.person]] (there are: {', '.join(names)})")
        return self

    def _named(self) -> list[tuple[str, str]]:
        """Every mention of a person, with where it stands."""
        overrides = [
            (f"override[{number}].{setting}", name)
            for number, each in enumerate(self.override)
            for setting, name in (("person", each.person), ("instead_of", each.instead_of))
        ]
        steps = [
            (f"step[{number}].who", name)
            for number, each in enumerate(self.step)
            for name in each.who
            if name not in list(Who)
        ]
        return [("people", name) for name in self.people] + overrides + steps

    @model_validator(mode="after")
    def _possible_overrides(self) -> Self:
        for number, each in enumerate(self.override):
            for setting, wall in (("from", each.start), ("until", each.until)):
                try:
                    self._moment(wall)
                except ValueError as error:
                    raise refused(f"override[{number}].{setting}", str(error)) from None
            if each.person == each.instead_of:
                raise refused(f"override[{number}].person", "must be somebody else than instead_of")
            if self._moment(each.until) <= self._moment(each.start):
                raise refused(f"override[{number}].until", "must be later than from")
        return self

    @model_validator(mode="after")
    def _one_override_at_a_time(self) -> Self:
        ordered = sorted(self._overrides(), key=lambda each: (each.instead_of, each.start))
        for earlier, later in pairwise(ordered):
            if earlier.instead_of == later.instead_of and later.start < earlier.until:
                begin = later.start.astimezone(ZoneInfo(self.timezone)).isoformat()
                raise refused("override", f"two replace {later.instead_of!r} at {begin}: let one end first")
        return self

    @model_validator(mode="after")
    def _fits_into_variables(self) -> Self:
        given = [self.rota().to_json(), *(each.to_json() for each in (*self.persons(), *self.steps()))]
        if (total := sum(map(len, given))) > MOST_CHARACTERS:
            raise refused(
                "override",
                f"must leave room: functions are given {MOST_CHARACTERS} characters of the rota at most (they are"
                f" {total});"
                " take out overrides that are over, or make later ones by `ops … on-call override`",
            )
        return self

    @model_validator(mode="after")
    def _ends_with_everybody(self) -> Self:
        if not self.step or Who.EVERYBODY not in self.step[-1].who:
            raise refused(
                f"step[{len(self.step) - 1}].who" if self.step else "step",
                'must have "everybody", as it is the last step',
            )
        return self


def cross_checked(on_call: OnCall, alerts: Alerts) -> None:
    """Raises an error of pydantic where a channel that `on_call` needs is not among those of `alerts`."""
    kinds = {channel.name: channel.rendered_for().kind for channel in alerts.rendered}
    if on_call.escalation.by == PAGERDUTY and PAGERDUTY not in kinds.values():
        raise refused("escalation.by", f'"{PAGERDUTY}" needs one of [[alerts.channels]] of kind = "{PAGERDUTY}"')
    if on_call.slack and on_call.slack.channel and kinds.get(on_call.slack.channel) != SLACK_WEBHOOK:
        found = ", ".join(name for name, kind in kinds.items() if kind == SLACK_WEBHOOK) or "none"
        raise refused(
            "slack.channel",
            f'"{on_call.slack.channel}" is no [[alerts.channels]] of kind = "{SLACK_WEBHOOK}" (there are: {found})',
        )
