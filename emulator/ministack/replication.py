"""S3 replication as S3 does it: later than the write, as the rule's role, with its key, with tags and their changes.

MiniStack's own copies within the write, without tags of uploads in parts, and asks neither role nor key.  What a rule
leaves out stays out here, too: deletions, and whatever was there before the rule.  CloudFormation's property of a
bucket is put in place by S3's own operation.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication.html
"""

import contextvars
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any, Final
from xml.etree.ElementTree import Element, SubElement, tostring

from ministack.core import iam_evaluator
from ministack.core.responses import get_account_id, request_scope
from ministack.services import kms, s3
from ministack.services.cloudformation import provisioners

DELAY: Final = 0.5
"""Seconds; at AWS it is minutes."""
_KEY = "x-amz-server-side-encryption-aws-kms-key-id"
_OK: Final = 200

_replicate = s3._maybe_replicate
_put_tags = s3._put_object_tagging

Object = dict[str, Any]


def register() -> None:
    s3._maybe_replicate = replicate_later
    s3._put_object_tagging = put_tags
    described = ("ReplicationConfiguration", _as_xml, _put_configuration, s3._delete_bucket_replication)
    provisioners._S3_BUCKET_CONFIGURATIONS = (*provisioners._S3_BUCKET_CONFIGURATIONS, described)


def replicate_later(bucket: str, key: str, written: Object, data: bytes, tags: Mapping[str, str] | None = None) -> None:
    rule, _role = s3._replication_rule_for(bucket, key, tags)
    if rule is not None:
        written["replication_status"] = "PENDING"
        _later(_replicate_now, bucket, key, written, data)


def put_tags(bucket: str, key: str, body: bytes, query: Any = None) -> Any:
    """The replica gets the change, too, as S3 replicates changes of what it has replicated."""
    answer = _put_tags(bucket, key, body, query)
    changed = s3._buckets.get(bucket, {}).get("objects", {}).get(key, {})
    if answer[0] == _OK and changed.get("_replica"):
        _set_status(bucket, key, changed, "PENDING")
        _later(_replicate_tags, bucket, key, changed)
    return answer


def _replicate_now(bucket: str, key: str, written: Object, data: bytes) -> None:
    tags = _tags_of(bucket, key, written)
    rule, role = s3._replication_rule_for(bucket, key, tags)
    if rule is None or not _is_allowed(bucket, key, rule, role):
        _set_status(bucket, key, written, "FAILED")
        return
    _replicate(bucket, key, written, data, tags)
    _set_status(bucket, key, written, written["replication_status"])
    if written.get("_replica"):
        _encrypt(key, written, rule)
        _replicate_tags(bucket, key, written)


def _replicate_tags(bucket: str, key: str, written: Object) -> None:
    copies, version, account = written["_replica"]
    tags = dict(_tags_of(bucket, key, written))
    with s3._in_account(account):
        s3._object_tags[(copies, key, version)] = tags
    _set_status(bucket, key, written, "COMPLETED")


def _encrypt(key: str, written: Object, rule: Mapping[str, Any]) -> None:
    """Only where the rule names a key, which CloudFormation and S3 demand of objects that are encrypted with one."""
    copies, _version, account = written["_replica"]
    if key_arn := _key_of(rule):
        replica = s3._buckets.get_scoped(account, None, copies)["objects"][key]
        replica["preserved_headers"].update({"x-amz-server-side-encryption": "aws:kms", _KEY: key_arn})


def _is_allowed(bucket: str, key: str, rule: Mapping[str, Any], role: str) -> bool:
    """Whether the role is there and may do all that replication takes, and the replica's key is in use."""
    copies = rule["Destination"]["Bucket"]
    source, key_arn = f"arn:aws:s3:::{bucket}", _key_of(rule)
    needed: list[tuple[str, str, dict[str, str]]] = [
        ("s3:GetReplicationConfiguration", source, {}),
        ("s3:ListBucket", source, {}),
        ("s3:GetObjectVersionForReplication", f"{source}/{key}", {}),
        ("s3:GetObjectVersionAcl", f"{source}/{key}", {}),
        ("s3:GetObjectVersionTagging", f"{source}/{key}", {}),
        ("s3:ReplicateObject", f"{copies}/{key}", {}),
        ("s3:ReplicateTags", f"{copies}/{key}", {}),
    ]
    if key_arn:
        region = key_arn.split(":")[3]
        context = {"kms:viaservice": f"s3.{region}.amazonaws.com", "kms:encryptioncontext:aws:s3:arn": copies}
        needed += [("kms:Encrypt", key_arn, context), ("kms:Decrypt", key_arn, context)]
    return all(_may(role, *each) for each in needed) and (not key_arn or _is_in_use(key_arn))


def _may(role: str, action: str, resource: str, context: Mapping[str, str]) -> bool:
    account = get_account_id()
    asked = iam_evaluator.EvalContext(
        principal_arn=role,
        principal_type="AssumedRole",
        principal_account=account,
        action=action,
        resource_arn=resource,
        region="",
        service_context=dict(context),
    )
    policies = iam_evaluator._gather_role_policies(role.rpartition("/")[2], account)
    return bool(iam_evaluator.evaluate(asked, policies).decision == "Allow")


def _is_in_use(key_arn: str) -> bool:
    region, account = key_arn.split(":")[3:5]
    with request_scope(account, region):
        found = kms._resolve_key(key_arn)
        return bool(found and found["KeyState"] == "Enabled")


def _key_of(rule: Mapping[str, Any]) -> str:
    return str(rule["Destination"].get("EncryptionConfiguration", {}).get("ReplicaKmsKeyID", ""))


def _tags_of(bucket: str, key: str, written: Object) -> Mapping[str, str]:
    found: Mapping[str, str] = s3._object_tags.get((bucket, key, written.get("version_id"))) or {}
    return found


def _set_status(bucket: str, key: str, written: Object, status: str) -> None:
    """Of the object as it is now, and of its version."""
    written["replication_status"] = status
    for version in s3._object_versions.get((bucket, key), ()):
        if version["version_id"] == written.get("version_id"):
            version["replication_status"] = status


def _later(work: Callable[..., None], *arguments: Any) -> None:
    """In the account and region of the request that it follows."""
    context = contextvars.copy_context()

    def run() -> None:
        time.sleep(DELAY)
        context.run(work, *arguments)

    threading.Thread(target=run, name="replication", daemon=True).start()


def _put_configuration(bucket: str, document: bytes) -> None:
    """Raises ValueError with S3's own reason, which becomes the resource's."""
    status, _headers, body = s3._put_bucket_replication(bucket, document)
    if status != _OK:
        raise ValueError(f"the replication of {bucket}: {body.decode() if isinstance(body, bytes) else body}")


def _as_xml(configuration: Mapping[str, Any]) -> bytes:
    """CloudFormation's names are S3's own, but for a rule's `Id`; and each rule is an element by itself."""
    root = Element("ReplicationConfiguration")
    SubElement(root, "Role").text = configuration["Role"]
    for rule in configuration["Rules"]:
        _add(SubElement(root, "Rule"), {"ID" if name == "Id" else name: value for name, value in rule.items()})
    return tostring(root)


def _add(parent: Element, content: Mapping[str, Any]) -> None:
    for name, value in content.items():
        element = SubElement(parent, name)
        if isinstance(value, Mapping):
            _add(element, value)
        else:
            element.text = str(value)
