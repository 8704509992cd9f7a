"""Two buckets in memory, a backup in the one and its copy in the other, as S3 shows them."""

import base64
import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from io import BytesIO

from botocore.exceptions import ClientError
from botocore.response import StreamingBody

from lambdas.copy_check.copies import Copies
from lambdas.shared.catalogue import Catalogue
from lambdas.vocabulary.backups import (
    DUMP,
    MANIFEST,
    RETENTION_TAG,
    ROLES,
    VERIFICATION,
    Manifest,
    Retention,
    Seconds,
    StoredObject,
    Verdict,
    Verification,
    prefix_of,
)

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
HOME_KEY, COPIES_KEY = "arn:aws:kms:us-east-1:1:key/home", "arn:aws:kms:eu-central-1:1:key/there"
BODIES = {DUMP: b"the dump", ROLES: b"the roles"}


@dataclass
class Stored:
    body: bytes
    key_arn: str
    status: str | None
    written: datetime
    tag: str = Retention.DAILY
    sha256: str = ""

    def __post_init__(self):
        self.sha256 = self.sha256 or base64.b64encode(hashlib.sha256(self.body).digest()).decode()


class NoSuchKey(ClientError):  # noqa: N818  (the name by which clients raise it)
    """As botocore makes it."""


class Exceptions:
    NoSuchKey = NoSuchKey


@dataclass
class Bucket:
    """The client of S3 for one bucket; `refuses` is raised by every call."""

    objects: dict[str, Stored] = field(default_factory=dict)
    refuses: Exception | None = None
    exceptions = Exceptions

    def head_object(self, *, Bucket, Key, ChecksumMode):  # noqa: N803  (boto3's own names, as below)
        found = self._get(Key, ClientError, "404", "HeadObject")
        assert ChecksumMode == "ENABLED"
        head = {"ContentLength": len(found.body), "ChecksumSHA256": found.sha256, "LastModified": found.written}
        return head | {"SSEKMSKeyId": found.key_arn} | ({"ReplicationStatus": found.status} if found.status else {})

    def get_object_tagging(self, *, Bucket, Key):  # noqa: N803
        tag = self._get(Key, NoSuchKey, "NoSuchKey", "GetObjectTagging").tag
        return {"TagSet": [{"Key": RETENTION_TAG, "Value": tag}]}

    def get_object(self, *, Bucket, Key):  # noqa: N803
        body = self._get(Key, NoSuchKey, "NoSuchKey", "GetObject").body
        return {"Body": StreamingBody(BytesIO(body), len(body))}

    def get_paginator(self, _operation):
        return self

    def paginate(self, *, Bucket, Prefix):  # noqa: N803
        if self.refuses:
            raise self.refuses
        return [{"Contents": [{"Key": key} for key in sorted(self.objects) if key.startswith(Prefix)]}]

    def _get(self, key, kind, code, operation):
        if self.refuses:
            raise self.refuses
        if key not in self.objects:
            raise kind({"Error": {"Code": code, "Message": "Not Found"}}, operation)
        return self.objects[key]


@dataclass
class World:
    database: str = "orders"
    here: Bucket = field(default_factory=Bucket)
    there: Bucket = field(default_factory=Bucket)

    @property
    def copies(self):
        return Copies(Catalogue(self.here, "backups"), Catalogue(self.there, "copies"), "eu-central-1", COPIES_KEY)

    def back_up(self, hours_ago=10, verdict=Verdict.PROVEN, *, copied=True):
        """A backup with its verdict, both so old, and its copy; returns its folder."""
        moment = NOW - timedelta(hours=hours_ago)
        prefix = prefix_of(self.database, moment, key="test")
        manifest = Manifest(
            backup=prefix,
            database=self.database,
            server_version="18.6",
            client_version="18.6",
            snapshot_at=moment.isoformat(),
            started_at=moment.isoformat(),
            finished_at=moment.isoformat(),
            raw_bytes=4,
            database_bytes=4,
            objects={name: StoredObject(len(body), hashlib.sha256(body).hexdigest()) for name, body in BODIES.items()},
            pg_dump_exit_status=0,
            extensions=(),
            tables=(),
            retention=Retention.DAILY,
            correlation_id="test",
        ).to_json()
        verification = Verification(
            backup=prefix,
            manifest_sha256=hashlib.sha256(manifest).hexdigest(),
            verdict=verdict,
            checks=(),
            seconds=Seconds(1, 2, 3),
            recovery_time_objective=3600,
            started_at=moment.isoformat(),
            finished_at=moment.isoformat(),
            requested_by="test",
            reason="test",
            server_version="18.6",
            correlation_id="test",
        ).to_json()
        for name, body in {**BODIES, MANIFEST: manifest, VERIFICATION: verification}.items():
            self.here.objects[prefix + name] = Stored(body, HOME_KEY, "COMPLETED" if copied else None, moment)
            if copied:
                self.there.objects[prefix + name] = Stored(body, COPIES_KEY, "REPLICA", moment)
        return prefix
