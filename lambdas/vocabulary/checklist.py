"""The production checklist: its lines, and what a check of one of them may say."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import Enum, StrEnum
from typing import Final

from lambdas.vocabulary.codec import JsonDocument

NOTICE_KEY: Final = "checklist/"
"""How the key of a notice about a check begins."""


class Section(StrEnum):
    """Of the checklist, in its order; the value is what commands call it."""

    ERRORS = "errors"
    UPTIME = "uptime"
    DATABASE = "database"
    LOGS = "logs"
    ALERTS = "alerts"
    INCIDENTS = "incidents"
    SIGNALS = "signals"
    SECURITY = "security"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    OBJECTIVES = "objectives"

    @property
    def heading(self) -> str:
        return _HEADINGS[self]


_HEADINGS: Final = {
    Section.ERRORS: "Error tracking",
    Section.UPTIME: "Uptime",
    Section.DATABASE: "Database",
    Section.LOGS: "Logs",
    Section.ALERTS: "Alerts",
    Section.INCIDENTS: "Incidents and on-call",
    Section.SIGNALS: "Golden signals and dashboards",
    Section.SECURITY: "Security",
    Section.WEEK: "Week 1, and every week",
    Section.MONTH: "Month 1, and every month",
    Section.QUARTER: "Every quarter",
    Section.OBJECTIVES: "Objectives and cost",
}


class Line(Enum):
    """A line of the checklist: its section and its words.  Each is answered by at least one check."""

    TRACKER = Section.ERRORS, "tracker configured for this environment"
    SOURCE_MAPS = Section.ERRORS, "source maps uploaded for the running release"
    ERROR_ALERTS = Section.ERRORS, "alerts on errors reach mail, chat, pager"
    RELEASES = Section.ERRORS, "releases tracked with deploys"
    MINIMUM_LEVEL = Section.ERRORS, "minimum log level info in production, debug in staging"
    FILTERED = Section.ERRORS, "passwords, tokens, personal data filtered"
    TEST_ERROR = Section.ERRORS, "a test error sent and seen"

    MONITORED = Section.UPTIME, "a monitoring service runs"
    HEALTH_ENDPOINT = Section.UPTIME, "/health answers 200 and checks its database"
    MAIN_ENDPOINT = Section.UPTIME, "the main endpoint is monitored"
    INTERVAL = Section.UPTIME, "every five minutes or better"
    CONTACTS = Section.UPTIME, "contacts for mail, SMS, chat are there and confirmed"
    STATUS_PAGE = Section.UPTIME, "a status page (optional)"

    AUTOMATIC_BACKUPS = Section.DATABASE, "automatic backups at least daily"
    RETENTION = Section.DATABASE, "kept 7 to 30 days"
    RESTORE_TESTED = Section.DATABASE, "a restore tested"
    POOLING = Section.DATABASE, "connections pooled"
    SLOW_QUERIES = Section.DATABASE, "slow queries logged"
    STORAGE_ALARM = Section.DATABASE, "storage alarmed at 80 %"
    CONNECTIONS_ALARM = Section.DATABASE, "connections alarmed at 80 % of the maximum"

    STRUCTURED = Section.LOGS, "structured JSON"
    LEVELS = Section.LOGS, "levels used"
    AGGREGATED = Section.LOGS, "aggregated"
    LOG_RETENTION = Section.LOGS, "kept 30 to 90 days"
    MASKED = Section.LOGS, "sensitive data masked"
    REQUEST_IDS = Section.LOGS, "request ids across services"
    FOUND = Section.LOGS, "a specific error can be found"

    RESPONSE_TIMES = Section.ALERTS, "levels with response times 5 min, 30 min, 4 h, next business day"
    CHANNELS = Section.ALERTS, "mail always, chat for the team, pager and SMS for critical"
    DOWN_TWICE = Section.ALERTS, "down after two failures, told again every 30 min"
    SLOW = Section.ALERTS, "slow above 3 s, told again every 2 h"
    ERROR_RATES = (
        Section.ALERTS,
        "more than 50 errors a minute critical, rate above 5 % for 5 min high, new kind of error medium",
    )
    CPU_STORAGE = Section.ALERTS, "CPU above 80 %, free storage below 2 GB"

    RUNBOOKS = Section.INCIDENTS, "runbooks for service down, high error rate, database trouble"
    ROTATION = Section.INCIDENTS, "weekly rotation with primary and backup, escalation at 15 min"
    POST_MORTEMS = Section.INCIDENTS, "post-mortems"

    LATENCY = Section.SIGNALS, "p50, p95, p99 by route, p95 above 1 s alarmed"
    TRAFFIC = Section.SIGNALS, "traffic with drops and spikes"
    CLIENT_ERRORS = Section.SIGNALS, "4xx apart from 5xx, rate above 5 %"
    SATURATION = Section.SIGNALS, "CPU 80 %, memory 90 %, connections 80 %"
    DASHBOARD = Section.SIGNALS, "dashboard with request rate, latency, error rate, connections, memory, CPU"

    SUSPICIOUS = Section.SECURITY, "failed logins and suspicious requests logged and alarmed"
    GUARDDUTY = Section.SECURITY, "GuardDuty on"

    WEEK_ERRORS = Section.WEEK, "error rate below 1 % each day"
    WEEK_UPTIME = Section.WEEK, "uptime at least 99.9 %"
    WEEK_SLOW_QUERIES = Section.WEEK, "slow queries reviewed"
    WEEK_BACKUPS = Section.WEEK, "backups run"
    WEEK_ALERTS = Section.WEEK, "alert delivery tested"
    WEEK_TOP_ERRORS = Section.WEEK, "top five errors looked at"

    MONTH_DRILL = Section.MONTH, "restore drill"
    MONTH_SLOW_QUERIES = Section.MONTH, "slow queries reviewed and improved"
    MONTH_TRAFFIC = Section.MONTH, "traffic patterns (peaks, endpoints)"
    MONTH_UTILISATION = Section.MONTH, "utilisation (scale?)"
    MONTH_THRESHOLDS = Section.MONTH, "thresholds (too noisy, too quiet?)"
    MONTH_RUNBOOKS = Section.MONTH, "runbooks updated from incidents"

    QUARTER_DEPENDENCIES = Section.QUARTER, "dependency audit"
    QUARTER_COST = Section.QUARTER, "cost review"
    QUARTER_LOAD_TEST = Section.QUARTER, "load test at twice the traffic"
    QUARTER_DRILL = Section.QUARTER, "full disaster drill"
    QUARTER_STRATEGY = Section.QUARTER, "the strategy itself reviewed"

    RTO = Section.OBJECTIVES, "RTO 1 h"
    RPO = Section.OBJECTIVES, "RPO 24 h"
    COST_KNOWN = Section.OBJECTIVES, "total cost of the stack known"

    @property
    def section(self) -> Section:
        return self.value[0]

    @property
    def words(self) -> str:
        return self.value[1]


class Importance(StrEnum):
    BLOCKER = "blocker"
    """Without it the environment is not ready for production."""
    SHOULD = "should"


class Verdict(StrEnum):
    PASS = "pass"  # noqa: S105  (no password)
    FAIL = "fail"
    UNKNOWN = "unknown"
    """It could not be seen: denied, throttled, a partial listing; or nobody attested it.  Neither a pass nor a fail."""
    NOT_APPLICABLE = "not applicable"
    ATTESTED = "attested"
    """A person answers for what no API can show, until a date."""
    WAIVED = "waived"
    """It does not pass, and somebody accepts that until a date."""


BAD: Final = (Verdict.FAIL, Verdict.UNKNOWN)


@dataclass(frozen=True)
class Seen:
    """A value that a check looked at."""

    resource: str
    """A name or an ARN."""
    value: str
    """Masked, one line."""


@dataclass(frozen=True)
class Call:
    """A request to AWS that a check's answer rests on."""

    action: str
    """As IAM names it, such as `rds:DescribeDBInstances`."""
    at: datetime


