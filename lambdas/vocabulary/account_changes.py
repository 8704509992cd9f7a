"""Acts in the AWS account that weaken it, as the rules recognise them and people are told of them."""

from enum import StrEnum


class AccountChange(StrEnum):
    ROOT_USED = "root-used"
    ROOT_ACCESS_KEY = "root-access-key"
    ROOT_TAKEN_OVER = "root-taken-over"
    SIGN_IN_WITHOUT_MFA = "sign-in-without-mfa"
    MFA_REMOVED = "mfa-removed"
    ADMINISTRATOR_MADE = "administrator-made"
    CREDENTIALS_MADE = "credentials-made"
    PERMISSIONS_CHANGED = "permissions-changed"
    TRAIL_STOPPED = "trail-stopped"
    TRAIL_CHANGED = "trail-changed"
    DETECTION_STOPPED = "detection-stopped"
    DETECTION_NARROWED = "detection-narrowed"
    ALARMS_SILENCED = "alarms-silenced"
    ALARMS_MUTED = "alarms-muted"
    CHANNEL_SECRET_CHANGED = "channel-secret-changed"  # noqa: S105  (the name of an act)
    KEY_DELETED = "key-deleted"
    BACKUPS_WEAKENED = "backups-weakened"
    SNAPSHOT_PUBLIC = "snapshot-public"
    SNAPSHOT_SHARED = "snapshot-shared"
    DATABASE_UNPROTECTED = "database-unprotected"
    DATABASE_OPENED = "database-opened"


FINDING_RULE = "guardduty-finding"
"""What the rule of EventBridge is called that hands over GuardDuty's findings."""


def rule_of(change: AccountChange, number: int) -> str:
    """What the rules are called that recognise an act, of which each has one or more."""
    return f"account-{change}-{number}"


CHANGE, EVENT = "change", "event"
"""What a rule hands to the function: the kind, and CloudTrail's record as EventBridge has it."""

ADMINISTRATOR = tuple(f"arn:aws:iam::aws:policy/{name}" for name in ("AdministratorAccess", "IAMFullAccess"))
"""AWS's own policies that let their holder do everything, or give themselves everything."""
