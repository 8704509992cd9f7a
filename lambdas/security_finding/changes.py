"""What the notice of each kind of act says, and its level."""

from dataclasses import dataclass

from lambdas.vocabulary.account_changes import AccountChange
from lambdas.vocabulary.levels import Level


@dataclass(frozen=True)
class Description:
    level: Level
    title: str
    meaning: str
    once: bool = False
    """All acts of this kind by one actor are one notice, however many things they are done to."""


CHANGES = {
    AccountChange.ROOT_USED: Description(
        Level.HIGH,
        "The root user was used",
        "Root can do everything and no policy limits it. Nothing in daily work needs it.",
        once=True,
    ),
    AccountChange.ROOT_ACCESS_KEY: Description(
        Level.CRITICAL,
        "An access key of the root user was made",
        "Whoever has this key has the account. Nobody needs one.",
    ),
    AccountChange.ROOT_TAKEN_OVER: Description(
        Level.CRITICAL,
        "The root user's password or e-mail address was changed",
        "Whoever holds both holds the account. If nobody of you did it, write to AWS's support at once.",
    ),
    AccountChange.SIGN_IN_WITHOUT_MFA: Description(
        Level.MEDIUM,
        "Somebody signed in to the console without a second factor",
        "A password alone was enough, so a stolen one is enough too.",
    ),
    AccountChange.MFA_REMOVED: Description(
        Level.MEDIUM, "A second factor was removed", "From now on a password alone may be enough."
    ),
    AccountChange.ADMINISTRATOR_MADE: Description(
        Level.HIGH,
        "Somebody was made an administrator",
        "The policy that was attached lets its holder do everything, or give themselves everything.",
    ),
    AccountChange.CREDENTIALS_MADE: Description(
        Level.MEDIUM,
        "A lasting key or password was made",
        "It works until somebody takes it back: how an intruder stays.",
    ),
    AccountChange.PERMISSIONS_CHANGED: Description(
        Level.LOW,
        "Permissions were changed by hand",
        "What is not in the code is undone by the next deployment, or stays and is forgotten.",
        once=True,
    ),
    AccountChange.TRAIL_STOPPED: Description(
        Level.CRITICAL,
        "CloudTrail was stopped",
        "What is done in the account from now on is not recorded, and these messages end.",
    ),
    AccountChange.TRAIL_CHANGED: Description(
        Level.HIGH, "What is recorded in the account was changed", "Something may no longer be recorded."
    ),
    AccountChange.DETECTION_STOPPED: Description(
        Level.CRITICAL, "GuardDuty was turned off", "Nobody looks for intruders from now on."
    ),
    AccountChange.DETECTION_NARROWED: Description(
        Level.HIGH,
        "GuardDuty's detection was narrowed",
        "A protection plan was switched off, or findings are archived or addresses trusted from now on.",
    ),
    AccountChange.ALARMS_SILENCED: Description(
        Level.HIGH, "The alarms of this system were silenced by hand", "Something may happen and nobody is notified."
    ),
    AccountChange.ALARMS_MUTED: Description(
        Level.LOW,
        "Alarms of this system were muted by hand",
        "What is still in alarm when the rule ends is sent then. `make mute` does it.",
        once=True,
    ),
    AccountChange.CHANNEL_SECRET_CHANGED: Description(
        Level.LOW,
        "The secret of an alert channel was changed by hand",
        "From now on alerts go where the new one leads. A rotation is meant; `make test-alert` shows that they arrive.",
        once=True,
    ),
    AccountChange.KEY_DELETED: Description(
        Level.HIGH,
        "An encryption key is to be deleted, or was disabled",
        "What it encrypts cannot be read without it: backups and databases among it. Until the date that was set,"
        " deletion can be cancelled.",
    ),
    AccountChange.BACKUPS_WEAKENED: Description(
        Level.HIGH,
        "The backups' bucket was changed by hand",
        "Its policy, lifecycle, versions, lock or encryption keep backups from being lost.",
    ),
    AccountChange.SNAPSHOT_PUBLIC: Description(
        Level.CRITICAL,
        "A database snapshot was made public",
        "Everybody in the world with an AWS account can restore it and read the data.",
    ),
    AccountChange.SNAPSHOT_SHARED: Description(
        Level.HIGH,
        "A database snapshot was shared with another account",
        "That account can restore it and read the data: a quiet way to take a database away.",
    ),
    AccountChange.DATABASE_UNPROTECTED: Description(
        Level.HIGH,
        "A database lost its protection by hand",
        "Deletion protection or RDS's own backups were switched off, it is reachable from the internet, or it or a"
        " snapshot of it was deleted.",
    ),
    AccountChange.DATABASE_OPENED: Description(
        Level.HIGH,
        "PostgreSQL's port was opened to the world",
        "A security group lets everybody try to log in.",
    ),
}
