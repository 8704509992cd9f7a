"""GuardDuty's own words."""

from enum import StrEnum


class Plan(StrEnum):
    """Protection plans, by the names of the detector's features; GuardDuty's foundation is on in every detector."""

    RDS_LOGIN_EVENTS = "RDS_LOGIN_EVENTS"
    LAMBDA_NETWORK_LOGS = "LAMBDA_NETWORK_LOGS"
    S3_DATA_EVENTS = "S3_DATA_EVENTS"
    EKS_AUDIT_LOGS = "EKS_AUDIT_LOGS"
    EBS_MALWARE_PROTECTION = "EBS_MALWARE_PROTECTION"
    RUNTIME_MONITORING = "RUNTIME_MONITORING"


FOUNDATION = frozenset({"CLOUD_TRAIL", "DNS_LOGS", "FLOW_LOGS"})
"""Listed among a detector's features, and not to be switched."""
