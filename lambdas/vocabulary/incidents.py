"""Incidents: what they are, what people answer, and the records that keep them."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from lambdas.vocabulary.codec import JsonDocument
from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.names import Named, physical_name
from lambdas.vocabulary.on_call import Step

OPEN = "open"
"""The partition of pointers to incidents that are not closed."""
INCIDENTS = "incident"
"""The partition of all incidents, by their numbers."""
DOCUMENT = "document"
"""The attribute that holds a record as JSON."""
EVIDENCE = "evidence"
"""The identifier of an incident's evidence in its own partition."""
ACTIONS = "action"
"""The partition of what reviews decided to do."""

BUTTON_SNOOZES = 30
"""Minutes, of the chat's one button."""
PAGES = "pages"
"""What the topic is called that pages people."""
PERSON = "person"
"""The attribute of a page by which a subscription is sent its person's alone."""
URGENT = "urgent"
"""The attribute that is `yes` for what may wake somebody."""

ANSWER_URL = "AnswerUrl"
"""The stack's output: where people answer."""

REVIEWS = "reviews/"
"""Where reviews lie in their bucket: `reviews/<number>/review.md` and `.html`."""

SUBJECTS_IN_FULL = 50
"""Of so many alarms an incident keeps title and links; of further ones that they are there."""


class State(StrEnum):
    TRIGGERED = "triggered"
    """Nobody has taken it: people are paged, step after step."""
    ACKNOWLEDGED = "acknowledged"
    """Somebody has taken it, or has put it off."""
    RESOLVED = "resolved"
    """All that was wrong is right again; the same alarm within ten minutes opens it again."""
    CLOSED = "closed"


class Answer(StrEnum):
    """What a person says to an incident."""

    TAKE = "take"
    """Or goes on with it: it confirms an incident that one has taken."""
    SNOOZE = "snooze"
    CANNOT = "cannot"
    """The next one is paged at once."""
    RESOLVE = "resolve"
    """Of what has no end by itself, such as a security finding."""
    NOTE = "note"


class Way(StrEnum):
    """How an answer came."""

    LINK = "link"
    """By a link that names a person: whoever holds the message."""
    SHARED_LINK = "shared link"
    """By a link of a channel, where the person said who it is: not proven."""
    SLACK = "Slack"
    PAGERDUTY = "PagerDuty"
    COMMAND = "command"
    VIEW = "operator's view"


class Timer(StrEnum):
    """What happens to an incident at its `due_at`."""

    PAGE_AGAIN = "page again"
    """Whoever was paged in this step, once the level's response time is over."""
    ESCALATE = "escalate"
    REMIND = "remind"
    CONFIRM = "confirm"
    """Whoever was reminded has not confirmed: it is triggered again."""
    SNOOZED = "snoozed"
    """The snooze ends: it is triggered again."""


@dataclass(frozen=True)
class Subject(JsonDocument):
    """One alarm of an incident, or one thing that happened."""

    key: str
    """A digest of the notice's key."""
    level: Level
    changed_at: datetime
    """When it was raised, or recovered: what is older says nothing new."""
    raised_at: datetime
    recovered_at: datetime | None = None
    has_end: bool = True
    """False for what only a person can end."""
    times: int = 1
    """How often it was raised."""
    title: str = ""
    measured: str = ""
    first_look: str = ""
    runbook: str = ""
    console: str = ""
    notice_key: str = ""
    """An alarm's ARN, or what else the notice is about; with title and links empty beyond `SUBJECTS_IN_FULL`."""

    @property
    def lasts(self) -> bool:
        return self.recovered_at is None


