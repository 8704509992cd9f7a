"""The kinds of value that an environment file holds: what is allowed, in words for people and as a check."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from ipaddress import IPv4Network
from typing import Annotated
from zoneinfo import available_timezones

from pydantic import AfterValidator, StringConstraints
from pydantic.types import AllowInfNan, Strict

from lambdas.vocabulary.backups import DATABASE_NAME, DATABASE_SIZE
from lambdas.vocabulary.guardduty import Plan
from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.metrics import Dimension
from lambdas.vocabulary.on_call import Who
from stacks.settings import schedule
from stacks.settings.regions import refuse_unknown_region

MINUTES_OF_DAY = 24 * 60
MINUTES_OF_WEEK = 7 * MINUTES_OF_DAY
MOST_ROUTES, MOST_ROUTE_CHARACTERS = 10, 500  # a filter pattern of CloudWatch Logs takes 1 024 characters
MOST_WARNINGS, LONGEST_CERTIFICATE = 5, 398  # days that authorities give a public certificate at most
SHORTEST_WINDOW = 30  # minutes, RDS's own limit
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
# RFC 1918, and what RFC 6598 keeps for networks of providers, which AWS takes for VPCs, too.
_PRIVATE = [IPv4Network(it) for it in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10")]
_WIDEST_VPC, _NARROWEST_VPC = 16, 26  # AWS's widest; four subnets must be in it, and none is smaller than a /28
_MOST_TAGS = 40  # AWS takes 50 of a resource; ours and the CDK's are among them
_OUR_TAGS = ("service", "environment")
_TAG_KEY = re.compile(r"[\w .:/=+@-]{1,128}")
_TAG_VALUE = re.compile(r"[\w .:/=+@-]{0,256}")
_TAGS = 'a table of names and texts of letters, digits, spaces and _.:/=+-@, such as { team = "backend" }'
_TIME = r"([01]\d|2[0-3]):([0-5]\d)"
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_HANDOFF = re.compile(rf"({'|'.join(_WEEKDAYS)}) ({_TIME})")
_DAILY = re.compile(rf"{_TIME}-{_TIME}")
_WEEKLY = re.compile(rf"({'|'.join(_DAYS)}):{_TIME}-({'|'.join(_DAYS)}):{_TIME}")


@dataclass(frozen=True)
class Allowed:
    """What a kind of value may be, as it stands after "must be" and in the documentation."""

    text: str


def daily_window(text: str) -> range:
    """The minutes of the day (UTC) of a window like `03:00-04:00`; past 1440 where it runs over midnight."""
    match = _DAILY.fullmatch(text)
    if match is None:
        raise ValueError(f"must be {BACKUP_WINDOW}")
    start, end = _minutes(*match.group(1, 2)), _minutes(*match.group(3, 4))
    return _window(start, end, MINUTES_OF_DAY)


def weekly_window(text: str) -> range:
    """The minutes of the week (UTC, from Monday) of a window like `sun:04:30-sun:05:30`."""
    match = _WEEKLY.fullmatch(text)
    if match is None:
        raise ValueError(f"must be {MAINTENANCE_WINDOW}")
    start = _DAYS.index(match[1]) * MINUTES_OF_DAY + _minutes(*match.group(2, 3))
    end = _DAYS.index(match[4]) * MINUTES_OF_DAY + _minutes(*match.group(5, 6))
    return _window(start, end, MINUTES_OF_WEEK)


def handoff_of(text: str) -> tuple[int, str]:
    """The weekday, of Monday 0, and the time of a handoff like `monday 09:00`."""
    match = _HANDOFF.fullmatch(text)
    if match is None:
        raise ValueError(f"must be {HANDOFF}")
    return _WEEKDAYS.index(match[1]), match[2]


def _quiet(text: str) -> None:
    match = _DAILY.fullmatch(text)
    if match is None or match.group(1, 2) == match.group(3, 4):
        raise ValueError(f"must be {QUIET_HOURS}")


def windows_overlap(daily: str, weekly: str) -> bool:
    """Whether a daily window meets a weekly one on any day; RDS refuses such a pair."""
    daily_minutes = {minute % MINUTES_OF_DAY for minute in daily_window(daily)}
    return any(minute % MINUTES_OF_DAY in daily_minutes for minute in weekly_window(weekly))


def _minutes(hours: str, minutes: str) -> int:
    return int(hours) * 60 + int(minutes)


def _window(start: int, end: int, period: int) -> range:
    window = range(start, end if end > start else end + period)
    if len(window) < SHORTEST_WINDOW:
        raise ValueError(f"must last at least {SHORTEST_WINDOW} minutes")
    return window


def private_network(text: str) -> IPv4Network:
    """The address range of a VPC, such as `10.60.0.0/24`; a public one is nobody's to give."""
    try:
        network = IPv4Network(text)
    except ValueError:
        network = None
    if network is None or "/" not in text or not any(map(network.subnet_of, _PRIVATE)):
        raise ValueError(f"must be {PRIVATE_NETWORK}")
    return network


