"""The settings of one environment: its TOML file, typed and checked before anything is synthesized."""

import tomllib
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, ValidationInfo, field_validator

from stacks import schedule
from stacks.setting_types import (
    Account,
    Assertions,
    BackupWindow,
    Emails,
    EngineVersion,
    Host,
    InstanceClass,
    InstanceIdentifier,
    Label,
    MaintenanceWindow,
    Name,
    PostgresName,
    Region,
    ResourceId,
    RouteTableIds,
    Schedule,
    Secret,
    SecretArn,
    SecurityGroupId,
    SubnetIds,
    Tables,
    Text,
    VpcId,
    Zones,
    windows_overlap,
)
from stacks.settings_errors import SettingsError, lines_of, refuse_secrets

LogRetention = Literal[30, 60, 90]  # of 30 to 90 days, those that CloudWatch Logs takes
TlsMode = Literal["disable", "allow", "prefer", "require", "verify-ca", "verify-full"]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, validate_default=True)


class _Database(_Section):
    """What every mode says about the database."""

    name: Annotated[Label, Field(description="The label of the database: its folder in the bucket, its dimension.")]
    critical_tables: Annotated[
        Tables, Field(description="Tables whose whole content is compared after a restore, not only counted.")
    ] = ()
    excluded_table_data: Annotated[
        Tables, Field(description="Tables that are backed up without their rows, such as caches and sessions.")
    ] = ()
    sql_assertions: Annotated[
        Assertions, Field(description="Queries that must answer true on the restored database.")
    ] = ()

    @field_validator("excluded_table_data")
    @classmethod
    def _not_critical(cls, tables: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        if both := set(tables) & set(info.data.get("critical_tables", ())):
            raise ValueError(f"must not name critical tables: {', '.join(sorted(both))}")
        return tables


class _RdsDatabase(_Database):
    """What the modes with an RDS instance share: the backups that RDS itself keeps."""

    backup_retention_days: Annotated[
        int, Field(ge=7, le=35, description="How long RDS keeps its own snapshots and can restore to any second.")
    ] = 7
    backup_window: Annotated[BackupWindow, Field(description="When RDS takes its daily snapshot.")] = "03:00-04:00"


class CreatedDatabase(_RdsDatabase):
    """Mode *create*: a VPC without a way out and an RDS instance in it."""

    mode: Literal["create"]
    database_name: Annotated[PostgresName, Field(description="The PostgreSQL database that is made in it.")] = "junkos"
    instance_class: Annotated[InstanceClass, Field(description="The size of the RDS instance.")] = "t4g.micro"
    engine_version: Annotated[
        EngineVersion, Field(description="PostgreSQL's version; a major version alone follows RDS's default minor one.")
    ] = "18"
    multi_az: Annotated[bool, Field(description="Keep a standby in the other zone (doubles the price).")] = False
    allocated_storage_gb: Annotated[int, Field(ge=20, le=65536, description="Storage to begin with (gp3).")] = 20
    max_allocated_storage_gb: Annotated[
        int, Field(ge=22, le=65536, description="How far RDS may grow the storage by itself.")
    ] = 100
    maintenance_window: Annotated[
        MaintenanceWindow, Field(description="When RDS may patch and restart the instance.")
    ] = "sun:04:30-sun:05:30"
    slow_query_ms: Annotated[
        int, Field(ge=10, le=3_600_000, description="Statements that take longer are logged, in milliseconds.")
    ] = 1000
    deletion_protection: Annotated[bool, Field(description="RDS refuses to delete the instance.")] = True

    @field_validator("maintenance_window")
    @classmethod
    def _apart_from_backups(cls, window: str, info: ValidationInfo) -> str:
        backups = info.data.get("backup_window")
        if backups and windows_overlap(backups, window):
            raise ValueError(f"must not overlap backup_window ({backups})")
        return window

    @field_validator("max_allocated_storage_gb")
    @classmethod
    def _room_to_grow(cls, maximum: int, info: ValidationInfo) -> int:
        allocated = info.data.get("allocated_storage_gb", 0)
        if maximum * 10 < allocated * 11:
            raise ValueError(f"must be at least 10 % more than allocated_storage_gb ({allocated})")
        return maximum


class ExistingDatabase(_RdsDatabase):
    """Mode *existing*: an RDS instance that is there already, in a VPC of its own."""

    mode: Literal["existing"]
    instance_identifier: Annotated[InstanceIdentifier, Field(description="The instance's name at RDS.")]
    resource_id: Annotated[ResourceId, Field(description="Its resource identifier, which IAM logins are granted by.")]
    host: Annotated[Host, Field(description="The host name of its endpoint.")]
    port: Annotated[int, Field(ge=1, le=65535, description="The port of its endpoint.")] = 5432
    database_name: Annotated[PostgresName, Field(description="The PostgreSQL database to watch and to back up.")]
    master_secret_arn: Annotated[
        SecretArn, Field(description="The secret with its master user's `username` and `password`.")
    ]
    vpc_id: Annotated[VpcId, Field(description="The VPC that it is in.")]
    subnet_ids: Annotated[
        SubnetIds,
        Field(min_length=1, description="Subnets for the functions, from which S3 and the instance are reached."),
    ]
    availability_zones: Annotated[
        Zones, Field(min_length=1, description="The zone of each of `subnet_ids`, in the same order.")
    ]
    security_group_id: Annotated[
        SecurityGroupId, Field(description="The instance's security group; the functions are let in to it.")
    ]
    s3_endpoint: Annotated[
        Literal["exists", "create"],
        Field(description="Whether the subnets have an S3 gateway endpoint or are to be given one (it is free)."),
    ] = "exists"
    route_table_ids: Annotated[
        RouteTableIds, Field(description="The subnets' route tables; needed to create the S3 endpoint.")
    ] = ()

    @field_validator("availability_zones")
    @classmethod
    def _one_for_each_subnet(cls, zones: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        subnets = info.data.get("subnet_ids", zones)
        if len(zones) != len(subnets):
            raise ValueError(f"must name one zone for each of the {len(subnets)} subnet_ids")
        return zones

    @field_validator("route_table_ids")
    @classmethod
    def _given_where_needed(cls, tables: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        creates = info.data.get("s3_endpoint") == "create"
        if creates and not tables:
            raise ValueError('must name the route tables of subnet_ids, because s3_endpoint = "create"')
        if tables and not creates:
            raise ValueError('must be left out unless s3_endpoint = "create"')
        return tables


class ExternalDatabase(_Database):
    """Mode *external*: any PostgreSQL reached by a URL; nothing is in a VPC."""

    mode: Literal["external"]
    url_secret: Annotated[
        Secret, Field(description="The secret that holds the database's URL, `postgresql://user:password@host/name`.")
    ]
    minimum_tls: Annotated[
        TlsMode, Field(description="The weakest `sslmode` that is accepted; also the one used when the URL names none.")
    ] = "verify-full"


Database = Annotated[CreatedDatabase | ExistingDatabase | ExternalDatabase, Field(discriminator="mode")]


class Backups(_Section):
    """The dumps in S3: when, how long they are kept and what is expected of them."""

    schedule: Annotated[Schedule, Field(description="When a backup is taken.")] = "cron(0 2 * * ? *)"
    daily_days: Annotated[int, Field(ge=7, le=365, description="How long a backup is kept.")] = 30
    weekly_weeks: Annotated[int, Field(ge=1, le=104, description="How long a week's first backup is kept.")] = 12
    monthly_months: Annotated[int, Field(ge=1, le=120, description="How long a month's first backup is kept.")] = 12
    object_lock_days: Annotated[
        int | None,
        Field(
            ge=1,
            le=365,
            description="So long a backup cannot be deleted, but by whom IAM lets bypass it (S3 Object Lock, governance"
            " mode). Decide before the first deployment. Left out: off.",
        ),
    ] = None
    recovery_time_objective_minutes: Annotated[
        int, Field(ge=1, le=1440, description="How long fetch, restore and verify may take together.")
    ] = 60
    recovery_point_objective_hours: Annotated[
        int, Field(ge=1, le=744, description="How much of the newest data may be lost.")
    ] = 24
    grace_hours: Annotated[
        int, Field(ge=1, le=24, description="How far a backup's age may pass the objective before the alarm.")
    ] = 2
    memory_mb: Annotated[
        int, Field(ge=256, le=10240, description="Memory of the backup function; CPU grows with it.")
    ] = 1769
    timeout_minutes: Annotated[int, Field(ge=1, le=15, description="When Lambda ends a backup that is not done.")] = 15
    verification_memory_mb: Annotated[
        int, Field(ge=512, le=10240, description="Memory of the restore verification; CPU grows with it.")
    ] = 3008
    verification_storage_gb: Annotated[
        int, Field(ge=1, le=10, description="Temporary disk of the restore verification, for the restored database.")
    ] = 10
    compression_level: Annotated[int, Field(ge=1, le=19, description="Zstandard's level.")] = 3

    @field_validator("weekly_weeks")
    @classmethod
    def _longer_than_daily(cls, weeks: int, info: ValidationInfo) -> int:
        if weeks * 7 < (daily := info.data.get("daily_days", 0)):
            raise ValueError(f"must not be shorter than daily_days ({daily} days; this is {weeks * 7})")
        return weeks

    @field_validator("monthly_months")
    @classmethod
    def _longer_than_weekly(cls, months: int, info: ValidationInfo) -> int:
        if months * 31 < (weekly := info.data.get("weekly_weeks", 0) * 7):
            raise ValueError(f"must not be shorter than weekly_weeks ({weekly} days; this is {months * 31})")
        return months

    @field_validator("object_lock_days")
    @classmethod
    def _unlocked_when_it_expires(cls, days: int | None, info: ValidationInfo) -> int | None:
        daily = info.data.get("daily_days")
        if days and daily and days > daily:
            raise ValueError(f"must not be longer than daily_days ({daily}): a locked backup cannot expire")
        return days

    @field_validator("recovery_point_objective_hours")
    @classmethod
    def _kept_by_the_schedule(cls, hours: int, info: ValidationInfo) -> int:
        if "schedule" not in info.data:
            return hours
        interval = schedule.longest_interval(info.data["schedule"])
        if interval and interval > timedelta(hours=hours):
            raise ValueError(
                f"must be at least {interval / timedelta(hours=1):g}: {info.data['schedule']} leaves that many hours"
                " between two backups"
            )
        return hours


class Alerts(_Section):
    """Where alerts go."""

    email: Annotated[Emails, Field(min_length=1, description="Addresses that receive every alert.")]


class Environment(_Section):
    """One environment, as its file in `environments/` describes it."""

    name: Annotated[
        Name, Field(description="The environment's name, which is also its file's; part of every name at AWS.")
    ]
    account: Annotated[
        Account | None, Field(description="The AWS account. Left out: the one of the credentials at deploy time.")
    ] = None
    region: Annotated[Region, Field(description="The AWS region.")]
    owner: Annotated[Text, Field(description="Who answers for the alarms; it is written on each of them.")]
    runbook_url: Annotated[Text, Field(description="Where `docs/runbooks/` can be read; alarms link to its pages.")] = (
        "docs/runbooks"
    )
    log_level: Annotated[
        Literal["debug", "info", "warning", "error"], Field(description="The least level that functions log.")
    ] = "info"
    log_retention_days: Annotated[LogRetention, Field(description="How long logs are kept.")] = 30
    architecture: Annotated[
        Literal["arm64", "x86_64", "host"],
        Field(description="What the functions run on; `host` is this machine, for the embedded account."),
    ] = "arm64"
    python: Annotated[
        Literal["3.13", "host"], Field(description="The functions' Python; `host` is the one that runs the CDK.")
    ] = "3.13"
    database: Database
    backups: Backups = Backups()
    alerts: Alerts


def load(name: str, directory: Path = Path("environments")) -> Environment:
    """The settings of environment `name`.

    Raises SettingsError with one line for each thing that is wrong: file, key, value and what is allowed.
    """
    file = directory / f"{name}.toml"
    content = _read(file)
    refuse_secrets(file, content)
    try:
        environment = Environment.model_validate(content)
    except ValidationError as error:
        raise SettingsError(lines_of(file, Environment, error)) from None
    if environment.name != name:
        raise SettingsError([f'{file}: name = "{environment.name}": must be "{name}", as the file is called'])
    return environment


def _read(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text())
    except FileNotFoundError:
        known = ", ".join(sorted(other.stem for other in file.parent.glob("*.toml"))) or "none"
        raise SettingsError([f"{file}: no such environment (there are: {known})"]) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError([f"{file}: is not TOML: {error}"]) from None
