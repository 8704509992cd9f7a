"""Copies of the backups in a second region: what travels there and back.  What lies there is storage as any other."""

from collections.abc import Iterator
from typing import Final

from cost.assumptions import DAYS, GB, Assumptions
from cost.functions import Function, backups_a_month
from cost.prices import Price
from cost.storage import BUCKET
from cost.templates import Templates
from cost.use import Use
from lambdas.copy_check.read_whole import MOST_READ

CHECK: Final = "copy_check"
OBJECTS: Final = 4
"""Of a backup; each is written, and its tag twice: at the commit, and when it is the newest that is proven."""
WRITES: Final = 3 * OBJECTS
RULE_METRICS: Final = 4
"""Bytes and operations pending, operations failed, and latency: S3 publishes them as custom metrics, every minute."""


def uses_of_copies(templates: Templates, functions: list[Function], assumptions: Assumptions) -> Iterator[Use]:
    backups, size = backups_a_month(templates), assumptions.dump_bytes
    for bucket in templates.of_type(BUCKET):
        for rule in bucket.properties.get("ReplicationConfiguration", {}).get("Rules", ()):
            what = f"{backups:.0f} backups that are copied"
            yield Use(Price.REGION_TRAFFIC, backups * size / GB, what)
            yield Use(Price.OBJECT_WRITES, backups * WRITES, what)
            if rule["Destination"].get("Metrics", {}).get("Status") == "Enabled":
                yield Use(Price.METRIC, RULE_METRICS, "S3's own, of the replication")
    if any(function.folder == CHECK for function in functions) and size <= MOST_READ:
        yield Use(Price.REGION_TRAFFIC, DAYS * size / GB, "one copy a day that is read whole")