def _for_a_vpc(text: str) -> IPv4Network:
    network = private_network(text)
    if not _WIDEST_VPC <= network.prefixlen <= _NARROWEST_VPC:
        raise ValueError(f"must be {VPC_NETWORK}")
    return network


def _checked_by(read: Callable[[str], object]) -> AfterValidator:
    """Keep the text as it is once `read` accepts it."""

    def check(text: str) -> str:
        read(text)
        return text

    return AfterValidator(check)


def _total_below(limit: int) -> AfterValidator:
    def check(texts: tuple[str, ...]) -> tuple[str, ...]:
        total = sum(len(text) for text in texts)
        if total > limit:
            raise ValueError(
                f"must be {limit} characters in all at most (it has {total}): a function has room for 4 KB"
            )
        return texts

    return AfterValidator(check)


def in_one_pattern(routes: tuple[str, ...]) -> tuple[str, ...]:
    """Raises ValueError when a filter pattern of CloudWatch Logs has no room for them."""
    if len(routes) > MOST_ROUTES or sum(map(len, routes)) > MOST_ROUTE_CHARACTERS:
        raise ValueError(
            f"must be {MOST_ROUTES} routes and {MOST_ROUTE_CHARACTERS} characters in all at most: one filter pattern"
            " has to name them all"
        )
    return routes


def refuse_repeated(texts: Sequence[str], *what: str) -> None:
    """Raises ValueError when one is there twice; `what`, such as `the name`, says what they are."""
    if repeated := sorted({text for text in texts if texts.count(text) > 1}):
        raise ValueError(" ".join(["must not repeat", *what, ", ".join(map(repr, repeated))]))


def _without_repetition(texts: tuple[str, ...]) -> tuple[str, ...]:
    refuse_repeated(texts)
    return texts


def _known_timezone(timezone: str) -> str:
    zones = available_timezones()  # none on a machine without the database of time zones
    if zones and timezone not in zones:
        raise ValueError("is not a time zone: write one such as Europe/Berlin")
    return timezone


def _no_label_of_ours(name: str) -> str:
    if name in (Dimension.ENVIRONMENT, Dimension.JOB, "le"):
        raise ValueError(f"must not be {Dimension.ENVIRONMENT} or {Dimension.JOB}, which every metric has, nor le")
    return name


def _no_word_of_steps(name: str) -> str:
    if name in list(Who):  # of texts an enum says so itself from Python 3.12 on
        raise ValueError(f"must not be {', '.join(Who)}: steps call those on call so")
    return name


def _days_before_an_end(days: tuple[int, ...]) -> tuple[int, ...]:
    possible = all(1 <= day <= LONGEST_CERTIFICATE for day in days)
    if not possible or len(days) > MOST_WARNINGS or len(set(days)) < len(days):
        raise ValueError(f"must be {MOST_WARNINGS} different days at most, each from 1 to {LONGEST_CERTIFICATE}")
    return days


