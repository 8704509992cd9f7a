"""Orders the instance of a large run."""

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final

from lambdas.large_run.instances import Instance, instances, of_execution, own_tags
from lambdas.large_run.settings import Settings
from lambdas.large_run.user_data import Instructions, user_data
from lambdas.shared.clock import Clock
from lambdas.shared.observability import logger
from lambdas.shared.quantities import duration, size
from lambdas.vocabulary import large_runs
from lambdas.vocabulary.large_runs import DEVICE, DISK_MBPS, Job, Phase, Progress, TooLarge, folder_of, subject_of

PATIENCE: Final = timedelta(hours=1)
"""How long an instance is waited for that AWS does not have."""
LARGEST_DISK_GB: Final = 16_000
"""A gp3 volume has 16 TiB at most."""

_ELSEWHERE: Final = frozenset(
    {
        "InsufficientInstanceCapacity",
        "InsufficientHostCapacity",
        "InsufficientFreeAddressesInSubnet",
        "SpotMaxPriceTooLow",
        "Unsupported",  # the zone has no instances of this type
    }
)
"""Refusals that another zone, or another hour, may not have."""
_REMEDIES: Final = {
    "VcpuLimitExceeded": "raise the account's quota 'Running On-Demand Standard instances' (L-1216C47A),"
    " or set a smaller backups.large_runs.instance_type",
    "MaxSpotInstanceCountExceeded": "raise the account's quota of Spot instances,"
    " or set backups.large_runs.spot = false",
    "InstanceLimitExceeded": "raise the account's quota of running instances",
    "PendingVerification": "AWS is verifying the account, which takes hours: start the run again then",
    "UnauthorizedOperation": "deploy again; an organization's service control policy may forbid instances",
    "OptInRequired": "the account has not EC2 in this region",
    "InvalidLaunchTemplateId.NotFound": "deploy again: somebody deleted the launch template",
}
_CAPACITY: Final = "set another backups.large_runs.instance_type, or spot = false"


@dataclass(frozen=True)
class Run:
    """What an execution wants to have done."""

    execution: str
    event: Mapping[str, Any]
    """As the function got it."""
    too_large: TooLarge
    job: Job

    @property
    def subject(self) -> str:
        """The same for two runs of which one is too many; a run on demand is like no other."""
        detail = self.event.get("detail")
        about = detail["object"]["key"] if isinstance(detail, Mapping) else self.event.get("slot")
        return subject_of(self.job.function, str(about or self.execution))

    @property
    def disk_gb(self) -> int:
        wanted = self.job.disk_gb + math.ceil(self.too_large.bytes * self.job.disk_share / 10**9)
        return min(wanted, LARGEST_DISK_GB)


def order(run: Run, progress: Progress, settings: Settings, ec2: Any, clock: Clock) -> Progress:
    """Order it once: a second order of the same execution finds what the first one ordered.

    An order that is refused for good ends the run; its failure says why and what to do.
    """
    if ours := of_execution(ec2, settings, run.execution):
        return _running(progress, ours[0])
    if others := _others(run, settings, ec2):
        logger.info("another run of the same is under way", execution=others[0].execution)
        return replace(progress, phase=Phase.ELSEWHERE, instance=others[0].identifier)
    refusals: list[str] = []
    for subnet in run.job.subnets:
        try:
            ordered = ec2.run_instances(**_wanted(run, subnet, settings))
        except ec2.exceptions.ClientError as error:
            code, text = error.response["Error"]["Code"], error.response["Error"]["Message"]
            if code not in _ELSEWHERE:
                remedy = f" ({_REMEDIES[code]})" if code in _REMEDIES else ""
                return _ended(progress, f"EC2 refused the instance: {code}: {text}{remedy}")
            refusals.append(f"{subnet}: {code}: {text}")
            continue
        instance = Instance.of(ordered["Instances"][0])
        logger.info(
            "instance ordered",
            instance=instance.identifier,
            job=run.job.function,
            disk_gb=run.disk_gb,
            database=size(run.too_large.bytes),
        )
        return _running(progress, instance)
    if clock() - progress.asked_at < PATIENCE:
        logger.warning("AWS has no such instance now: it is ordered again", refusals=refusals)
        return replace(progress, phase=Phase.WAITING)
    text = f"AWS had no such instance for {duration(PATIENCE)}: {'; '.join(refusals)} ({_CAPACITY})"
    return _ended(progress, text)


def _running(progress: Progress, instance: Instance) -> Progress:
    return replace(progress, phase=Phase.RUNNING, instance=instance.identifier, ordered_at=instance.launched_at)


def _ended(progress: Progress, failure: str) -> Progress:
    return replace(progress, phase=Phase.ENDED, failure=failure)


def _others(run: Run, settings: Settings, ec2: Any) -> list[Instance]:
    return [it for it in instances(ec2, settings, **{large_runs.SUBJECT: run.subject}) if it.is_live]


def _wanted(run: Run, subnet: str, settings: Settings) -> dict[str, Any]:
    """All but what the launch template says.

    Whatever is written here twice is the same twice: EC2 refuses a token that comes with other parameters.
    """
    job = run.job
    wanted: dict[str, Any] = {
        "LaunchTemplate": {"LaunchTemplateId": job.launch_template, "Version": job.launch_template_version},
        "MinCount": 1,
        "MaxCount": 1,
        "ClientToken": hashlib.sha256(f"{run.execution} {subnet}".encode()).hexdigest(),
        "UserData": user_data(_instructions(run, settings)),
        "NetworkInterfaces": [
            {
                "DeviceIndex": 0,
                "SubnetId": subnet,
                "Groups": list(job.security_groups),
                "AssociatePublicIpAddress": False,
                "DeleteOnTermination": True,
            }
        ],
        "BlockDeviceMappings": [
            {
                "DeviceName": DEVICE,
                "Ebs": {
                    "VolumeType": "gp3",
                    "VolumeSize": run.disk_gb,
                    **({"Throughput": DISK_MBPS} if job.disk_share else {}),
                    "Encrypted": True,
                    "DeleteOnTermination": True,
                },
            }
        ],
        "TagSpecifications": [
            {
                "ResourceType": kind,
                "Tags": [{"Key": key, "Value": value} for key, value in _tags(run, settings).items()],
            }
            for kind in ("instance", "volume")
        ],
    }
    if settings.spot:
        wanted["InstanceMarketOptions"] = {
            "MarketType": "spot",
            "SpotOptions": {"SpotInstanceType": "one-time", "InstanceInterruptionBehavior": "terminate"},
        }
    return wanted


def _tags(run: Run, settings: Settings) -> dict[str, str]:
    job = run.job
    return {
        **job.tags,
        **own_tags(settings),
        "Name": f"{own_tags(settings)['service']}-{settings.environment}-{job.function.replace('_', '-')}",
        large_runs.JOB: job.function,
        large_runs.EXECUTION: run.execution,
        large_runs.SUBJECT: run.subject,
    }


def _instructions(run: Run, settings: Settings) -> Instructions:
    job = run.job
    return Instructions(
        function=job.function,
        event=json.dumps(run.event),
        variables=job.variables,
        code=job.code,
        layers=job.layers,
        python=job.python,
        region=job.region,
        results=f"s3://{settings.bucket}/{folder_of(job.function, run.execution)}",
        seconds=int(settings.time_limit.total_seconds()),
    )
