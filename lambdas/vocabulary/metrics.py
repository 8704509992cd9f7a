"""Every metric the system publishes, and what is known of each; and what AWS's own metrics are measured in."""

from enum import StrEnum
from typing import Self

TIME_WARNING = 0.8
"""Of the time that a function is given: the last moment to act before the platform stops it."""


def namespace_of_text_lines(namespace: str, environment: str) -> str:
    """Where lines of plain text are counted: a filter on text gives no dimension, so this names the environment."""
    return f"{namespace}/{environment}"


SCRAPED = "Prometheus"
"""How the namespace of series of Prometheus endpoints ends: their names are the backend's own, and none of ours."""


def namespace_of_scraped(namespace: str) -> str:
    return f"{namespace}/{SCRAPED}"


def is_scraped(namespace: str) -> bool:
    return namespace.endswith(f"/{SCRAPED}")


def unit_of_scraped(name: str) -> "Unit":
    """By its end, as Prometheus' naming rules have it: https://prometheus.io/docs/practices/naming/."""
    measured = name.removesuffix("_total").removesuffix("_sum").rpartition("_")[2]
    of_counts = Unit.COUNT if name.endswith(("_total", "_count")) else Unit.NONE
    return {"seconds": Unit.SECONDS, "bytes": Unit.BYTES}.get(measured, of_counts)


def is_own(namespace: str) -> bool:
    """Whether what is measured there is the system's own: all other namespaces that it looks at are AWS's."""
    return not namespace.startswith("AWS/")


class Unit(StrEnum):
    """CloudWatch's own unit names."""

    BYTES = "Bytes"
    COUNT = "Count"
    MILLISECONDS = "Milliseconds"
    PERCENT = "Percent"
    SECONDS = "Seconds"
    NONE = "None"


class Dimension(StrEnum):
    ENVIRONMENT = "environment"
    DATABASE = "database"
    ENDPOINT = "endpoint"
    REGION = "region"
    """The region that probed; absent from what all regions agreed on."""
    ROUTE = "route"
    """A route template of the API, such as `/orders/{number}`; only those that the environment file names."""
    OBJECTIVE = "objective"
    CHANNEL = "channel"
    JOB = "job"
    """A Prometheus endpoint of the environment file, by its name; the labels that are kept are dimensions beside it."""


class Sent(StrEnum):
    """When a metric is sent: it is paid for by the hour in which it is."""

    ALWAYS = "always"
    DAILY = "daily"
    MONTHLY = "monthly"
    IN_TROUBLE = "in trouble"
    """And absent otherwise."""
    WHEN_SOMEBODY_TRIES = "when somebody tries"
    WITH_DEPLOYMENTS = "with deployments"


class Setting(StrEnum):
    """A setting of the function that publishes the metric: where it is off or empty, the metric is not sent."""

    CLIENTS_SEND = "clients_send"
    CONNECTIONS_METRIC = "connections_metric"
    INSTANCE_IDENTIFIER = "instance_identifier"
    OTHER_REGIONS = "other_regions"
    PHASE_METRICS = "phase_metrics"


class Log(StrEnum):
    """A log whose lines are counted: CloudWatch's filters publish the metric, and no function does."""

    API = "api"
    DATABASE = "database"


