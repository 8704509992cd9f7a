"""How a drill controls the evaluation of alarms; `emulator.alarm_clock` is the client."""

from datetime import UTC, datetime
from typing import Any

from ministack.services import cloudwatch

from emulator.ministack import control
from emulator.ministack.alarms import insight_rules, store
from emulator.ministack.alarms.background import switch
from emulator.ministack.alarms.evaluation import evaluate_alarms

Document = dict[str, Any]


def register() -> None:
    control.PATHS.update(
        {
            f"{control.PREFIX}evaluate-alarms": evaluate,
            f"{control.PREFIX}pause-alarm-evaluation": pause,
            f"{control.PREFIX}anomaly-bands": set_band,
            f"{control.PREFIX}insight-metrics": set_insight,
        }
    )


def evaluate(request: Document) -> Document:
    """`{"at": ISO time or null, "alarms": names or null}`: per alarm its state before, after and the reason."""
    moment = _moment(request["at"]) if request.get("at") else datetime.now(UTC)
    names = request.get("alarms")
    for name in names or ():
        if name not in cloudwatch._alarms and name not in cloudwatch._composite_alarms:
            raise ValueError(f"there is no alarm {name}")
    return evaluate_alarms(moment, names)


def pause(request: Document) -> Document:
    """`{"paused": true or false}`: whether alarms are evaluated only when asked."""
    switch.paused = bool(request["paused"])
    return {"paused": switch.paused}


def set_band(request: Document) -> Document:
    """`{"alarm": name, "lower": x, "upper": y}`: the band that an anomaly alarm compares with from now on."""
    name, lower, upper = request["alarm"], float(request["lower"]), float(request["upper"])
    if not cloudwatch._alarms.get(name, {}).get("ThresholdMetricId"):
        raise ValueError(f"{name} is not an alarm on an anomaly band")
    if lower > upper:
        raise ValueError(f"the lower edge {lower:g} lies above the upper edge {upper:g}")
    store.bands[name] = (lower, upper)
    return {}


def set_insight(request: Document) -> Document:
    """`{"rule": name, "metric": name, "at": ISO time, "value": x}`: a minute of INSIGHT_RULE_METRIC, over the log's."""
    minute = int(_moment(request["at"]).timestamp()) // 60 * 60
    insight_rules.state(request["rule"], request["metric"], minute, float(request["value"]))
    return {}


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"{text} has no time zone")
    return moment.astimezone(UTC)
