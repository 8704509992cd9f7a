"""What the CDK uploads for a deployment, for others than the service that it is uploaded for."""

from dataclasses import dataclass

from aws_cdk import Stack, aws_lambda
from constructs import Construct


@dataclass(frozen=True)
class Asset:
    """An object in the bucket that `cdk bootstrap` made; the key is a digest of what is in it."""

    bucket: str
    key: str

    @classmethod
    def of_layer(cls, layer: aws_lambda.ILayerVersion) -> "Asset":
        resource = layer.node.default_child
        assert isinstance(resource, aws_lambda.CfnLayerVersion)  # noqa: S101  (narrows the type)
        assert isinstance(resource.content, aws_lambda.CfnLayerVersion.ContentProperty)  # noqa: S101  (the same)
        return cls(str(resource.content.s3_bucket), str(resource.content.s3_key))

    @property
    def url(self) -> str:
        return f"s3://{self.bucket}/{self.key}"

    def arn(self, scope: Construct) -> str:
        return f"arn:{Stack.of(scope).partition}:s3:::{self.bucket}/{self.key}"
