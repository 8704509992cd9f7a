"""The database brought back: a new RDS instance that is in everything but its data as the one it comes from."""

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, Protocol

from rds_certificates import BUNDLE

from lambdas.shared.postgres import CONNECT_TIMEOUT, Login
from lambdas.shared.rds_instances import LOST, described
from lambdas.vocabulary.names import physical_name
from ops.account import Account
from ops.backup.instance_orders import COMPARED, RECOVERED_FROM, Way, alike
from ops.errors import OpsError, UsageError
from stacks.settings import Environment, ExistingDatabase, ExternalDatabase

LOOKS_EVERY: Final = timedelta(seconds=15)
LONGEST: Final = timedelta(hours=8)


class Waiting(Protocol):
    def __call__(self, what: str) -> AbstractContextManager[None]: ...


@dataclass(frozen=True)
class Recovered:
    instance: Mapping[str, Any]
    """As RDS describes it."""
    differences: tuple[str, ...]
    """In what it is not as the source."""
    database: str
    """The name of the PostgreSQL database in it."""

    @property
    def address(self) -> str:
        endpoint = self.instance["Endpoint"]
        return f"{endpoint['Address']}:{endpoint['Port']}"

    def master_login(self, secrets: Any, *, ca_bundle: str | None, application: str) -> Login:
        """That of the master user, whose secret RDS keeps; `secrets` is a client of Secrets Manager."""
        stored = secrets.get_secret_value(SecretId=self.instance["MasterUserSecret"]["SecretArn"])["SecretString"]
        found, endpoint = json.loads(stored), self.instance["Endpoint"]
        parameters = {
            "host": endpoint["Address"],
            "port": str(endpoint["Port"]),
            "dbname": self.database,
            "user": found["username"],
            "sslmode": "verify-full",
            "sslrootcert": ca_bundle or str(BUNDLE),
            "connect_timeout": str(CONNECT_TIMEOUT),
            "application_name": application,
        }
        return Login(parameters, found["password"])

    @property
    def settings(self) -> dict[str, Any]:
        """What stands in the section `database` of the environment's file, once the instance takes the place."""
        found, network = self.instance, self.instance["DBSubnetGroup"]
        secret = found.get("MasterUserSecret", {}).get("SecretArn")
        return {
            "mode": "existing",
            "instance_identifier": found["DBInstanceIdentifier"],
            "resource_id": found["DbiResourceId"],
            "host": found["Endpoint"]["Address"],
            "port": found["Endpoint"]["Port"],
            "storage_type": found["StorageType"],
            "database_name": self.database,
            **({"master_secret_arn": secret} if secret else {}),
            "vpc_id": network["VpcId"],
            "subnet_ids": [subnet["SubnetIdentifier"] for subnet in network["Subnets"]],
            "availability_zones": [subnet["SubnetAvailabilityZone"]["Name"] for subnet in network["Subnets"]],
            "security_group_id": found["VpcSecurityGroups"][0]["VpcSecurityGroupId"],
        }


def recover(account: Account, target: str, way: Way, waiting: Waiting) -> Recovered:
    """Make a new instance `target` that is as the environment's.

    It changes nothing of the source.  A second call goes on with what the first one ordered.  Raises UsageError for
    what cannot be ordered, OpsError when the instance does not come up, and what AWS refuses.
    """
    rds = account.client("rds")
    database = database_in(account.environment)
    source = _source(account.environment, rds)
    name, there = source["DBInstanceIdentifier"], described(rds, target)
    if there is None:
        _keep_logs(account, source, target)
        way.order(rds, source, alike(source, way.origin(name)), target)
    elif _tags(there).get(RECOVERED_FROM) != way.origin(name):
        raise UsageError(f"an RDS instance {target} is there already, and not by this command (--as names another)")
    with waiting(f"RDS makes {target}, as {name} is"):
        _wait_until_available(rds, target)
    with waiting(f"setting what RDS takes only afterwards of {target}"):
        way.complete(rds, source, target)
        found = _at_last(rds, target, has_secret=way.makes_secret(source))
    return Recovered(found, tuple(_differences(source, found)), database)


def database_in(environment: Environment) -> str:
    """The PostgreSQL database in the environment's instance.  Raises UsageError for a database that is none of RDS."""
    database = environment.database
    if isinstance(database, ExternalDatabase):
        raise UsageError(
            f"{environment.name} has a database that is none of RDS: it comes back from a dump"
            f" (ops {environment.name} backup restore --to URL)"
        )
    return database.database_name or environment.names.in_postgres


def _source(environment: Environment, rds: Any) -> Mapping[str, Any]:
    database, own = environment.database, physical_name(environment, "database")
    name = database.instance_identifier if isinstance(database, ExistingDatabase) else own
    found = described(rds, name)
    if found is None:
        raise UsageError(
            f"there is no RDS instance {name} any more: what RDS kept of it is restored by its resource id"
            " (docs/operations.md#restore-by-hand)"
        )
    return found


def _keep_logs(account: Account, source: Mapping[str, Any], target: str) -> None:
    """Make the groups before RDS does: its own would never expire."""
    logs, days = account.client("logs"), account.environment.log_retention_days
    for log in source.get("EnabledCloudwatchLogsExports", ()):
        name = f"/aws/rds/instance/{target}/{log}"
        with suppress(logs.exceptions.ResourceAlreadyExistsException):  # of an instance of that name before
            logs.create_log_group(logGroupName=name)
        logs.put_retention_policy(logGroupName=name, retentionInDays=days)


def _wait_until_available(rds: Any, target: str) -> None:
    for found in _looks(rds, target):
        status = found["DBInstanceStatus"] if found else "gone"
        if status == "available":
            return
        if found is None or status in LOST:
            break
    raise OpsError(f"{target} did not become available: it is {status} (see its events at RDS)")


def _at_last(rds: Any, target: str, *, has_secret: bool) -> Mapping[str, Any]:
    """The instance; one that `has_secret` once RDS has made that."""
    for found in _looks(rds, target):
        if found and (_has_secret(found) or not has_secret):
            return found
    raise OpsError(f"RDS made no secret for the master user of {target} (see its events at RDS)")


def _looks(rds: Any, target: str) -> Iterator[Mapping[str, Any] | None]:
    """The instance, looked at again and again as long as there is patience."""
    deadline = time.monotonic() + LONGEST.total_seconds()
    yield described(rds, target)
    while time.monotonic() < deadline:
        time.sleep(LOOKS_EVERY.total_seconds())
        yield described(rds, target)


def _has_secret(found: Mapping[str, Any]) -> bool:
    return bool(found.get("MasterUserSecret", {}).get("SecretStatus") == "active")


def _differences(source: Mapping[str, Any], found: Mapping[str, Any]) -> Iterator[str]:
    for name in COMPARED:
        if source.get(name) != found.get(name):
            yield f"{name}: {found.get(name)}, {source.get(name)} of the source"


def _tags(found: Mapping[str, Any]) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in found.get("TagList", ())}
