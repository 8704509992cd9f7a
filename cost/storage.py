"""Tables, buckets, and the public page."""

from collections.abc import Iterator
from typing import Any

from cost.assumptions import DAYS, GB, Assumptions
from cost.functions import Function, backups_a_month
from cost.prices import Price
from cost.templates import Resource, Templates
from cost.use import Use
from lambdas.vocabulary.backups import RETENTION_TAG, Retention

TABLE = "AWS::DynamoDB::Table"
BUCKET = "AWS::S3::Bucket"
_A_MONTH = {Retention.DAILY: None, Retention.WEEKLY: DAYS / 7, Retention.MONTHLY: 1.0}
"""Backups of each class; daily ones are all that are taken."""


def uses_of_tables(templates: Templates, functions: list[Function], assumptions: Assumptions) -> Iterator[Use]:
    for table in templates.of_type(TABLE):
        name = str(table.properties["TableName"])
        size = assumptions.table_bytes / GB
        runs = sum(function.a_month for function in functions if table in _given(templates, function))
        yield Use(Price.TABLE_STORAGE, size, name)
        if table.properties.get("PointInTimeRecoverySpecification", {}).get("PointInTimeRecoveryEnabled"):
            yield Use(Price.TABLE_RECOVERY, size, name)
        yield Use(Price.TABLE_WRITES, runs * assumptions.table_writes, name)
        yield Use(Price.TABLE_READS, runs * assumptions.table_reads, name)


def uses_of_buckets(templates: Templates, functions: list[Function], assumptions: Assumptions) -> Iterator[Use]:
    for bucket in templates.of_type(BUCKET):
        users = [function for function in functions if bucket in _given(templates, function)]
        name = bucket.identifier
        if kept := _backups_kept(templates, bucket):
            what = f"{kept:.0f} backups of {assumptions.dump_bytes / GB:g} GB"
            yield Use(Price.OBJECTS_KEPT, kept * assumptions.dump_bytes / GB, what)
        writes = sum(function.a_month * function.run.object_writes for function in users)
        reads = sum(function.a_month * function.run.object_reads for function in users)
        yield Use(Price.OBJECT_WRITES, writes, name)
        yield Use(Price.OBJECT_READS, reads, name)
        if templates.referred_to(bucket.stack, bucket.properties.get("BucketEncryption")):
            yield Use(Price.KEY_USES, (writes + reads) * assumptions.key_uses, name)


def uses_of_pages(templates: Templates, assumptions: Assumptions) -> Iterator[Use]:
    for distribution in templates.of_type("AWS::CloudFront::Distribution"):
        name = str(distribution.properties["DistributionConfig"].get("Comment", distribution.identifier))
        yield Use(Price.PAGES_SERVED, assumptions.page_views, name)
        yield Use(Price.PAGE_TRAFFIC, assumptions.page_views * assumptions.page_bytes / GB, name)


def _given(templates: Templates, function: Function) -> list[Resource]:
    """What the function's environment variables name."""
    variables = function.resource.properties.get("Environment", {})
    return templates.referred_to(function.resource.stack, variables)


def _backups_kept(templates: Templates, bucket: Resource) -> float:
    """At any time, by the lifecycle rule of each class; and the newest proven one, which no rule takes."""
    rules = bucket.properties.get("LifecycleConfiguration", {}).get("Rules", [])
    days = {tag: rule["ExpirationInDays"] for rule in rules for tag in _retention_of(rule)}
    kept = [
        days[retention] / DAYS * (backups_a_month(templates) if a_month is None else a_month)
        for retention, a_month in _A_MONTH.items()
        if retention in days
    ]
    return sum(kept) + 1 if kept else 0


def _retention_of(rule: dict[str, Any]) -> list[str]:
    return [tag["Value"] for tag in rule.get("TagFilters", ()) if tag["Key"] == RETENTION_TAG]
