"""What a probe is: what it proves, what it means when that fails, and what a person does then."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lambdas.self_test.settings import Settings
from lambdas.vocabulary.names import Named, physical_name
from lambdas.vocabulary.self_test import Outcome, ProbeName

Client = Callable[[str], Any]
"""The client of a service by its name."""


@dataclass(frozen=True)
class Situation:
    """What a probe is asked with."""

    settings: Settings
    client: Client
    at: datetime
    here: Named

    def name(self, thing: str) -> str:
        """Of something of the environment, such as `junkos-prod-notify` for `notify`."""
        return physical_name(self.here, thing)


@dataclass(frozen=True)
class Seen:
    """What a probe saw, in one line; `remedy` is set where it is known better than for the probe as a whole."""

    outcome: Outcome
    text: str
    remedy: str = ""


def passed(text: str) -> Seen:
    return Seen(Outcome.PASSED, text)


def failed(text: str, remedy: str = "") -> Seen:
    return Seen(Outcome.FAILED, text, remedy)


def not_asked(reason: str) -> Seen:
    return Seen(Outcome.NOT_ASKED, reason)


def not_applicable(reason: str) -> Seen:
    return Seen(Outcome.NOT_APPLICABLE, reason)


@dataclass(frozen=True, kw_only=True)
class Probe:
    """One probe; it is listed in `probes` and nowhere else."""

    name: ProbeName
    question: str
    meaning: str
    """What follows for the environment when it fails."""
    remedy: str
    """What to do then."""
    ask: Callable[[Situation], Seen]
    """Raises what clients raise: it could not be asked then."""
    seconds: float = 30
    """How long it may take."""
