"""Tables, buckets, and the public page."""

from collections.abc import Iterator
from typing import Any

from cost.assumptions import DAYS, GB, Assumptions
from cost.errors import CostError
from cost.functions import Function, backups_a_month
from cost.prices import Price
from cost.templates import Resource, Templates
from cost.use import Use
from lambdas.vocabulary.backups import RETENTION_TAG, Retention

TABLE = "AWS::DynamoDB::Table"
BUCKET = "AWS::S3::Bucket"
COLD = "GLACIER_IR"
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
        for price, kept in _backups_kept(templates, bucket).items():
            what = f"{kept:.0f} backups of {assumptions.dump_bytes / GB:g} GB"
            yield Use(price, kept * assumptions.dump_bytes / GB, what)
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


def _backups_kept(templates: Templates, bucket: Resource) -> dict[Price, float]:
    """At any time, by the lifecycle rule of each class; and the newest proven one, which no rule takes."""
    rules = bucket.properties.get("LifecycleConfiguration", {}).get("Rules", [])
    by_class = {tag: rule for rule in rules for tag in _retention_of(rule) if tag in _A_MONTH}
    if not by_class:
        return {}
    warm, cold = 1.0, 0.0
    for retention, rule in by_class.items():
        a_day = (_A_MONTH[Retention(retention)] or backups_a_month(templates)) / DAYS
        cooled = _days_until_cold(rule)
        warm += a_day * cooled
        cold += a_day * (rule["ExpirationInDays"] - cooled)
    return {Price.OBJECTS_KEPT: warm, Price.COLD_OBJECTS_KEPT: cold}


def _days_until_cold(rule: dict[str, Any]) -> float:
    """Raises CostError for a storage class whose price is not known."""
    for transition in rule.get("Transitions", ()):
        if transition["StorageClass"] != COLD:
            raise CostError(f"{transition['StorageClass']}: say in cost/storage.py what that storage class costs")
        return float(transition["TransitionInDays"])
    return float(rule["ExpirationInDays"])


def _retention_of(rule: dict[str, Any]) -> list[str]:
    return [tag["Value"] for tag in rule.get("TagFilters", ()) if tag["Key"] == RETENTION_TAG]
