"""The pages of docs/runbooks/, one per family of alarms."""

from enum import StrEnum


class Runbook(StrEnum):
    BACKUP_FAILED = "backup-failed"
    RESTORE_FAILED = "restore-failed"
    POINT_IN_TIME_DRILL = "point-in-time-drill"
    RECOVERY_POINT_TOO_OLD = "recovery-point-too-old"
    BACKUP_COPY = "backup-copy"
    FUNCTION_FAILED = "function-failed"
    SERVICE_DOWN = "service-down"
    SERVICE_SLOW = "service-slow"
    CERTIFICATE = "certificate"
    PROBER_SILENT = "prober-silent"
    DATABASE_TROUBLE = "database-trouble"
    DATABASE_CAPACITY = "database-capacity"
    HIGH_ERROR_RATE = "high-error-rate"
    ERROR_BUDGET = "error-budget"
    ERRORS = "errors"
    TRAFFIC = "traffic"
    SECURITY_FINDING = "security-finding"
    ACCOUNT_CHANGE = "account-change"
    FAILED_LOGINS = "failed-logins"
    CHANNEL_FAILED = "channel-failed"
    INCIDENTS = "incidents"
    SELF_TEST = "self-test"
