"""What people are told of each kind of act, and how soon they must look."""

from dataclasses import dataclass

from lambdas.vocabulary.account_changes import AccountChange
from lambdas.vocabulary.levels import Level


@dataclass(frozen=True)
class Told:
    level: Level
    title: str
    meaning: str
    once: bool = False
    """However many things it is done to, an actor's acts of this kind are told together."""


CHANGES = {
    AccountChange.ROOT_USED: Told(
        Level.HIGH,
        "The root user was used",
        "Root can do everything and no policy holds it. Nothing in daily work needs it.",
        once=True,
    ),
    AccountChange.ROOT_ACCESS_KEY: Told(
        Level.CRITICAL,
        "An access key of the root user was made",
        "Whoever has this key has the account. Nobody needs one.",
    ),
    AccountChange.ROOT_TAKEN_OVER: Told(
        Level.CRITICAL,
        "The root user's password or e-mail address was changed",
        "Whoever holds both holds the account. If nobody of you did it, write to AWS's support at once.",
    ),
    AccountChange.SIGN_IN_WITHOUT_MFA: Told(
        Level.MEDIUM,
        "Somebody signed in to the console without a second factor",
        "A password alone was enough, so a stolen one is enough too.",
    ),
    AccountChange.MFA_REMOVED: Told(
        Level.MEDIUM, "A second factor was removed", "From now on a password alone may be enough."
    ),
    AccountChange.ADMINISTRATOR_MADE: Told(
        Level.HIGH,
        "Somebody was made an administrator",
        "The policy that was attached lets its holder do everything, or give themselves everything.",
    ),
    AccountChange.CREDENTIALS_MADE: Told(
        Level.MEDIUM,
        "A lasting key or password was made",
        "It works until somebody takes it back: how an intruder stays.",
    ),
    AccountChange.PERMISSIONS_CHANGED: Told(
        Level.LOW,
        "Permissions were changed by hand",
        "What is not in the code is undone by the next deployment, or stays and is forgotten.",
        once=True,
    ),
    AccountChange.TRAIL_STOPPED: Told(
        Level.CRITICAL,
        "CloudTrail was stopped",
        "What is done in the account from now on is not recorded, and these messages end.",
    ),
    AccountChange.TRAIL_CHANGED: Told(
        Level.HIGH, "What is recorded in the account was changed", "Something may no longer be recorded."
    ),
    AccountChange.DETECTION_STOPPED: Told(
        Level.CRITICAL, "GuardDuty was turned off", "Nobody looks for intruders from now on."
    ),
    AccountChange.DETECTION_NARROWED: Told(
        Level.HIGH,
        "GuardDuty was told to look away",
        "A protection plan was switched off, or findings are archived or addresses trusted from now on.",
    ),
    AccountChange.ALARMS_SILENCED: Told(
        Level.HIGH, "The alarms of this system were silenced by hand", "Something may happen that nobody is told of."
    ),
    AccountChange.ALARMS_MUTED: Told(
        Level.LOW,
        "Alarms of this system were muted by hand",
        "What they would tell is told when the rule's time is over, if it still is so. `make mute` does it.",
        once=True,
    ),
    AccountChange.CHANNEL_SECRET_CHANGED: Told(
        Level.LOW,
        "The secret of an alert channel was changed by hand",
        "From now on alerts go where the new one leads. A rotation is meant; `make test-alert` shows that they arrive.",
        once=True,
    ),
    AccountChange.KEY_DELETED: Told(
        Level.HIGH,
        "An encryption key is to be deleted, or was disabled",
        "What it encrypts cannot be read without it: backups and databases among it. Until the date that was set,"
        " deletion can be cancelled.",
    ),
    AccountChange.BACKUPS_WEAKENED: Told(
        Level.HIGH,
        "The backups' bucket was changed by hand",
        "Its policy, lifecycle, versions, lock or encryption keep backups from being lost.",
    ),
    AccountChange.SNAPSHOT_PUBLIC: Told(
        Level.CRITICAL,
        "A database snapshot was made public",
        "Everybody in the world with an AWS account can restore it and read the data.",
    ),
    AccountChange.SNAPSHOT_SHARED: Told(
        Level.HIGH,
        "A database snapshot was shared with another account",
        "That account can restore it and read the data: a quiet way to take a database away.",
    ),
    AccountChange.DATABASE_UNPROTECTED: Told(
        Level.HIGH,
        "A database lost its protection by hand",
        "Deletion protection or RDS's own backups were switched off, it is reachable from the internet, or it or a"
        " snapshot of it was deleted.",
    ),
    AccountChange.DATABASE_OPENED: Told(
        Level.HIGH,
        "PostgreSQL's port was opened to the world",
        "A security group lets everybody try to log in.",
    ),
}
