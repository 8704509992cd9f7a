"""Controls the evaluation of alarms on the embedded account, for a drill."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from emulator.account import Account


@dataclass(frozen=True)
class Evaluated:
    """What an evaluation made of an alarm: its state before and after, and the reason as CloudWatch words it."""

    before: str
    after: str
    reason: str

    @property
    def changed(self) -> bool:
        return self.before != self.after


@dataclass(frozen=True)
class AlarmClock:
    """Evaluates alarms at chosen moments. A period counts once it is over: data of the running minute does not."""

    account: Account

    def pause(self) -> None:
        """From now on alarms are evaluated only when asked."""
        self.account.ask("pause-alarm-evaluation", paused=True)

    def resume(self) -> None:
        """Alarms are evaluated every few seconds again."""
        self.account.ask("pause-alarm-evaluation", paused=False)

    def evaluate(self, at: datetime | None = None, alarms: Iterable[str] | None = None) -> dict[str, Evaluated]:
        """Evaluate these metric alarms (default: all) and the composite alarms over them as of `at` (default: now).

        States are set and actions delivered. Samples from `at` on are not looked at.
        """
        moment = at.isoformat() if at else None
        names = None if alarms is None else list(alarms)
        answer = self.account.ask("evaluate-alarms", at=moment, alarms=names)
        return {name: Evaluated(**change) for name, change in answer.items()}

    def set_band(self, alarm: str, lower: float, upper: float) -> None:
        """The band that an anomaly alarm compares with; without one it has no data."""
        self.account.ask("anomaly-bands", alarm=alarm, lower=lower, upper=upper)

    def set_insight(self, rule: str, metric: str, at: datetime, value: float) -> None:
        """A minute's value of INSIGHT_RULE_METRIC(rule, metric), instead of what the rule finds in its log groups."""
        self.account.ask("insight-metrics", rule=rule, metric=metric, at=at.isoformat(), value=value)
