"""The environment prod on an embedded account, as the tests of its deployment look at it."""

import json
import tomllib
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import psycopg2
import tomli_w

from demo.story.backup import PATIENCE
from emulator.account import ROOT
from emulator.cdk import Cdk
from emulator.stage import Stage
from lambdas.vocabulary.backups import VERIFICATION, Verification

DATABASE, BACKUPS = "junkos-prod-database", "junkos-prod-backups"
INSTANCE = "junkos-prod-database"
HOST = {"architecture": "host", "python": "host", "first_run": False}  # functions run once policies are enforced

TABLES = """
CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL);
CREATE TABLE customers (id bigint PRIMARY KEY, user_id bigint NOT NULL REFERENCES users);
CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint NOT NULL REFERENCES customers, booked timestamptz);
CREATE TABLE payments (id bigint PRIMARY KEY, order_id bigint NOT NULL REFERENCES orders, amount numeric(12, 2));
INSERT INTO users SELECT n, format('user%s@junkos.example', n) FROM generate_series(1, 1000) AS n;
INSERT INTO customers SELECT n, n FROM generate_series(1, 1000) AS n;
INSERT INTO orders SELECT n, n, timestamptz '2026-01-01 UTC' + n * interval '1 hour' FROM generate_series(1, 1000) AS n;
INSERT INTO payments SELECT n, n, n * 1.25 FROM generate_series(1, 1000) AS n;
"""
ROWS = 4 * 1000
_COUNT = " + ".join(f"(SELECT count(*) FROM {table})" for table in ("users", "customers", "orders", "payments"))


@dataclass(frozen=True)
class State:
    """What must not change unseen: identities, and what is kept under them."""

    physical_ids: dict
    instance: str
    objects: dict
    rows: int


@dataclass(frozen=True)
class Prod:
    """The environment on its account, and the CDK for each version of its file."""

    stage: Stage
    cdks: dict[str, Cdk]

    def client(self, service):
        return self.stage.client(service)

    def statuses(self):
        """Of the environment's stacks, not of the CDK's own."""
        stacks = self.client("cloudformation").describe_stacks()["Stacks"]
        return {it["StackName"]: it["StackStatus"] for it in stacks if it["StackName"].startswith("junkos-prod-")}

    def state(self):
        return State(self.physical_ids(), self.instance()["DbiResourceId"], self.objects(), self.rows())

    def physical_ids(self):
        """Of every resource of every stack, by its stack, type and logical id."""
        return {
            (stack, found["ResourceType"], found["LogicalResourceId"]): found["PhysicalResourceId"]
            for stack in self.statuses()
            for found in self.client("cloudformation").describe_stack_resources(StackName=stack)["StackResources"]
        }

    def objects(self):
        """What lies in the bucket: keys with their content's hash."""
        listing = self.client("s3").list_objects_v2(Bucket=self.stage.bucket).get("Contents", ())
        return {entry["Key"]: entry["ETag"] for entry in listing}

    def instance(self, identifier=INSTANCE):
        (described,) = self.client("rds").describe_db_instances(DBInstanceIdentifier=identifier)["DBInstances"]
        return described

    def rows(self):
        [(rows,)] = self.execute(f"SELECT {_COUNT}")
        return rows

    def master_credentials(self, identifier=INSTANCE):
        arn = self.instance(identifier)["MasterUserSecret"]["SecretArn"]
        return json.loads(self.client("secretsmanager").get_secret_value(SecretId=arn)["SecretString"])

    def execute(self, statement, *arguments, identifier=INSTANCE):
        """Run a statement as the instance's master user."""
        credentials, endpoint = self.master_credentials(identifier), self.instance(identifier)["Endpoint"]
        session = psycopg2.connect(
            host=endpoint["Address"],
            port=endpoint["Port"],
            dbname="junkos",
            user=credentials["username"],
            password=credentials["password"],
            sslmode="require",
        )
        with closing(session), session, session.cursor() as cursor:
            cursor.execute(statement, arguments or None)
            return cursor.fetchall() if cursor.description else []

    def log_lines(self):
        logs = self.client("logs")
        pages = logs.get_paginator("filter_log_events")
        groups = [group["logGroupName"] for group in logs.describe_log_groups()["logGroups"]]
        return [
            event["message"]
            for group in groups
            for page in pages.paginate(logGroupName=group)
            for event in page["events"]
        ]

    def days_in_force(self):
        """What the varied settings ask for, as it can be read back from the account; of logs, those of the database's
        stack: stacks that come before one that fails are not rolled back with it."""
        template = self.client("cloudformation").get_template(StackName=BACKUPS)["TemplateBody"]
        (bucket,) = (it for it in template["Resources"].values() if it["Type"] == "AWS::S3::Bucket")
        rules = bucket["Properties"]["LifecycleConfiguration"]["Rules"]
        daily = [rule for rule in rules if {"Key": "retention", "Value": "daily"} in rule.get("TagFilters", ())]
        resources = self.client("cloudformation").describe_stack_resources(StackName=DATABASE)["StackResources"]
        ours = [it["PhysicalResourceId"] for it in resources if it["ResourceType"] == "AWS::Logs::LogGroup"]
        groups = self.client("logs").describe_log_groups()["logGroups"]
        return {
            "logs": {group.get("retentionInDays") for group in groups if group["logGroupName"] in ours},
            "daily backups": {rule["ExpirationInDays"] for rule in daily},
            "snapshots": {self.instance()["BackupRetentionPeriod"]},
        }

    def prove_a_backup(self):
        """Take a backup and wait for the restore that its manifest triggers."""
        answer = self.stage.invoke("database_backup", requested_by="operator", reason="test")
        return answer, Verification.from_json(self.stage.wait_for(answer["backup"] + VERIFICATION, PATIENCE))


def environments_with(folder: Path, changes, **replaced):
    """A folder with a `prod.toml` that runs on this machine, with `changes` in its sections and others `replaced`."""
    content = tomllib.loads((ROOT / "environments" / "prod.toml").read_text()) | HOST | replaced
    for key, value in changes.items():
        content[key] = {**content.get(key, {}), **value} if isinstance(value, dict) else value
    folder.mkdir(parents=True)
    (folder / "prod.toml").write_text(tomli_w.dumps(content))
    return folder
