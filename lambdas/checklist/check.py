"""What a check is: a question about the account, how it is looked at, and what a person does when it fails."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Final

from lambdas.checklist.reader import Reader
from lambdas.checklist.settings import Settings
from lambdas.vocabulary.checklist import Importance, Line, Seen, Verdict
from lambdas.vocabulary.names import Named, physical_name
from lambdas.vocabulary.runbooks import Runbook


@dataclass(frozen=True)
class Situation:
    """What a check is asked about."""

    settings: Settings
    account: Reader
    at: datetime
    here: Named

    def name(self, thing: str) -> str:
        """Of something of the environment, such as `junkos-prod-notify` for `notify`."""
        return physical_name(self.here, thing)

    @property
    def region(self) -> str:
        return self.settings.medium_topic.split(":")[3]

    @property
    def account_number(self) -> str:
        return self.settings.medium_topic.split(":")[4]

    def arn_of_topic(self, thing: str) -> str:
        beginning = self.settings.medium_topic.rpartition(":")[0]
        return f"{beginning}:{self.name(thing)}"

    def log_of(self, folder: str) -> str:
        """The log group of one of the functions."""
        return f"/aws/lambda/{self.name(folder)}"


@dataclass(frozen=True)
class Outcome:
    """What a look found; `text` is one line that names what it is about."""

    verdict: Verdict
    text: str
    seen: tuple[Seen, ...] = ()


def passed(text: str, *seen: Seen) -> Outcome:
    return Outcome(Verdict.PASS, text, seen)


def failed(text: str, *seen: Seen) -> Outcome:
    return Outcome(Verdict.FAIL, text, seen)


def not_applicable(reason: str) -> Outcome:
    return Outcome(Verdict.NOT_APPLICABLE, reason)


def unknown(reason: str, *seen: Seen) -> Outcome:
    return Outcome(Verdict.UNKNOWN, reason, seen)


Look = Callable[[Situation], Outcome]
ATTESTED: Final = "Somebody answers for it in the environment's file, until a date."
"""What passes of a check that a person attests."""


def only_where(applies: Callable[[Situation], bool], otherwise: str) -> Callable[[Look], Look]:
    """A look at what not every environment has; `otherwise` is the reason for which it is not applicable there."""

    def wrapped(look: Look) -> Look:
        return wraps(look)(lambda situation: look(situation) if applies(situation) else not_applicable(otherwise))

    return wrapped


PLACEHOLDERS: Final = ("partition", "region", "account", "prefix", "backups", "reports", "backups_key", "backend_log")
"""Of ARNs, in braces: `prefix` is `<service>-<environment>-`, `backups` and `reports` are names of buckets,
`backups_key` is the ARN of the key of the bucket of backups, `backend_log` the name of the log group of the API."""


@dataclass(frozen=True)
class Reads:
    """What a check needs a right to; the function has the rights of all checks."""

    actions: tuple[str, ...]
    resource: str = "*"
    """An ARN in which `PLACEHOLDERS` stand for the environment's."""
    because: str = ""
    """Why the resource is a pattern, where it is one."""


@dataclass(frozen=True, kw_only=True)
class Check:
    """One check; it is listed in its section's file and nowhere else."""

    name: str
    """Unique; waivers, attestations and notices call it so."""
    line: Line
    """The line of the checklist that it answers."""
    question: str
    why: str
    """What happens to those who have it not."""
    passes: str
    """What passes, with its numbers."""
    remedy: str
    """What to do when it does not: a setting, a command, a click."""
    importance: Importance = Importance.SHOULD
    runbook: Runbook | None = None
    reads: tuple[Reads, ...] = ()
    look: Look | None = None
    """Raises what `Reader` raises: the answer then is UNKNOWN.  None for what no API shows and a person attests."""
