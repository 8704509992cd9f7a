"""A table and a bucket of errors in moto, with the story in them."""

from datetime import timedelta

import boto3

from lambdas.shared.error_tracking import items, samples
from lambdas.vocabulary.error_tracking import BY_LAST_SEEN, LAST_SEEN, LISTED_IN
from lambdas.vocabulary.notices import IDENTIFIER, RECORD
from tests.unit.lambdas.operator_view.story import NEW, NOW, ago, event, issues, releases

REGION = "eu-central-1"
TABLE, BUCKET = "junkos-prod-errors", f"junkos-prod-errors-123456789012-{REGION}"


class Account:
    """Within `mock_aws`."""

    def __init__(self, table=TABLE, bucket=BUCKET, region=REGION):
        self.dynamodb, self.s3 = (boto3.client(service, region_name=region) for service in ("dynamodb", "s3"))
        self.table, self.bucket = table, bucket
        self._make_table()
        there = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
        self.s3.create_bucket(Bucket=bucket, **there)

    def _make_table(self):
        keys = ((RECORD, "HASH"), (IDENTIFIER, "RANGE"))
        index = ((LISTED_IN, "HASH"), (LAST_SEEN, "RANGE"))
        self.dynamodb.create_table(
            TableName=self.table,
            BillingMode="PAY_PER_REQUEST",
            KeySchema=_schema(keys),
            AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name, _ in (*keys, *index)],
            GlobalSecondaryIndexes=[
                {
                    "IndexName": BY_LAST_SEEN,
                    "KeySchema": _schema(index),
                    "Projection": {"ProjectionType": "ALL"},
                }
            ],
        )

    def put(self, item):
        self.dynamodb.put_item(TableName=self.table, Item=item)

    def put_issue(self, issue):
        self.put_stored(items.Stored(issue))

    def put_stored(self, stored):
        self.put(items.issue_item(stored, NOW, NOW + timedelta(days=400)))

    def count(self, issue, identifier, number):
        key = items.key(items.issue_record(issue.project, issue.id), identifier)
        self.put({**key, items.TOTAL: {"N": str(number)}})

    def tell_story(self):
        for issue in issues():
            self.put_issue(issue)
        first = issues()[0]
        self.count(first, f"hour#{items.hour_of(ago(hours=1))}", 470)
        self.count(first, f"hour#{items.hour_of(NOW)}", 31)
        self.count(first, f"release#{NEW}", 1790)
        for number, release in enumerate(releases()):
            self.put(items.release_item(release, NOW, number + 1))
        samples.write(self.s3, self.bucket, first.samples[0].object, [event()] * 12)
        return self


def _schema(keys):
    return [{"AttributeName": name, "KeyType": kind} for name, kind in keys]
