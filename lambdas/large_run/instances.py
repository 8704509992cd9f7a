"""The instances of large runs, found by the tags that they are made with and never by a name alone."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from lambdas.large_run.settings import Settings
from lambdas.shared.observability import logger
from lambdas.shared.service import own_names
from lambdas.vocabulary import large_runs

_GOING: Final = ("shutting-down", "terminated")


@dataclass(frozen=True)
class Instance:
    identifier: str
    state: str
    reason: str
    """Why it is in that state, in EC2's words; empty while it runs."""
    launched_at: datetime
    tags: Mapping[str, str]

    @classmethod
    def of(cls, described: Mapping[str, Any]) -> "Instance":
        return cls(
            identifier=described["InstanceId"],
            state=described["State"]["Name"],
            reason=described.get("StateReason", {}).get("Message", ""),
            launched_at=described["LaunchTime"],
            tags={tag["Key"]: tag["Value"] for tag in described.get("Tags", ())},
        )

    @property
    def is_live(self) -> bool:
        """Whether it is there and paid for; one that is stopped still has its disk."""
        return self.state not in _GOING

    @property
    def execution(self) -> str:
        return self.tags.get(large_runs.EXECUTION, "")

    @property
    def job(self) -> str:
        return self.tags.get(large_runs.JOB, "")


def own_tags(settings: Settings) -> dict[str, str]:
    """The tags that every instance of this environment's large runs has, and no other."""
    return {
        large_runs.PURPOSE: large_runs.LARGE_RUN,
        "service": own_names().service,
        "environment": settings.environment,
    }


def instances(ec2: Any, settings: Settings, **of: str) -> list[Instance]:
    """Those with these further tags, whatever state they are in; a terminated one is shown for about an hour."""
    wanted = {**own_tags(settings), **of}
    filters = [{"Name": f"tag:{key}", "Values": [value]} for key, value in wanted.items()]
    return list(_described(ec2, filters))


def of_execution(ec2: Any, settings: Settings, execution: str) -> list[Instance]:
    return instances(ec2, settings, **{large_runs.EXECUTION: execution})


def terminate(ec2: Any, found: list[Instance]) -> list[str]:
    """End those that are live, and return their identifiers.  Raises what EC2 refuses it with."""
    live = [instance.identifier for instance in found if instance.is_live]
    if live:
        ec2.terminate_instances(InstanceIds=live)
        logger.info("the instance of a large run is being terminated", instances=live)
    return live


def _described(ec2: Any, filters: list[dict[str, Any]]) -> Iterator[Instance]:
    for page in ec2.get_paginator("describe_instances").paginate(Filters=filters):
        for reservation in page["Reservations"]:
            yield from map(Instance.of, reservation["Instances"])
