"""Evaluating the alarms of an account: metric alarms first, then the composite alarms over them."""

import json
from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from ministack.services import cloudwatch

from emulator.cloudwatch.alarms import Sources, evaluate, period_of
from emulator.cloudwatch.condition import State
from emulator.cloudwatch.errors import MathsError
from emulator.cloudwatch.verdict import Verdict
from emulator.ministack.alarms import actions, clock, insight_rules, queues, store


@dataclass(frozen=True)
class Change:
    """What an evaluation made of an alarm."""

    before: str
    after: str
    reason: str


def evaluate_alarms(moment: datetime, names: Collection[str] | None = None) -> dict[str, dict[str, str]]:
    """Evaluate these alarms (default: all) and the composite alarms over them as of `moment`."""
    metric_alarms = [it for it in cloudwatch._alarms.values() if names is None or it["AlarmName"] in names]
    composites = list(cloudwatch._composite_alarms.values())
    before = {it["AlarmName"]: it["StateValue"] for it in (*metric_alarms, *composites)}
    with clock.at(moment):
        queues.send_metrics()
        changed = [alarm for alarm in metric_alarms if _evaluate(alarm, moment)]
        for alarm in changed:
            cloudwatch._evaluate_parent_alarms(alarm)
        actions.catch_up()
    return {
        it["AlarmName"]: asdict(Change(before[it["AlarmName"]], it["StateValue"], it["StateReason"]))
        for it in (*metric_alarms, *composites)
    }


def _evaluate(alarm: dict[str, Any], moment: datetime) -> bool:
    """Set the alarm's state; true when it is another one."""
    verdict = _verdict(alarm, moment)
    if verdict.state is None or verdict.state == alarm["StateValue"]:
        return False
    before, now = alarm["StateValue"], clock.epoch()
    reason_data = _reason_data(alarm, verdict, moment)
    alarm |= {
        "StateValue": str(verdict.state),
        "StateReason": verdict.reason,
        "StateReasonData": json.dumps(reason_data),
        "StateUpdatedTimestamp": now,
        "StateTransitionedTimestamp": now,
    }
    cloudwatch._record_history(alarm["AlarmName"], before, alarm["StateValue"], verdict.reason, reason_data=reason_data)
    actions.announce(alarm, before)
    return True


def _verdict(alarm: dict[str, Any], moment: datetime) -> Verdict:
    sources = Sources(store.samples, store.bands.get(alarm["AlarmName"]), insight_rules.points)
    try:
        verdict = evaluate(alarm, moment, sources)
    except MathsError as error:
        alarm["EvaluationState"] = "EVALUATION_ERROR"
        return Verdict(State.INSUFFICIENT_DATA, f"Error during metric evaluation: {error}", ())
    alarm.pop("EvaluationState", None)
    return verdict


def _reason_data(alarm: dict[str, Any], verdict: Verdict, moment: datetime) -> dict[str, Any]:
    points = verdict.evaluated
    data = {
        "version": "1.0",
        "queryDate": clock.milliseconds(moment),
        "period": period_of(alarm),
        "recentDatapoints": [point.value for point in reversed(points)],
        "evaluatedDatapoints": [
            {"timestamp": clock.milliseconds(datetime.fromtimestamp(point.start, moment.tzinfo)), "value": point.value}
            for point in points
        ],
    }
    facts = {
        "statistic": alarm.get("ExtendedStatistic") or alarm.get("Statistic"),
        "threshold": alarm.get("Threshold"),
    }
    return data | {name: value for name, value in facts.items() if value is not None}