PRIVATE_NETWORK = "a private IPv4 range, such as 10.0.0.0/16, that begins at its first address"
VPC_NETWORK = f"a private IPv4 range from /{_WIDEST_VPC} to /{_NARROWEST_VPC}, such as 10.60.0.0/24"
HANDOFF = "a weekday and a time from 00:00 to 23:59, such as monday 09:00"
QUIET_HOURS = "a time of the day from its begin to its end, such as 22:00-07:00"
BACKUP_WINDOW = "a daily window in UTC, such as 03:00-04:00"
MAINTENANCE_WINDOW = "a weekly window in UTC, such as sun:04:30-sun:05:30"

BackupWindow = Annotated[
    str, _checked_by(daily_window), Allowed(f"{BACKUP_WINDOW}, of {SHORTEST_WINDOW} minutes or more")
]
MaintenanceWindow = Annotated[
    str, _checked_by(weekly_window), Allowed(f"{MAINTENANCE_WINDOW}, of {SHORTEST_WINDOW} minutes or more")
]
Schedule = Annotated[str, _checked_by(schedule.longest_interval), Allowed(f"{schedule.FORM}, in UTC")]


def _as_tags(tags: dict[str, str]) -> dict[str, str]:
    """Raises ValueError for what some service of AWS refuses as a tag."""
    if len(tags) > _MOST_TAGS:
        raise ValueError(f"must be {_MOST_TAGS} at most (it has {len(tags)})")
    for key, value in tags.items():
        if not _TAG_KEY.fullmatch(key) or not _TAG_VALUE.fullmatch(value):
            raise ValueError(f'"{key}": must be {_TAGS}')
        if key.lower() in _OUR_TAGS or key.lower().startswith("aws:"):
            raise ValueError(f'"{key}": is not yours to give')
    if len({key.lower() for key in tags}) < len(tags):  # IAM does not tell them apart
        raise ValueError("must not have two names that differ in case alone")
    return tags


def _text(pattern: str, allowed: str) -> tuple[StringConstraints, Allowed]:
    return StringConstraints(pattern=rf"^(?:{pattern})\z"), Allowed(allowed)


