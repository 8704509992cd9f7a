"""Why an endpoint is degraded or down."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from lambdas.shared.endpoint_state.public_names import public_names
from lambdas.vocabulary.endpoints import FLAPPING, State

MOST_CHECKS = 10


@dataclass(frozen=True)
class Cause:
    """Kept apart, so that a check called `dns` is never taken for a name that was not resolved."""

    reason: str = ""
    """A `Reason`, or FLAPPING; empty when the endpoint answers, and names what fails or nothing."""
    checks: tuple[str, ...] = ()
    """What its health body names as failing, as the public may read it."""

    def including(self, checks: tuple[str, ...]) -> Self:
        """With these checks too, the first ten in all."""
        return type(self)(self.reason, tuple(dict.fromkeys((*self.checks, *checks)))[:MOST_CHECKS])

    def as_dict(self) -> dict[str, Any]:
        return {"reason": self.reason} | ({"checks": list(self.checks)} if self.checks else {})

    @classmethod
    def from_dict(cls, written: Mapping[str, Any], state: State) -> Self:
        """Read the cause of `state` from a record that holds it among other things."""
        reason, checks = written["reason"], tuple(written.get("checks", ()))
        if state is State.DEGRADED and reason not in ("", FLAPPING):
            return cls(
                "", public_names(reason.split(", "))
            )  # checks were written so before they had a field of their own
        return cls(reason, checks)


NO_CAUSE = Cause()