@dataclass(frozen=True)
class Incident(JsonDocument):
    """Times are UTC; `number` counts from 1 in an environment."""

    number: int
    level: Level
    """The worst of its subjects so far."""
    title: str
    """Of the first subject of that level."""
    opened_at: datetime
    """When its first subject was raised."""
    changed_at: datetime
    """When one of its subjects changed last, or a person answered."""
    subjects: tuple[Subject, ...]
    steps: tuple[Step, ...] = ()
    """Whom to page and how long to wait, as it was set when the incident opened; empty where another system pages."""
    state: State = State.TRIGGERED
    version: int = 0
    """Goes up with every change that is stored."""
    is_test: bool = False
    """A test page: it ends as soon as somebody takes it."""

    step: int = 0
    loop: int = 0
    """How often all steps have been gone through."""
    triggered_at: datetime | None = None
    """When it was triggered last: an answer that was given before says nothing."""
    timer: Timer | None = None
    due_at: datetime | None = None
    """When `timer` runs out."""
    quiet_at: datetime | None = None
    """When it is closed (resolved) or resolved (flapping), if nothing changes before."""
    stale: bool = False
    """It has been open for so long that its timers stopped."""

    paged: tuple[str, ...] = ()
    """Everybody who was paged, in order."""
    declined: tuple[str, ...] = ()
    """Who said that they cannot."""
    taken_by: str = ""
    """Who has it; empty while nobody has."""
    taken_via: Way | None = None
    taken_at: datetime | None = None
    snoozed_until: datetime | None = None

    first_paged_at: datetime | None = None
    """When a page was accepted for delivery first."""
    first_taken_at: datetime | None = None
    """When a person took it first."""
    resolved_at: datetime | None = None
    closed_at: datetime | None = None
    reopened: tuple[datetime, ...] = ()
    flapping: bool = False
    thread: str = ""
    """Of the chat in which it is written about."""

    @property
    def lasting(self) -> tuple[Subject, ...]:
        """What is still wrong."""
        return tuple(subject for subject in self.subjects if subject.lasts)

    @property
    def is_open(self) -> bool:
        """Somebody has to do something about it."""
        return self.state in (State.TRIGGERED, State.ACKNOWLEDGED)


@dataclass(frozen=True)
class Entry(JsonDocument):
    """One line of an incident's timeline."""

    at: datetime
    text: str
    """Without the person, such as `took it`."""
    by: str = ""
    """The person; empty for what happened by itself."""
    via: Way | None = None


@dataclass(frozen=True)
class Reply(JsonDocument):
    """An answer as it reaches the function that decides."""

    incident: int
    answer: Answer
    via: Way
    at: datetime
    """When it was given."""
    by: str = ""
    """A person of the rota, or whom the other system or the operator's login names."""
    text: str = ""
    """Of a note."""
    minutes: int = 0
    """Of a snooze; 0 is until morning."""
    nonce: str = ""
    """Of a form: it is accepted once."""


@dataclass(frozen=True)
class Evidence(JsonDocument):
    """What one source said when the incident opened."""

    source: str
    """As people read it, such as `Deployments`."""
    lines: tuple[str, ...] = ()
    """What is suspect first; masked, each one line."""
    failed: str = ""
    """Why the source said nothing, in one line."""
    suspected: bool = False
    """Its first line is a likely cause, such as a deployment shortly before."""


@dataclass(frozen=True)
class Gathered(JsonDocument):
    """All evidence of an incident."""

    at: datetime
    evidence: tuple[Evidence, ...]
    """The suspected change first."""
    seconds: float = 0.0


@dataclass(frozen=True)
class Action(JsonDocument):
    """What a review decided to do."""

    identifier: str
    incident: int
    text: str
    owner: str
    due: str
    """A date, ISO 8601."""
    done_at: datetime | None = None
    ticket: str = ""
    by: str = field(default="")
    """Who wrote it down."""


def bucket_of_reviews(environment: Named, account: str, region: str) -> str:
    """Account and region make it unique in the world."""
    return f"{physical_name(environment, 'reviews')}-{account}-{region}"


def incident_record(number: int) -> str:
    """The partition of one incident's timeline, pages and evidence."""
    return f"incident#{number}"


def incident_identifier(number: int) -> str:
    """The sort key of an incident in `INCIDENTS` and `OPEN`: numbers in their order."""
    return f"{number:09d}"
