"""The alarms that checks look for; tests hold these names to the templates."""

from enum import StrEnum
from typing import Final


class AlarmName(StrEnum):
    """After `<service>-<environment>-`."""

    PROBER_SILENT = "prober-silent"
    DATABASE_UNREACHABLE = "database-unreachable"
    DATABASE_CONNECTIONS = "database-connections"
    RDS_FREE_STORAGE = "rds-free-storage"
    RDS_FREE_STORAGE_CRITICAL = "rds-free-storage-critical"
    RDS_CONNECTIONS = "rds-connections"
    ERRORS_MANY = "errors-many"
    ERRORS_FLOOD = "errors-flood"
    RDS_CPU = "rds-cpu"
    RDS_FREE_MEMORY = "rds-free-memory"
    API_ERROR_RATE = "api-error-rate"
    API_ERROR_RATE_CRITICAL = "api-error-rate-critical"
    API_ERRORS_CRITICAL = "api-errors-critical"
    API_FAILING = "api-failing"
    API_LATENCY = "api-latency-p95"
    API_TRAFFIC = "api-traffic"
    FAILED_LOGINS = "security-failed-logins"
    SUSPICIOUS_REQUESTS = "security-suspicious-requests"
    BACKUP_AGE = "recovery-backup-age"
    VERIFIED_BACKUP_AGE = "recovery-verified-backup-age"
    COPIED_BACKUP_AGE = "recovery-copied-backup-age"
    COPY_FAULTS = "recovery-copy-faults"
    RECOVERY_DURATION = "recovery-duration"


DOWN: Final = "-down"
"""How the name of an endpoint's alarm on its outage ends."""
