"""What the backups' storage costs, by the lifecycle of each class."""

import pytest

from cost.assumptions import DAYS, GB, Assumptions
from cost.errors import CostError
from cost.prices import Price
from cost.storage import uses_of_buckets
from cost.templates import Templates


def rule(retention, days, **further):
    return {"TagFilters": [{"Key": "retention", "Value": retention}], "ExpirationInDays": days, **further}


def kept(*rules):
    """Backups, by price, in a bucket with these rules."""
    lifecycle = {"Rules": list(rules)}
    bucket = {"Type": "AWS::S3::Bucket", "Properties": {"LifecycleConfiguration": lifecycle}}
    uses = uses_of_buckets(Templates({"stack": {"Resources": {"Bucket": bucket}}}), [], Assumptions())
    per_backup = Assumptions().dump_bytes / GB
    return {use.price: use.quantity / per_backup for use in uses if "KEPT" in use.price.name}


def test_newest_proven_backup_is_counted():
    """The newest proven backup is kept besides those of its class."""
    assert kept(rule("weekly", 84))[Price.OBJECTS_KEPT] == pytest.approx(12 + 1)


def test_cheaper_storage_is_counted():
    """What moves to cheaper storage is paid there from then on."""
    moved = [{"StorageClass": "GLACIER_IR", "TransitionInDays": 30}]
    found = kept(rule("monthly", 365, Transitions=moved))
    assert found[Price.OBJECTS_KEPT] == pytest.approx(30 / DAYS + 1)
    assert found[Price.COLD_OBJECTS_KEPT] == pytest.approx(335 / DAYS)


def test_unpriced_storage_class_is_named():
    """A storage class whose price nobody knows is named."""
    with pytest.raises(CostError, match="DEEP_ARCHIVE: say in cost/storage"):
        kept(rule("monthly", 365, Transitions=[{"StorageClass": "DEEP_ARCHIVE", "TransitionInDays": 1}]))


def test_a_bucket_without_backups_keeps_none():
    assert kept({"ExpirationInDays": 3}) == {}
