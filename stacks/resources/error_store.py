"""What the error tracker keeps: issues and counts in a table, events and source maps in a bucket, and its queue."""

from typing import Any

from aws_cdk import Aws, Duration, RemovalPolicy, aws_dynamodb, aws_s3, aws_sqs
from constructs import Construct

from lambdas.vocabulary.error_tracking import (
    BY_LAST_SEEN,
    INCOMING,
    LAST_SEEN,
    LISTED_IN,
    MAPS,
    SAMPLES,
    UPLOADS,
    bucket_of_errors,
)
from lambdas.vocabulary.names import physical_name
from lambdas.vocabulary.notices import EXPIRES_AT, IDENTIFIER, RECORD
from stacks.platform.function import MonitoringFunction
from stacks.resources.private_bucket import private_bucket
from stacks.resources.state_tables import kept_table, text
from stacks.settings import Environment

TIMEOUT = Duration.seconds(60)
"""Of the functions that work on a queue of errors: so long, and six times as long after a failure, an error waits."""
WAITING = Duration.days(4)
MAPS_KEPT = Duration.days(180)
UPLOADS_KEPT = Duration.days(1)


class ErrorStore(Construct):
    """`table` and `bucket`, whose content outlives the stack."""

    def __init__(self, scope: Construct, environment: Environment) -> None:
        super().__init__(scope, "Store")
        self.table = self._table(environment)
        self.bucket = self._bucket(environment)

    def let_track(self, function: MonitoringFunction) -> None:
        """Count, and make and change issues."""
        self.let_change(function)
        function.allow(
            ["dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query", "dynamodb:ConditionCheckItem"],
            [self.table.table_arn],
        )

    def let_change(self, function: MonitoringFunction) -> None:
        function.allow(["dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"], [self.table.table_arn])

    def let_record_releases(self, function: MonitoringFunction) -> None:
        function.allow(["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query"], [self.table.table_arn])
        self._allow_index(function)

    def let_look(self, function: MonitoringFunction) -> None:
        """Read issues, counts, releases and samples."""
        function.allow(["dynamodb:GetItem", "dynamodb:Query"], [self.table.table_arn])
        self._allow_index(function)
        self._allow_objects(function, ["s3:GetObject"], SAMPLES, "Which samples there are is found in the table.")

    def let_keep_samples(self, function: MonitoringFunction) -> None:
        self._allow_objects(
            function, ["s3:PutObject"], SAMPLES, "A sample's key is made of the project, the day and the batch."
        )

    def let_hand_over(self, function: MonitoringFunction, waiting: aws_sqs.IQueue) -> None:
        """To the queue, by way of the bucket where a batch is too large for it."""
        function.allow(["sqs:SendMessage"], [waiting.queue_arn])
        self._allow_objects(function, ["s3:PutObject"], INCOMING, "A batch's key is new each time.")

    def let_take_over(self, function: MonitoringFunction) -> None:
        self._allow_objects(function, ["s3:GetObject"], INCOMING, "A batch's key is in its message.")

    def let_read_maps(self, function: MonitoringFunction) -> None:
        self._allow_objects(function, ["s3:GetObject"], MAPS, "A map's key is the debug id that the event names.")

    def let_keep_maps(self, function: MonitoringFunction) -> None:
        self._allow_objects(
            function, ["s3:GetObject", "s3:PutObject"], MAPS, "A map's key is the debug id that was uploaded."
        )
        self._allow_objects(
            function,
            ["s3:GetObject", "s3:PutObject"],
            UPLOADS,
            "A chunk's key is its checksum; chunks expire in a day.",
        )

    def _allow_index(self, function: MonitoringFunction) -> None:
        function.allow(["dynamodb:Query"], [f"{self.table.table_arn}/index/{BY_LAST_SEEN}"])

    def _allow_objects(self, function: MonitoringFunction, actions: list[str], prefix: str, because: str) -> None:
        function.allow(actions, [self.bucket.arn_for_objects(f"{prefix}*")], because=because)
        if "s3:GetObject" in actions:
            # Without it S3 answers 403, not 404, for an object that is not there.
            function.allow(["s3:ListBucket"], [self.bucket.bucket_arn])

    def _table(self, environment: Environment) -> aws_dynamodb.Table:
        table = kept_table(
            self,
            "Table",
            physical_name(environment, "errors"),
            partition_key=text(RECORD),
            sort_key=text(IDENTIFIER),
            time_to_live_attribute=EXPIRES_AT,
        )
        table.add_global_secondary_index(
            index_name=BY_LAST_SEEN, partition_key=text(LISTED_IN), sort_key=text(LAST_SEEN)
        )
        return table

    def _bucket(self, environment: Environment) -> aws_s3.Bucket:
        return private_bucket(
            self,
            bucket_of_errors(environment, Aws.ACCOUNT_ID, Aws.REGION),
            no_access_log="The tracker's functions alone reach it, each its own prefix.",
            lifecycle_rules=[
                _expiry("samples", SAMPLES, Duration.days(environment.errors.sample_days)),
                _expiry("incoming", INCOMING, WAITING),
                _expiry("uploads", UPLOADS, UPLOADS_KEPT),
                _expiry("maps", MAPS, MAPS_KEPT),
            ],
        )


def queue(scope: Construct, identifier: str, name: str, kept: Duration, **further: Any) -> aws_sqs.Queue:
    """Of messages with errors, for a function that takes up to `TIMEOUT`."""
    return aws_sqs.Queue(
        scope,
        identifier,
        queue_name=name,
        encryption=aws_sqs.QueueEncryption.SQS_MANAGED,
        enforce_ssl=True,
        retention_period=kept,
        visibility_timeout=Duration.seconds(6 * TIMEOUT.to_seconds()),  # as Lambda asks of a queue that invokes it
        removal_policy=RemovalPolicy.DESTROY,
        **further,
    )


def _expiry(identifier: str, prefix: str, after: Duration) -> aws_s3.LifecycleRule:
    return aws_s3.LifecycleRule(
        id=identifier, prefix=prefix, expiration=after, abort_incomplete_multipart_upload_after=Duration.days(1)
    )
