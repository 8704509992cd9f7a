"""When each metric is sent.  A metric is paid for by the hour in which it is."""

from enum import StrEnum

from lambdas.vocabulary.metrics import Metric


class Sent(StrEnum):
    ALWAYS = "always"
    DAILY = "daily"
    IN_TROUBLE = "in trouble"
    """And absent otherwise."""
    WHEN_SOMEBODY_TRIES = "when somebody tries"


_SELDOM = {
    Sent.DAILY: (
        Metric.BACKUP_DURATION,
        Metric.BACKUP_STORED_SIZE,
        Metric.BACKUP_ROWS,
        Metric.RECOVERY_DURATION,
        Metric.VERIFICATION_FAILED,
    ),
    Sent.IN_TROUBLE: (
        Metric.RESTORABLE_TIME_AGE,
        Metric.IDLE_IN_TRANSACTION,
        Metric.PREPARED_TRANSACTION,
        Metric.LONGEST_QUERY,
        Metric.BLOCKED_SESSIONS,
        Metric.TRANSACTION_IDS_USED,
        Metric.SEQUENCE_USED,
        Metric.REPLICATION_LAG,
        Metric.INACTIVE_SLOTS,
        Metric.CHECKSUM_FAILURES,
        Metric.DEADLOCKS,
        Metric.DATABASE_FINDINGS,
        Metric.DEGRADED,
        Metric.CERTIFICATE_DAYS_LEFT,
        Metric.ENDPOINTS_UNKNOWN,
        Metric.REGION_SILENT,
        Metric.BUDGET_BURNS_FAST,
        Metric.BUDGET_BURNS_SLOWLY,
        Metric.CHANNEL_FAILED,
        Metric.NEARLY_OUT_OF_TIME,
        Metric.PRIVILEGE_CHANGES,
    ),
    Sent.WHEN_SOMEBODY_TRIES: (Metric.FAILED_LOGINS, Metric.SUSPICIOUS_REQUESTS, Metric.DATABASE_FAILED_LOGINS),
}
"""All others are sent always."""


def sent(metric: Metric) -> Sent:
    return next((when for when, metrics in _SELDOM.items() if metric in metrics), Sent.ALWAYS)
