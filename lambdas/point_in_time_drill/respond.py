"""What an event asks for: a step of a drill, the look for leftovers, or the end of an execution that broke off."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from lambdas.point_in_time_drill.delete import delete, reap
from lambdas.point_in_time_drill.judge import Outcome, judge
from lambdas.point_in_time_drill.look import look
from lambdas.point_in_time_drill.order import order, progress_of
from lambdas.point_in_time_drill.settings import Settings
from lambdas.shared.clock import Clock, now
from lambdas.shared.held_drills import DrillRequest, record
from lambdas.shared.observability import logger, publish
from lambdas.vocabulary.codec import decode, encode
from lambdas.vocabulary.drills import Drill
from lambdas.vocabulary.metrics import Dimension, Metric
from lambdas.vocabulary.point_in_time import REFUSED, Phase, Progress, Step


@dataclass(frozen=True)
class Driller:
    """The clients are botocore's."""

    settings: Settings
    rds: Any
    s3: Any
    clock: Clock = now

    def respond(self, event: Mapping[str, Any]) -> Any:
        """What a step hands on; raises what AWS refuses, and the state machine goes on to the deletion."""
        if "detail" in event:
            return self._end(event["detail"])
        match Step(event["step"]):
            case Step.ORDER:
                return encode(order(_request(event), event["execution"], self.settings, self.rds, self.clock))
            case Step.LOOK:
                progress = decode(Progress, event["drill"], ignore_unknown=True)
                return encode(look(progress, event["execution"], self.settings, self.rds, self.clock))
            case Step.DELETE:
                return {"deleted": delete(event["execution"], self.settings, self.rds)}
            case Step.RECORD:
                state = event["asked"]
                return encode(self._record(Outcome.of(_progress(event), state)))
            case Step.REAP:
                return {"deleted": reap(self.settings, self.rds, self.clock)}

    def _end(self, detail: Mapping[str, Any]) -> dict[str, Any]:
        """An execution failed, was aborted or ran out of time, so no step of its own comes any more."""
        if detail.get("error") == REFUSED:
            return {"deleted": False}
        deleted = delete(detail["executionArn"], self.settings, self.rds)
        asked = json.loads(detail.get("input") or "{}")
        started = datetime.fromtimestamp(detail["startDate"] / 1000, UTC)
        progress = progress_of(DrillRequest.of(asked, started), Phase.FAILED)
        said = ": ".join(filter(None, [detail.get("error"), detail.get("cause")]))
        self._record(Outcome(progress, error=f"the state machine ended as {detail['status']} {said}".rstrip()))
        return {"deleted": deleted}

    def _record(self, outcome: Outcome) -> Drill:
        drill = record(self.s3, self.settings.bucket, judge(outcome, self.settings))
        publish(
            {Metric.POINT_IN_TIME_DRILL_FAILED: 0 if drill.is_good else 1},
            environment=self.settings.environment,
            **{Dimension.DATABASE: self.settings.database},
        )
        tell = logger.info if drill.is_good else logger.error
        tell(
            f"the point-in-time drill is {drill.verdict}",
            drill=drill.key,
            seconds=round(drill.seconds.total, 1),
            within_objective=drill.is_within_objective,
            findings=drill.findings,
        )
        return drill


def _request(event: Mapping[str, Any]) -> DrillRequest:
    """`asked` is what the execution was started with."""
    return DrillRequest.of(event["asked"], datetime.fromisoformat(event["started_at"]))


def _progress(event: Mapping[str, Any]) -> Progress:
    """As far as the drill came; one whose very order failed has none."""
    written = event["asked"].get("drill")
    if written is None:
        return progress_of(_request(event), Phase.FAILED)
    return decode(Progress, written, ignore_unknown=True)
