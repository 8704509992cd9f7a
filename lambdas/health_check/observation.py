"""What is known of an endpoint while its probe is under way, so that a timeout loses nothing."""

from dataclasses import dataclass, field

from lambdas.health_check.stopwatch import Stopwatch


@dataclass
class Observation:
    stopwatch: Stopwatch = field(default_factory=Stopwatch)
    status: int | None = None
    certificate_days_left: float | None = None
    failing_checks: tuple[str, ...] = ()
