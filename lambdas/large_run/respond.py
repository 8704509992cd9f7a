"""What an event asks for: a step of a large run, the look for leftovers, or the end of an execution that broke off."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lambdas.large_run.end import Ending, end
from lambdas.large_run.look import look
from lambdas.large_run.order import Run, order
from lambdas.large_run.reap import reap
from lambdas.large_run.report import report
from lambdas.large_run.results import Results
from lambdas.large_run.settings import Settings
from lambdas.shared.clock import Clock, now
from lambdas.shared.state_machines import caught
from lambdas.vocabulary.codec import decode, encode
from lambdas.vocabulary.large_runs import (
    FAILED_RUN,
    FUNCTION_FAILED,
    JOBS,
    LARGE_RUN_FAILED,
    TOO_LARGE,
    Job,
    Phase,
    Progress,
    Step,
    TooLarge,
)


@dataclass(frozen=True)
class Runner:
    """The clients are botocore's."""

    settings: Settings
    ec2: Any
    s3: Any
    functions: Any
    clock: Clock = now

    def respond(self, event: Mapping[str, Any]) -> Any:
        """What a step hands on; raises what AWS refuses, and the state machine goes on to the end."""
        if "detail" in event:
            return self._end_broken_off(event["detail"])
        step = Step(event["step"])
        if step is Step.REAP:
            return {"terminated": reap(self.settings, self.ec2, self.functions, self.clock)}
        job, execution, state = event["function"], event["execution"], event["state"]
        match step:
            case Step.ORDER:
                run = Run(
                    execution,
                    event["event"],
                    decode(TooLarge, state[TOO_LARGE]),
                    decode(Job, event["job"], ignore_unknown=True),
                )
                return encode(order(run, self._progress(state), self.settings, self.ec2, self.clock))
            case Step.LOOK:
                found = look(
                    self._progress(state),
                    execution,
                    results=Results.of(self.s3, self.settings.bucket, job, execution),
                    settings=self.settings,
                    ec2=self.ec2,
                    clock=self.clock,
                )
                return encode(found)
            case Step.END:
                failure = caught(state.get("error")) or self._progress(state).failure
                return end(Ending(job, execution, failure), self.settings, self.ec2, self.s3)

    def _progress(self, state: Mapping[str, Any]) -> Progress:
        """As far as the run came; before its first order it has none."""
        written = state.get("run")
        if written is None:
            return Progress(Phase.WAITING, asked_at=self.clock())
        return decode(Progress, written, ignore_unknown=True)

    def _end_broken_off(self, detail: Mapping[str, Any]) -> dict[str, Any]:
        """An execution failed, was aborted or ran out of time: whatever of it is left ends, and people are notified.

        A function that failed has its own alarm.
        """
        job, execution = _job_of(detail["stateMachineArn"]), detail["executionArn"]
        if detail.get("error") == FUNCTION_FAILED:
            return {"reported": False}
        text = detail.get("cause") if detail.get("error") == LARGE_RUN_FAILED else None
        report(self.functions, self.settings, job, text or self._end_of(job, execution, detail))
        return {"reported": True}

    def _end_of(self, job: str, execution: str, detail: Mapping[str, Any]) -> str:
        """The end that the execution did not come to; why it did not."""
        why = ": ".join(filter(None, [detail.get("error"), detail.get("cause")]))
        failure = f"its execution ended as {detail['status']} {why}".rstrip()
        found = end(Ending(job, execution, failure), self.settings, self.ec2, self.s3)
        return str(found.get(FAILED_RUN) or f"the run of {job} came to its answer, but {failure}")


def _job_of(machine: str) -> str:
    """A state machine is named as its function."""
    name = machine.rpartition(":")[2].replace("-", "_")
    return next(job for job in JOBS if name.endswith(job))