# Control characters and Unicode's line ends stay out: a description is read line by line.
Text = Annotated[str, *_text(r"\S([^\p{Cc}\p{Zl}\p{Zp}]{0,198}\S)?", "one line of 1 to 200 characters")]
RunbookUrl = Annotated[
    str,
    *_text(
        r"docs/runbooks|https?://[^\s@]{1,190}[^\s@/]",
        "an https URL without a slash at its end, such as https://wiki.example.com/runbooks",
    ),
]
Tags = Annotated[dict[str, str], AfterValidator(_as_tags), Allowed(_TAGS)]
Name = Annotated[
    str,
    StringConstraints(max_length=16),
    *_text(r"[a-z](-?[a-z0-9])*", "1 to 16 lower-case letters and digits, with single dashes between them"),
]
ServiceName = Annotated[
    str,
    StringConstraints(max_length=20),
    *_text(
        r"[a-z](-?[a-z0-9])*",
        "1 to 20 lower-case letters and digits, with single dashes between them",
    ),
]
ServiceTitle = Annotated[
    str,
    *_text(
        r"[A-Za-z]([ -]?[A-Za-z0-9])*",
        "the letters and digits of `service` in any case, with spaces or dashes for its dashes",
    ),
]
Account = Annotated[str, *_text(r"\d{12}", "the account's 12 digits, in quotes")]
Region = Annotated[
    str, *_text(r"[a-z]{2,4}(-[a-z]+)+-\d", "a region, such as us-east-1"), _checked_by(refuse_unknown_region)
]
Email = Annotated[str, *_text(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+", "an e-mail address")]
Label = Annotated[str, *_text(DATABASE_NAME.pattern, "1 to 63 lower-case letters, digits, dashes and underscores")]
PostgresName = Annotated[str, *_text(r"[a-z_][a-z0-9_]{0,62}", "1 to 63 lower-case letters, digits and underscores")]
Table = Annotated[str, *_text(r"[^.]+\.[^.].*", "a table with its schema, such as public.orders")]
Schema = Annotated[str, *_text(r"[^\s\p{Cc}](.{0,61}[^\s\p{Cc}])?", "the name of a schema, such as auth")]
Assertion = Annotated[
    str, *_text(r"(?is)\s*(select|with|values|table)\b[^;]*", "one SQL query without a semicolon that answers true")
]
Acceptable = Annotated[
    str,
    *_text(
        rf"extension [a-z0-9_-]{{1,63}}|{DATABASE_SIZE}",
        f"the word extension and its name, such as extension postgis, or {DATABASE_SIZE}",
    ),
]
InstanceClass = Annotated[
    str,
    *_text(r"[a-z]\d+[a-z]*\.(micro|small|medium|\d*x?large)", "an RDS instance class without db., such as t4g.micro"),
]
InstanceType = Annotated[
    str,
    *_text(
        r"[a-z]+\d+[a-z0-9-]*\.(medium|\d*x?large)",
        "an EC2 instance type of 4 GiB of memory or more, such as m7g.xlarge",
    ),
]
EngineVersion = Annotated[
    str, *_text(r"1[4-8](\.\d+)?", "a PostgreSQL version from 14 to 18, in quotes, such as 18 or 18.3")
]
Host = Annotated[str, *_text(r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?", "a host name without protocol and port")]
InstanceIdentifier = Annotated[
    str,
    *_text(r"[A-Za-z][A-Za-z0-9-]{0,62}", "an RDS instance identifier"),
    AfterValidator(str.lower),  # RDS keeps it so, and names its metrics by it
]
ResourceId = Annotated[str, *_text(r"db-[A-Z0-9]+", "an RDS resource identifier, such as db-ABCDEFGHIJKL01234")]
VpcId = Annotated[str, *_text(r"vpc-[0-9a-f]+", "a VPC identifier, such as vpc-0123456789abcdef0")]
SubnetId = Annotated[str, *_text(r"subnet-[0-9a-f]+", "a subnet identifier, such as subnet-0123456789abcdef0")]
RouteTableId = Annotated[str, *_text(r"rtb-[0-9a-f]+", "a route table identifier, such as rtb-0123456789abcdef0")]
PrivateNetwork = Annotated[str, _checked_by(private_network), Allowed(PRIVATE_NETWORK)]
VpcNetwork = Annotated[str, _checked_by(_for_a_vpc), Allowed(VPC_NETWORK)]
SecurityGroupId = Annotated[
    str, *_text(r"sg-[0-9a-f]{8,17}", "a security group identifier, such as sg-0123456789abcdef0")
]
Zone = Annotated[str, *_text(r"[a-z]{2}(-[a-z]+)+-\d[a-z]", "an availability zone, such as us-east-1a")]
_SECRET_ARN = r"arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:[A-Za-z0-9/_+=.@!-]+"  # noqa: S105  (the form of an ARN)
SecretArn = Annotated[str, *_text(_SECRET_ARN, "the whole ARN of a Secrets Manager secret")]
Secret = Annotated[
    str, *_text(rf"[A-Za-z0-9/_+=.@!-]{{1,512}}|{_SECRET_ARN}", "the name or the ARN of a Secrets Manager secret")
]


# TOML has lists only; a frozen model keeps tuples, so strictness ends at the list and holds again in its items.
_IN_A_LIST = Strict(strict=False)
Tables = Annotated[tuple[Table, ...], _IN_A_LIST, AfterValidator(_without_repetition), _total_below(1000)]
Schemas = Annotated[tuple[Schema, ...], _IN_A_LIST, AfterValidator(_without_repetition), _total_below(500)]
Assertions = Annotated[tuple[Assertion, ...], _IN_A_LIST, AfterValidator(_without_repetition), _total_below(1500)]
Emails = Annotated[tuple[Email, ...], _IN_A_LIST, AfterValidator(_without_repetition)]
LogGroupName = Annotated[str, *_text(r"[A-Za-z0-9_/.#-]{1,512}", "the name of a CloudWatch log group")]
Route = Annotated[str, *_text(r"(/[A-Za-z0-9_.~:{}-]*)+", "a route template, such as /orders/{number}")]
Routes = Annotated[tuple[Route, ...], _IN_A_LIST, AfterValidator(_without_repetition), AfterValidator(in_one_pattern)]
LoadBalancerName = Annotated[
    str, *_text(r"app/[A-Za-z0-9-]{1,32}/[0-9a-f]{16}", "such as app/api/50dc6c495c0c9188, a part of its ARN")
]
TargetGroupName = Annotated[
    str, *_text(r"targetgroup/[A-Za-z0-9-]{1,32}/[0-9a-f]{16}", "such as targetgroup/api/73e2d6bc24d8a067")
]
ApiName = Annotated[str, *_text(r"[^\s](.{0,126}[^\s])?", "a name of 1 to 128 characters")]
ApiStage = Annotated[str, *_text(r"[A-Za-z0-9_$-]{1,128}", "the name of a stage, such as prod or $default")]
SubnetIds = Annotated[tuple[SubnetId, ...], _IN_A_LIST, AfterValidator(_without_repetition)]
RouteTableIds = Annotated[tuple[RouteTableId, ...], _IN_A_LIST, AfterValidator(_without_repetition)]
SecurityGroupIds = Annotated[tuple[SecurityGroupId, ...], _IN_A_LIST, AfterValidator(_without_repetition)]
PrivateNetworks = Annotated[tuple[PrivateNetwork, ...], _IN_A_LIST, AfterValidator(_without_repetition)]
Zones = Annotated[tuple[Zone, ...], _IN_A_LIST, AfterValidator(_without_repetition)]

ChannelName = Annotated[str, *_text(r"[a-z][a-z0-9-]{0,31}", "1 to 32 lower-case letters, digits and dashes")]
ChannelUrl = Annotated[str, *_text(r"https?://[^\s@]+", "an https URL without user and password")]
ParameterName = Annotated[
    str, *_text(r"/?[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*", "the name of a parameter of the Parameter Store")
]
ProjectName = Annotated[
    str, *_text(r"[a-z]([a-z0-9-]{0,38}[a-z0-9])?", "1 to 40 lower-case letters, digits and dashes, a letter first")
]
DeployedName = Annotated[
    str, *_text(r"[A-Za-z0-9_.-]{1,128}(/[A-Za-z0-9_-]{1,255})?", "a stack, an application or a cluster/service")
]
DsnKey = Annotated[str, *_text(r"[0-9a-f]{32}", "32 hexadecimal digits")]
DsnKeys = Annotated[tuple[DsnKey, ...], _IN_A_LIST, AfterValidator(_without_repetition)]
PhoneNumber = Annotated[str, *_text(r"\+[1-9]\d{6,14}", "a telephone number such as +14155550100")]
PhoneNumbers = Annotated[tuple[PhoneNumber, ...], _IN_A_LIST, AfterValidator(_without_repetition)]
SlackWorkspaceId = Annotated[str, *_text(r"T[A-Z0-9]{6,}", "the id of a Slack workspace, such as T0123ABCD")]
SlackChannelId = Annotated[str, *_text(r"[CG][A-Z0-9]{6,}", "the id of a Slack channel, such as C0123ABCD")]
SlackMemberId = Annotated[
    str, *_text(r"[UW][A-Z0-9]{6,}", "the id of a member of a Slack workspace, such as U0123ABCD")
]
AlertLevel = Annotated[Level, _IN_A_LIST, Allowed("one of " + ", ".join(f'"{level}"' for level in Level))]
Levels = Annotated[tuple[AlertLevel, ...], _IN_A_LIST, AfterValidator(_without_repetition)]

Timezone = Annotated[
    str,
    *_text(r"[A-Za-z0-9_+/-]{1,50}", "a time zone, such as Europe/Berlin"),
    AfterValidator(_known_timezone),
]
Handoff = Annotated[str, _checked_by(handoff_of), Allowed(HANDOFF)]
QuietHours = Annotated[str, _checked_by(_quiet), Allowed(QUIET_HOURS)]
Day = Annotated[date, Allowed("a date without quotes, such as 2026-11-02")]
WallTime = Annotated[datetime, Allowed("a local time without quotes, such as 2026-12-24T09:00:00")]
PersonName = Annotated[
    str,
    *_text(r"[a-z][a-z0-9._-]{0,31}", "1 to 32 lower-case letters, digits, dots, dashes and underscores"),
    AfterValidator(_no_word_of_steps),
]
People = Annotated[
    tuple[PersonName, ...],
    _IN_A_LIST,
    AfterValidator(_without_repetition),
    Allowed("a list of two or more names of [[on_call.person]]"),
]
StepWho = Annotated[str, Allowed("primary, backup, everybody or the name of a person")]
StepWhos = Annotated[
    tuple[StepWho, ...],
    _IN_A_LIST,
    AfterValidator(_without_repetition),
    Allowed("a list of primary, backup, everybody and names of people"),
]

_HOST = r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?"  # lower case, as a URL's host is compared
LoadedHost = Annotated[str, *_text(_HOST, "a host name in lower case, without protocol and port")]
Hosts = Annotated[tuple[LoadedHost, ...], _IN_A_LIST, AfterValidator(_without_repetition)]
LoadedUrl = Annotated[
    str,
    *_text(
        rf"https://{_HOST}(:[1-9]\d{{0,4}})?/[!-\x22$-;=?-~]*",
        "an https URL with a path, without user, password and fragment, such as https://api.example.com/orders",
    ),
]
LoadMark = Annotated[str, *_text(r"[A-Za-z0-9._-]{1,64}", "1 to 64 letters, digits, dots, dashes and underscores")]

EndpointName = Annotated[
    str, *_text(r"[A-Za-z0-9][A-Za-z0-9 ._-]{0,63}", "1 to 64 letters, digits, spaces, dots, dashes and underscores")
]
EndpointUrl = Annotated[
    str, *_text(r"https?://[^\s@]+", "an http or https URL without user and password, such as https://api.example.com/")
]
SeriesName = Annotated[
    str,
    *_text(
        r"[a-zA-Z_:][a-zA-Z0-9_:]{0,199}", "a name in Prometheus' form, such as http_requests_total, of 200 characters"
    ),
]
LabelName = Annotated[
    str,
    *_text(r"[a-zA-Z]([a-zA-Z0-9_]{0,99})", "a label's name, such as route"),
    AfterValidator(_no_label_of_ours),
]
LabelNames = Annotated[tuple[LabelName, ...], _IN_A_LIST, AfterValidator(_without_repetition)]
AlarmLimit = Annotated[float, Allowed("a number"), AllowInfNan(allow_inf_nan=False)]
Headers = Annotated[
    dict[str, str | dict[str, str]],
    Allowed('header = "value", or for a secret one header = { secret = "name" } or { parameter = "name" }'),
]
Statuses = Annotated[tuple[int | str, ...], _IN_A_LIST, Allowed('a list such as [200, "300-399"]')]
Seconds = Annotated[float, Allowed("a number of seconds above 0, at most 60")]
Conditions = Annotated[
    tuple[dict[str, str | int | float | bool], ...],
    _IN_A_LIST,
    Allowed('a list of { path = "…", equals = … }, { path = "…", contains = … } or { path = "…", below = … }'),
]
WarningDays = Annotated[
    tuple[int, ...],
    _IN_A_LIST,
    AfterValidator(_days_before_an_end),
    Allowed("a list of days, the last one the most urgent"),
]
Logo = Annotated[str, *_text(r"[^\s\p{Cc}]([^\p{Cc}]{0,198})\.(svg|png)", "a path that ends with .svg or .png")]
LockFile = Annotated[
    str,
    *_text(
        r"s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]/[A-Za-z0-9!_.'()/-]{1,512}",
        "such as s3://my-bucket/backend/package-lock.json, of letters, digits, dots, dashes and slashes",
    ),
]
Colour = Annotated[str, *_text(r"#([0-9a-f]{3}){1,2}", "a colour such as #1d4f91, in lower case")]
ProtectionPlan = Annotated[str, *_text("|".join(Plan), f"one of {', '.join(Plan)}")]
ProtectionPlans = Annotated[tuple[ProtectionPlan, ...], _IN_A_LIST, AfterValidator(_without_repetition)]
Regions = Annotated[tuple[Region, ...], _IN_A_LIST, AfterValidator(_without_repetition)]
