"""A bucket that functions and the team alone reach, and that outlives its stack."""

from typing import Any

from aws_cdk import aws_s3
from constructs import Construct

from stacks.platform.kept import KEPT
from stacks.platform.nag_suppressions import acknowledge


def private_bucket(scope: Construct, name: str, *, no_access_log: str, **further: Any) -> aws_s3.Bucket:
    """Encrypted, over TLS only and never public; `no_access_log` is the reason for which it has none."""
    bucket = aws_s3.Bucket(
        scope,
        "Bucket",
        bucket_name=name,
        encryption=aws_s3.BucketEncryption.S3_MANAGED,
        enforce_ssl=True,
        minimum_tls_version=1.2,
        block_public_access=aws_s3.BlockPublicAccess.BLOCK_ALL,
        object_ownership=aws_s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
        removal_policy=KEPT,
        **further,
    )
    acknowledge(bucket, {"S1": no_access_log})
    return bucket
