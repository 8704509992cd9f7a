"""What a finding is about, and where to look first."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Details = Mapping[str, Any]


@dataclass(frozen=True)
class Resource:
    name: str
    first_look: str


def resource_of(resource: Details) -> Resource:
    """The resource by its type; of a type that is not known here, the type itself."""
    kind = str(resource.get("resourceType", "unknown resource"))
    name, first_look = _KINDS.get(kind, (lambda _: kind, "The finding's details in the console."))
    return Resource(name(resource), first_look)


def _instance(resource: Details) -> str:
    return f"instance {_of(resource, 'instanceDetails', 'instanceId')}"


def _key(resource: Details) -> str:
    key, user, kind = (_of(resource, "accessKeyDetails", name) for name in ("accessKeyId", "userName", "userType"))
    return f"access key {key} of {kind} {user}"


def _bucket(resource: Details) -> str:
    names = ", ".join(bucket["name"] for bucket in resource.get("s3BucketDetails") or ())
    by = f" by {_key(resource)}" if resource.get("accessKeyDetails") else ""
    return f"bucket {names or 'unknown'}{by}"


def _database(resource: Details) -> str:
    name = _of(resource, "rdsDbInstanceDetails", "dbInstanceIdentifier")
    return f"database {name}, user {_of(resource, 'rdsDbUserDetails', 'user')}"


def _function(resource: Details) -> str:
    return f"function {_of(resource, 'lambdaDetails', 'functionName')}"


def _cluster(resource: Details) -> str:
    found = resource.get("eksClusterDetails") or resource.get("ecsClusterDetails") or {}
    return f"cluster {found.get('name', 'unknown')}"


def _container(resource: Details) -> str:
    return f"container {_of(resource, 'containerDetails', 'name')}"


def _of(resource: Details, details: str, name: str) -> str:
    return str((resource.get(details) or {}).get(name) or "unknown")


_ACCESS = "Who reads and writes there, and whether its policy or its public access block was changed."
_WORKLOAD = "Which workload it is, and the image that it runs."
_KINDS: dict[str, tuple[Callable[[Details], str], str]] = {
    "Instance": (
        _instance,
        "What runs on it and whom it talks to. In doubt take its network first: a security group without rules.",
    ),
    "AccessKey": (
        _key,
        "What the key did, in CloudTrail's event history. In doubt deactivate it first and ask afterwards.",
    ),
    "S3Bucket": (_bucket, _ACCESS),
    "S3Object": (_bucket, _ACCESS),
    "RDSDBInstance": (
        _database,
        "That user's logins in PostgreSQL's log. In doubt change its password and end its sessions.",
    ),
    "Lambda": (_function, "Its newest deployment and its packages. In doubt stop it: reserved concurrency 0."),
    "EKSCluster": (_cluster, _WORKLOAD),
    "ECSCluster": (_cluster, _WORKLOAD),
    "Container": (_container, _WORKLOAD),
}