@dataclass(frozen=True)
class Answer(JsonDocument):
    """What a check said of one environment."""

    check: str
    section: Section
    line: str
    """Of the checklist, in its words."""
    question: str
    importance: Importance
    verdict: Verdict
    text: str
    """Why, in one line: what fails names its resource."""
    remedy: str
    """What to do; empty for what passes."""
    runbook: str = ""
    """A page of `docs/runbooks/`, where one helps."""
    seen: tuple[Seen, ...] = ()
    calls: tuple[Call, ...] = ()
    since: datetime | None = None
    """When the verdict became what it is, as far as daily reports show."""
    published: bool = False
    """That it blocks was published, or was so from the first report on."""

    @property
    def blocks(self) -> bool:
        """The environment is not ready while it does."""
        return self.importance is Importance.BLOCKER and self.verdict in BAD


@dataclass(frozen=True)
class Difference:
    """A check whose verdict is another one than in the report before."""

    check: str
    before: Verdict | None
    """None for a check that is new."""
    now: Verdict


@dataclass(frozen=True)
class Report(JsonDocument):
    """The checklist, answered."""

    environment: str
    owner: str
    at: datetime
    seconds: float
    answers: tuple[Answer, ...]
    sections: tuple[Section, ...]
    """Those that were asked; all of them in a report that is kept."""
    changed: tuple[Difference, ...] = ()
    compared_with: datetime | None = None
    """The time of the report before; None where there is none."""
    not_kept: str = ""
    """Why the evidence could not be kept, in one line."""
    notes: tuple[str, ...] = field(default=())
    """What else is to be said, such as a waiver that ends soon."""

    @property
    def ready(self) -> bool:
        """No blocker fails, is unknown or has expired; of the sections that were asked."""
        return not self.blockers

    @property
    def blockers(self) -> tuple[Answer, ...]:
        return tuple(answer for answer in self.answers if answer.blocks)

    def number_of(self, verdict: Verdict) -> int:
        return sum(answer.verdict is verdict for answer in self.answers)


@dataclass(frozen=True)
class Waiver:
    """Somebody accepts that a check does not pass, up to and including the day `until` (UTC)."""

    check: str
    until: date
    owner: str
    reason: str

    def holds_at(self, moment: datetime) -> bool:
        return moment.astimezone(UTC).date() <= self.until


@dataclass(frozen=True)
class Attestation:
    """Somebody answers for what no API can show, up to and including the day `until` (UTC)."""

    check: str
    until: date
    by: str
    note: str = ""

    def holds_at(self, moment: datetime) -> bool:
        return moment.astimezone(UTC).date() <= self.until
