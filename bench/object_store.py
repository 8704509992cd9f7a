"""An S3 on this machine that keeps data on its disk: SeaweedFS, on free ports of 127.0.0.1."""

import contextlib
import json
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from bench.tools import tool
from emulator import process
from emulator.environment import write_private

BUCKET = "junkos-bench-backups"
_REGION = "us-east-1"
_START_SECONDS = 60
# Clients hash what they send once more for its signature, but only where no TLS protects it.
_AS_OVER_HTTPS = "[default]\ns3 =\n    payload_signing_enabled = false\n"
_PORTS = ("master.port", "master.port.grpc", "volume.port", "volume.port.grpc",
          "filer.port", "filer.port.grpc", "s3.port", "s3.port.grpc")  # fmt: skip


@dataclass(frozen=True)
class ObjectStore:
    endpoint_url: str
    key: str
    secret: str = field(repr=False)
    configuration: Path

    @property
    def environment(self) -> dict[str, str]:
        """What points any AWS client at it."""
        return {
            "AWS_ENDPOINT_URL": self.endpoint_url,
            "AWS_ACCESS_KEY_ID": self.key,
            "AWS_SECRET_ACCESS_KEY": self.secret,
            "AWS_DEFAULT_REGION": _REGION,
            "AWS_CONFIG_FILE": str(self.configuration),
            "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    @property
    def client(self) -> Any:
        return boto3.client(
            "s3",
            endpoint_url=self.endpoint_url,
            aws_access_key_id=self.key,
            aws_secret_access_key=self.secret,
            region_name=_REGION,
            config=Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}),
        )

    def bytes_of(self, key: str) -> int:
        return int(self.client.head_object(Bucket=BUCKET, Key=key)["ContentLength"])

    def answers(self) -> bool:
        """Whether it takes objects; a volume for them is made a moment after the start."""
        try:
            self.client.create_bucket(Bucket=BUCKET)
            self.client.put_object(Bucket=BUCKET, Key="ready", Body=b"ready")
        except ClientError as refusal:
            return refusal.response["Error"]["Code"] == "BucketAlreadyOwnedByYou"
        except BotoCoreError:
            return False
        return True


@contextlib.contextmanager
def object_store(directory: Path) -> Iterator[ObjectStore]:
    """An empty store with the bucket BUCKET, for the time of a `with` block."""
    data = directory / "store"
    data.mkdir()
    ports = {name: str(process.free_port()) for name in _PORTS}
    configuration = directory / "aws.ini"
    configuration.write_text(_AS_OVER_HTTPS)
    store = ObjectStore(f"http://127.0.0.1:{ports['s3.port']}", "bench", secrets.token_urlsafe(24), configuration)
    identity = {
        "name": "bench",
        "actions": ["Admin"],
        "credentials": [{"accessKey": store.key, "secretKey": store.secret}],
    }
    write_private(directory / "store.json", json.dumps({"identities": [identity]}))
    options = {
        "dir": data,
        "ip": "127.0.0.1",
        "ip.bind": "127.0.0.1",
        "s3.config": directory / "store.json",
        "s3.port.iceberg": 0,
        "s3.port.lance": 0,
        "volume.max": 100,
        "master.volumeSizeLimitMB": 1024,
        "master.telemetry": "false",
        **ports,
    }
    command = [str(tool("weed")), "server", "-filer", "-s3", *(f"-{name}={value}" for name, value in options.items())]
    child = process.start("store", command, directory=directory, environment={"HOME": str(data), "TMPDIR": str(data)})
    with process.stopped_at_exit(child):
        child.wait_until(store.answers, _START_SECONDS)
        yield store
