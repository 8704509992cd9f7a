"""What the account says of what is around the instance: its network, parameters, class and log."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from lambdas.vocabulary.instance_classes import INSTANCE_CLASSES
from ops.adopt.draft import Draft

_MIB_IN_GIB = 1024


@dataclass(frozen=True)
class Clients:
    rds: Any
    ec2: Any
    logs: Any


def put_surroundings(draft: Draft, found: dict[str, Any], clients: Clients) -> None:
    """Whatever is refused is noted in the draft."""
    with draft.tolerating("the subnets' route tables and gateway endpoints"):
        _put_endpoints(draft, clients.ec2)
    with draft.tolerating("database.max_connections, of the parameter group"):
        _put_max_connections(draft, found, clients.rds)
    with draft.tolerating("memory and processors of the instance's class"):
        _put_capacity(draft, clients.ec2)
    with draft.tolerating("security.database_log_group"):
        _put_log_group(draft, found, clients.logs)


def _put_endpoints(draft: Draft, ec2: Any) -> None:
    """Subnets that have an endpoint are preferred to making one: a route table takes one for each service."""
    in_vpc = [{"Name": "vpc-id", "Values": [draft.get("database.vpc_id")]}]
    zones = dict(zip(draft.get("database.subnet_ids"), draft.get("database.availability_zones"), strict=True))
    tables = _table_of_each(ec2.describe_route_tables(Filters=in_vpc)["RouteTables"], zones)
    gateways = [it for it in ec2.describe_vpc_endpoints(Filters=in_vpc)["VpcEndpoints"] if it.get("RouteTableIds")]
    chosen, made = list(zones), False
    for service in ("s3", "dynamodb"):
        reached = {
            table for it in gateways if it["ServiceName"].endswith(f".{service}") for table in it["RouteTableIds"]
        }
        covered = [subnet for subnet in chosen if tables.get(subnet) in reached]
        chosen, made = covered or chosen, made or not covered
        note = "the subnets have a gateway endpoint" if covered else "they have none: the deployment makes one"
        draft.put(f"database.{service}_endpoint", "exists" if covered else "create", note)
    left_out = [subnet for subnet in zones if subnet not in chosen]
    without = f"not {', '.join(left_out)}, which a gateway endpoint does not serve" if left_out else None
    draft.put("database.subnet_ids", chosen, without)
    draft.put("database.availability_zones", [zones[subnet] for subnet in chosen])
    if made:
        draft.put("database.route_table_ids", list(dict.fromkeys(tables[it] for it in chosen if it in tables)))


def _table_of_each(tables: list[dict[str, Any]], subnets: Iterable[str]) -> dict[str, str]:
    """Of each subnet, its own route table or else the VPC's main one."""
    associations = [(it["RouteTableId"], one) for it in tables for one in it.get("Associations", ())]
    main = next((table for table, one in associations if one.get("Main")), None)
    own = {one["SubnetId"]: table for table, one in associations if one.get("SubnetId")}
    return {subnet: table for subnet in subnets if (table := own.get(subnet, main))}


def _put_max_connections(draft: Draft, found: dict[str, Any], rds: Any) -> None:
    for group in found["DBParameterGroups"]:
        name = group["DBParameterGroupName"]
        pages = rds.get_paginator("describe_db_parameters").paginate(DBParameterGroupName=name, Source="user")
        for parameter in (one for page in pages for one in page["Parameters"]):
            value = str(parameter.get("ParameterValue", ""))
            if parameter["ParameterName"] == "max_connections" and value.isdecimal():
                draft.put("database.max_connections", int(value), f"of the parameter group {name}")


def _put_capacity(draft: Draft, ec2: Any) -> None:
    name = draft.get("database.instance_class")
    if name in INSTANCE_CLASSES:
        return
    [found] = ec2.describe_instance_types(InstanceTypes=[name])["InstanceTypes"]
    draft.put("database.instance_memory_gb", found["MemoryInfo"]["SizeInMiB"] / _MIB_IN_GIB, "as EC2 has it")
    draft.put("database.instance_vcpus", found["VCpuInfo"]["DefaultVCpus"], "as EC2 has it")


def _put_log_group(draft: Draft, found: dict[str, Any], logs: Any) -> None:
    group = f"/aws/rds/instance/{found['DBInstanceIdentifier']}/postgresql"
    groups = logs.describe_log_groups(logGroupNamePrefix=group)["logGroups"]
    if group in {one["logGroupName"] for one in groups}:
        draft.put("security.database_log_group", group, "the instance exports its log")
    else:
        draft.unread["security.database_log_group"] = (
            f"the instance does not export its log yet; the deployment makes it do so (set it to {group} afterwards)"
        )
