"""The third-party packages of functions as Lambda layers, built for the environment's processor and Python."""

from functools import cached_property
from pathlib import Path

from aws_cdk import AssetHashType, aws_lambda
from constructs import Construct

from lambdas.vocabulary.names import physical_name
from layers.build import build, build_postgres_client
from stacks.platform.authorities import certificates_of_the_database
from stacks.platform.runtime import target_of
from stacks.settings import Environment


class Layers(Construct):
    """The layers of one stack; each is built and defined when first asked for."""

    def __init__(self, scope: Construct, environment: Environment) -> None:
        super().__init__(scope, "Layers")
        self._environment = environment

    @cached_property
    def observability(self) -> aws_lambda.LayerVersion:
        """AWS Lambda Powertools."""
        return self._layer("observability")

    @cached_property
    def postgres_client(self) -> aws_lambda.LayerVersion:
        """psycopg2 and the certificates of Amazon RDS, or those that the environment names instead."""
        certificates = certificates_of_the_database(self._environment)
        if certificates is None:
            return self._layer("postgres_client")
        target = target_of(self._environment)
        directory = build_postgres_client(target.architecture, target.python_version, certificates)
        return self._version("postgres_client", directory)

    @cached_property
    def postgresql_tools(self) -> aws_lambda.LayerVersion:
        """pg_dump and its like of every major version of PostgreSQL, and zstandard."""
        return self._layer("postgresql_tools")

    @cached_property
    def postgresql_servers(self) -> aws_lambda.LayerVersion:
        """A server of every major version to restore into."""
        return self._layer("postgresql_servers")

    @cached_property
    def error_tracking(self) -> aws_lambda.LayerVersion:
        """brotli."""
        return self._layer("error_tracking")

    @cached_property
    def probing(self) -> aws_lambda.LayerVersion:
        """h11 and aiohappyeyeballs."""
        return self._layer("probing")

    @cached_property
    def prometheus(self) -> aws_lambda.LayerVersion:
        """prometheus_client."""
        return self._layer("prometheus")

    @cached_property
    def sdk(self) -> aws_lambda.LayerVersion:
        """botocore, for what runs on an instance: functions have it from their runtime."""
        return self._layer("sdk")

    @cached_property
    def time_zones(self) -> aws_lambda.LayerVersion:
        """tzdata: the runtime has no files of time zones."""
        return self._layer("time_zones")

    def _layer(self, name: str) -> aws_lambda.LayerVersion:
        target = target_of(self._environment)
        return self._version(name, build(name, target.architecture, target.python_version))

    def _version(self, name: str, directory: Path) -> aws_lambda.LayerVersion:
        target = target_of(self._environment)
        return aws_lambda.LayerVersion(
            self,
            name,
            layer_version_name=physical_name(self._environment, name),
            # Two builds of the same sources differ in the data directory's identifier alone: that is no new layer.
            code=aws_lambda.Code.from_asset(
                str(directory),
                asset_hash=directory.name,
                asset_hash_type=AssetHashType.CUSTOM,
                exclude=["**/__pycache__"],  # tests import the packages where they lie
            ),
            compatible_architectures=[aws_lambda.Architecture.custom(target.architecture)],
            compatible_runtimes=[aws_lambda.Runtime(f"python{target.python_version}", aws_lambda.RuntimeFamily.PYTHON)],
        )
