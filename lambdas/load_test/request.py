"""What a person asks for."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from lambdas.load_test.plan import Busiest
from lambdas.load_test.refused import RefusedError
from lambdas.shared.texts import cut

_LONGEST: Final = 100


@dataclass(frozen=True)
class Request:
    id: str
    """Of this test; an event that is delivered twice has it twice."""
    requested_by: str
    busiest: Busiest | None
    """None: the busiest minute is looked up."""


def request_from(event: Mapping[str, Any], otherwise: str) -> Request:
    """`otherwise` is the id where the event has none; raises RefusedError for a rate that is none."""
    rate = event.get("busiest_per_minute")
    if rate is not None and (not isinstance(rate, int | float) or isinstance(rate, bool) or rate <= 0):
        raise RefusedError("busiest_per_minute is not a number above 0 (--twice-of 600/min)")
    return Request(
        cut(str(event.get("id") or otherwise), _LONGEST),
        cut(str(event.get("requested_by") or "somebody"), _LONGEST),
        Busiest(float(rate)) if rate else None,
    )