class Metric(StrEnum):
    """A metric's name.

    `unit` is what its values are measured in, `sent` is when it is sent, and `needs` is what it is not sent without.
    """

    unit: Unit
    sent: Sent
    needs: Setting | Log | None

    def __new__(cls, name: str, unit: Unit, sent: Sent = Sent.ALWAYS, needs: Setting | Log | None = None) -> Self:
        member = str.__new__(cls, name)
        member._value_ = name
        member.unit, member.sent, member.needs = unit, sent, needs
        return member

    @classmethod
    def named(cls, name: str) -> Self | None:
        return next((metric for metric in cls if metric == name), None)

    BACKUP_AGE = "backup_age", Unit.SECONDS
    """Time since the snapshot of the newest committed backup."""
    VERIFIED_BACKUP_AGE = "verified_backup_age", Unit.SECONDS
    """Time since the snapshot of the newest backup whose restore was proven."""
    RESTORABLE_TIME_AGE = "restorable_time_age", Unit.SECONDS, Sent.IN_TROUBLE, Setting.INSTANCE_IDENTIFIER
    """Time since the latest moment that RDS can restore to; absent while that is well."""
    BACKUP_DURATION = "backup_duration", Unit.SECONDS, Sent.DAILY
    BACKUP_STORED_SIZE = "backup_stored_size", Unit.BYTES, Sent.DAILY
    BACKUP_ROWS = "backup_rows", Unit.COUNT, Sent.DAILY
    RECOVERY_DURATION = "recovery_duration", Unit.SECONDS, Sent.DAILY
    """Fetch, restore and verify together: what a recovery would take."""
    VERIFICATION_FAILED = "verification_failed", Unit.COUNT, Sent.DAILY
    """1 when a backup was not proven, 0 when it was."""
    COPIED_BACKUP_AGE = "copied_backup_age", Unit.SECONDS
    """Time since the snapshot of the newest proven backup that lies whole in the second region."""
    COPY_FAULTS = "copy_faults", Unit.COUNT, Sent.IN_TROUBLE
    """What is wrong with copies of backups, and is no mere delay; its log lines say what; absent for nothing."""
    POINT_IN_TIME_DRILL_FAILED = "point_in_time_drill_failed", Unit.COUNT, Sent.MONTHLY
    """1 when a point-in-time drill did not prove RDS's own backups, or not in time; 0 when it did."""
    DRILL_INSTANCE_LEFT = "drill_instance_left", Unit.COUNT, Sent.IN_TROUBLE
    """1 while a drill's temporary instance is there that should be deleted long since; absent otherwise."""

    DATABASE_REACHABLE = "database_reachable", Unit.COUNT
    """1 when the database let the check log in and answered, 0 when not."""
    CONNECTIONS_USED = "connections_used", Unit.PERCENT, Sent.ALWAYS, Setting.CONNECTIONS_METRIC
    IDLE_IN_TRANSACTION = "idle_in_transaction", Unit.SECONDS, Sent.IN_TROUBLE
    """How long the worst session has held a transaction open without doing anything."""
    PREPARED_TRANSACTION = "prepared_transaction", Unit.SECONDS, Sent.IN_TROUBLE
    """How long the oldest transaction has been prepared for a two-phase commit without an end."""
    LONGEST_QUERY = "longest_query", Unit.SECONDS, Sent.IN_TROUBLE
    BLOCKED_SESSIONS = "blocked_sessions", Unit.COUNT, Sent.IN_TROUBLE
    """Sessions that have waited for a lock for longer than the settings allow."""
    TRANSACTION_IDS_USED = "transaction_ids_used", Unit.PERCENT, Sent.IN_TROUBLE
    """Of transaction or multixact ids, whichever is worse; at 100 % the server stops writing."""
    REPLICATION_LAG = "replication_lag", Unit.SECONDS, Sent.IN_TROUBLE
    INACTIVE_SLOTS = "inactive_slots", Unit.COUNT, Sent.IN_TROUBLE
    """Replication slots without a reader, or with one that does not confirm what it reads."""
    DEADLOCKS = "deadlocks", Unit.COUNT, Sent.IN_TROUBLE
    """Since the check before."""
    SEQUENCE_USED = "sequence_used", Unit.PERCENT, Sent.IN_TROUBLE
    """Of the sequence that is nearest to its end."""
    CHECKSUM_FAILURES = "checksum_failures", Unit.COUNT, Sent.IN_TROUBLE
    DATABASE_FINDINGS = "database_findings", Unit.COUNT, Sent.IN_TROUBLE
    """What the check found that none of the other metrics tells; its log lines say what; absent for nothing."""

    UP = "up", Unit.COUNT
    """1 when the endpoint answers as it should, slow or degraded included; 0 when it is down; absent when unknown."""
    DEGRADED = "degraded", Unit.COUNT, Sent.IN_TROUBLE
    """1 when the health body names something that fails; absent otherwise."""
    LATENCY = "latency_ms", Unit.MILLISECONDS
    """From the first thought to the last byte, of answers as they should be."""
    LATENCY_DNS = "latency_dns_ms", Unit.MILLISECONDS, Sent.ALWAYS, Setting.PHASE_METRICS
    LATENCY_CONNECT = "latency_connect_ms", Unit.MILLISECONDS, Sent.ALWAYS, Setting.PHASE_METRICS
    LATENCY_TLS = "latency_tls_ms", Unit.MILLISECONDS, Sent.ALWAYS, Setting.PHASE_METRICS
    LATENCY_FIRST_BYTE = "latency_first_byte_ms", Unit.MILLISECONDS, Sent.ALWAYS, Setting.PHASE_METRICS
    CERTIFICATE_DAYS_LEFT = "certificate_days_left", Unit.COUNT, Sent.IN_TROUBLE
    """Until the first certificate of the chain ends, 0 when one has; absent while no limit is near."""
    ENDPOINTS_UNKNOWN = "endpoints_unknown", Unit.COUNT, Sent.IN_TROUBLE
    """Endpoints of which a finished run knows nothing; absent when there are none."""
    PROBER_WITHOUT_NETWORK = "prober_without_network", Unit.COUNT
    """1 when nothing at all could be reached, and no endpoint is to blame; 0 otherwise: the prober's sign of life."""
    REGION_SILENT = "region_silent", Unit.COUNT, Sent.IN_TROUBLE, Setting.OTHER_REGIONS
    """Other regions that were asked and did not answer; absent when all did."""

    REQUEST_DURATION = "request_duration", Unit.MILLISECONDS, Sent.ALWAYS, Log.API
    """Of every request of the API's log; its sample count is the traffic."""
    REQUEST_FAILED = "request_failed", Unit.COUNT, Sent.ALWAYS, Log.API
    """1 for a request that was answered with 5xx, 0 for any other: its average is the error rate."""
    REQUEST_REFUSED = "request_refused", Unit.COUNT, Sent.ALWAYS, Log.API
    """1 for a request that was answered with 4xx; absent for any other."""
    OTHER_REQUEST_DURATION = "request_duration_of_other_routes", Unit.MILLISECONDS, Sent.ALWAYS, Log.API
    """Of the requests to routes that the environment file does not name, when it names some."""
    FAILED_LOGINS = "failed_logins", Unit.COUNT, Sent.WHEN_SOMEBODY_TRIES, Log.API
    """Security events of the API's log, 1 each."""
    SUSPICIOUS_REQUESTS = "suspicious_requests", Unit.COUNT, Sent.WHEN_SOMEBODY_TRIES, Log.API
    PRIVILEGE_CHANGES = "privilege_changes", Unit.COUNT, Sent.IN_TROUBLE, Log.API
    DATABASE_FAILED_LOGINS = "database_failed_logins", Unit.COUNT, Sent.WHEN_SOMEBODY_TRIES, Log.DATABASE
    """Logins that PostgreSQL refused, by its log, 1 each; in `namespace_of_text_lines`, without dimensions."""
    BUDGET_BURNS_FAST = "budget_burns_fast", Unit.COUNT, Sent.IN_TROUBLE
    """1 while an objective's error budget burns so fast that somebody must act now; absent otherwise."""
    BUDGET_BURNS_SLOWLY = "budget_burns_slowly", Unit.COUNT, Sent.IN_TROUBLE
    """1 while it burns faster than the objective allows over days; absent otherwise."""
    CHANNEL_FAILED = "channel_failed", Unit.COUNT, Sent.IN_TROUBLE
    """1 for a message that a channel refused for good, or did not take in time; absent otherwise."""
    ERRORS_TRACKED = "errors_tracked", Unit.COUNT, Sent.IN_TROUBLE, Setting.CLIENTS_SEND
    """Errors of issues that are not muted, with those that clients say they dropped; absent when there are none."""
    ERRORS_DROPPED = "errors_dropped", Unit.COUNT, Sent.IN_TROUBLE, Setting.CLIENTS_SEND
    """Errors that were counted and not kept; absent when there are none."""
    DEPLOYMENTS = "deployments", Unit.COUNT, Sent.WITH_DEPLOYMENTS
    """1 at the moment of a deployment that was recorded; absent otherwise."""
    SCRAPE_FAULTS = "scrape_faults", Unit.COUNT, Sent.IN_TROUBLE
    """Prometheus endpoints that could not be read, and series that could not be published; absent when all were."""
    NEARLY_OUT_OF_TIME = "nearly_out_of_time", Unit.COUNT, Sent.IN_TROUBLE
    """1 for a run of any function that used more than `TIME_WARNING` of its time; absent for any other."""


_OF_AWS = {
    Unit.BYTES: "FreeStorageSpace FreeableMemory SwapUsage TransactionLogsDiskUsage ReplicationSlotDiskUsage",
    Unit.PERCENT: "CPUUtilization EBSIOBalance% EBSByteBalance% BurstBalance",
    Unit.SECONDS: "ReadLatency WriteLatency ReplicaLag TargetResponseTime ApproximateAgeOfOldestMessage",
    Unit.MILLISECONDS: "Duration Latency IntegrationLatency",
}
"""All others that are watched are counts."""


def unit_of(namespace: str, name: str) -> Unit:
    """What a metric is measured in, be it the system's own or one of AWS's."""
    if is_scraped(namespace):
        return unit_of_scraped(name)
    if is_own(namespace) and (own := Metric.named(name)):
        return own.unit
    return next((unit for unit, names in _OF_AWS.items() if name in names.split()), Unit.COUNT)
