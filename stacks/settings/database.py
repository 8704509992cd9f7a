"""Section `[database]`: the three ways to a database, each with settings of its own."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationInfo, field_validator

from lambdas.vocabulary.instance_classes import INSTANCE_CLASSES, InstanceCapacity
from stacks.settings.section import Section
from stacks.settings.types import (
    Assertions,
    BackupWindow,
    EngineVersion,
    Host,
    InstanceClass,
    InstanceIdentifier,
    Label,
    MaintenanceWindow,
    PostgresName,
    PrivateNetwork,
    PrivateNetworks,
    ResourceId,
    RouteTableIds,
    Schemas,
    Secret,
    SecretArn,
    SecurityGroupId,
    SecurityGroupIds,
    SubnetIds,
    Tables,
    Text,
    VpcId,
    VpcNetwork,
    Zones,
    private_network,
    windows_overlap,
)

TlsMode = Literal["disable", "allow", "prefer", "require", "verify-ca", "verify-full"]


class _Database(Section):
    """What every mode says about the database."""

    name: Annotated[Label, Field(description="The label of the database: its folder in the bucket, its dimension.")]
    critical_tables: Annotated[
        Tables, Field(description="Tables whose whole content is compared after a restore, not only counted.")
    ] = ()
    excluded_table_data: Annotated[
        Tables, Field(description="Tables that are backed up without their rows, such as caches and sessions.")
    ] = ()
    excluded_schemas: Annotated[
        Schemas,
        Field(description="Schemas that are left out whole, as those of a provider that the login may not read."),
    ] = ()
    sql_assertions: Annotated[
        Assertions, Field(description="Queries that must answer true on the restored database.")
    ] = ()

    ca_bundle: Annotated[
        Text | None,
        Field(description="A PEM file of the authorities that the server is verified by, instead of those of RDS."),
    ] = None

    @field_validator("excluded_table_data")
    @classmethod
    def _not_critical(cls, tables: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        if both := set(tables) & set(info.data.get("critical_tables", ())):
            raise ValueError(f"must not name critical tables: {', '.join(sorted(both))}")
        return tables

    @field_validator("excluded_schemas")
    @classmethod
    def _holds_no_named_table(cls, schemas: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        named = [*info.data.get("critical_tables", ()), *info.data.get("excluded_table_data", ())]
        if held := [table for table in named if table.partition(".")[0].strip('"') in schemas]:
            raise ValueError(f"must not hold tables that other settings name: {', '.join(held)}")
        return schemas


class _RdsDatabase(_Database):
    """What the modes with an RDS instance share: the backups that RDS itself keeps."""

    backup_retention_days: Annotated[
        int, Field(ge=7, le=35, description="How long RDS keeps its own snapshots and can restore to any second.")
    ] = 7
    backup_window: Annotated[BackupWindow, Field(description="When RDS takes its daily snapshot.")] = "03:00-04:00"
    instance_memory_gb: Annotated[
        float | None,
        Field(ge=0.5, le=32_768, description="Memory of an instance class that is too new for the table of classes."),
    ] = None
    instance_vcpus: Annotated[
        int | None, Field(ge=1, le=1024, description="Processors of such a class; needed together with its memory.")
    ] = None
    max_connections: Annotated[
        int | None,
        Field(
            ge=10, le=262_143, description="PostgreSQL's `max_connections`. Left out: what RDS computes from memory."
        ),
    ] = None
    instance_class: Annotated[
        InstanceClass, Field(description="The size of the RDS instance; thresholds are computed from it.")
    ]
    allocated_storage_gb: Annotated[
        int, Field(ge=20, le=65536, description="Its storage; less than 20 % free is an alarm.")
    ]

    @field_validator("instance_class")
    @classmethod
    def _known(cls, name: str, info: ValidationInfo) -> str:
        if name not in INSTANCE_CLASSES and None in _given(info.data):
            raise ValueError(
                "is not in the table of RDS classes; set database.instance_memory_gb and database.instance_vcpus too"
            )
        return name

    @property
    def capacity(self) -> InstanceCapacity:
        """What the instance has: by the table, unless the file says otherwise."""
        known = INSTANCE_CLASSES.get(self.instance_class)
        memory, vcpus = _given(self.__dict__)
        if known is None:
            return InstanceCapacity(memory or 0, vcpus or 0)
        return replace(known, memory_gib=memory or known.memory_gib, vcpus=vcpus or known.vcpus)


def _given(settings: Mapping[str, Any]) -> tuple[float | None, int | None]:
    return settings.get("instance_memory_gb"), settings.get("instance_vcpus")


class CreatedDatabase(_RdsDatabase):
    """Mode *create*: a VPC without a way out and an RDS instance in it."""

    mode: Literal["create"]
    database_name: Annotated[
        PostgresName | None,
        Field(description="The PostgreSQL database that is made in it. Left out: `service`, dashes as underscores."),
    ] = None
    instance_class: Annotated[
        InstanceClass, Field(description="The size of the RDS instance; thresholds are computed from it.")
    ] = "t4g.micro"
    engine_version: Annotated[
        EngineVersion, Field(description="PostgreSQL's version; a major version alone follows RDS's default minor one.")
    ] = "18"
    allow_major_version_upgrade: Annotated[
        bool, Field(description="Let a newer major `engine_version` upgrade the instance; RDS has no way back.")
    ] = False
    multi_az: Annotated[bool, Field(description="Keep a standby in the other zone (doubles the price).")] = False
    allocated_storage_gb: Annotated[
        int, Field(ge=20, le=65536, description="Storage to begin with (gp3); less than 20 % free is an alarm.")
    ] = 20
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
    vpc_cidr: Annotated[
        VpcNetwork, Field(description="The addresses of the VPC that is made. Decide before the first deployment.")
    ] = "10.60.0.0/24"
    admitted_cidrs: Annotated[
        PrivateNetworks, Field(description="Addresses from which the database may be reached, such as your backend's.")
    ] = ()
    admitted_security_group_ids: Annotated[
        SecurityGroupIds, Field(description="Security groups that may reach it, of a VPC that is peered with its own.")
    ] = ()
    peer_route_table_ids: Annotated[
        RouteTableIds, Field(description="Route tables of the peer that are given a route to the database.")
    ] = ()
    peer_cidr: Annotated[PrivateNetwork | None, Field(description="The addresses of the peer.")] = None
    peer_vpc_id: Annotated[
        VpcId | None, Field(description="A VPC of this account and region that is peered with the database's.")
    ] = None

    @field_validator("maintenance_window")
    @classmethod
    def _apart_from_backups(cls, window: str, info: ValidationInfo) -> str:
        backups = info.data.get("backup_window")
        if backups and windows_overlap(backups, window):
            raise ValueError(f"must not overlap backup_window ({backups})")
        return window

    @field_validator("peer_cidr")
    @classmethod
    def _apart_from_our_own(cls, peer: str | None, info: ValidationInfo) -> str | None:
        own = info.data.get("vpc_cidr")
        if peer and own and private_network(peer).overlaps(private_network(own)):
            raise ValueError(f"must not overlap vpc_cidr ({own}): AWS refuses to peer such networks")
        return peer

    @field_validator("peer_vpc_id")
    @classmethod
    def _reachable_both_ways(cls, peer: str | None, info: ValidationInfo) -> str | None:
        needed = {name: info.data[name] for name in ("peer_cidr", "peer_route_table_ids") if name in info.data}
        if peer and (missing := [name for name, value in needed.items() if not value]):
            raise ValueError(f"needs {' and '.join(missing)} too")
        if peer and not (info.data.get("admitted_cidrs") or info.data.get("admitted_security_group_ids")):
            raise ValueError("needs admitted_cidrs or admitted_security_group_ids too: nobody in it is let in")
        if not peer and (useless := [name for name, value in needed.items() if value]):
            raise ValueError(f"must be given, because {' and '.join(useless)} {'are' if len(useless) > 1 else 'is'}")
        return peer

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
    storage_type: Annotated[
        Literal["gp2", "gp3", "io1", "io2"], Field(description="Its kind of storage; gp2 has a burst balance to watch.")
    ] = "gp3"
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
    dynamodb_endpoint: Annotated[
        Literal["exists", "create"],
        Field(description="The same of DynamoDB, where the database check keeps its counters."),
    ] = "exists"
    route_table_ids: Annotated[
        RouteTableIds, Field(description="The subnets' route tables; needed to create an endpoint.")
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
        endpoints = ("s3_endpoint", "dynamodb_endpoint")
        created = [name for name in endpoints if info.data.get(name) == "create"]
        if created and not tables:
            raise ValueError(f'must name the route tables of subnet_ids, because {created[0]} = "create"')
        if tables and not created:
            raise ValueError(f'must be left out unless {" or ".join(endpoints)} = "create"')
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
