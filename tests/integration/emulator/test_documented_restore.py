"""A restore to a moment, by the documented commands as they stand and by `ops … backup recover`: what comes of it."""

import json
import os
import subprocess
import sys
import tomllib
from contextlib import closing

import psycopg2
import pytest
import tomli_w

from emulator.account import ACCOUNT_ID, REGION, ROOT
from lambdas.database_backup.back_up import back_up
from lambdas.database_backup.request import Request
from lambdas.database_backup.settings import Settings
from lambdas.shared.clock import Deadline, now
from lambdas.shared.postgres import Login
from lambdas.vocabulary.names import ServiceNames, bucket_name
from stacks.settings import ExistingDatabase, load
from tests import aws_cli
from tests.infra.test_database_stack import Deployment
from tests.integration.backup.conftest import SETTINGS
from tests.integration.emulator.waiting import until
from tests.operations import commands_with

MONITOR_LOGIN = ServiceNames().monitor_login
pytestmark = pytest.mark.slow
STACK, INSTANCE = "junkos-prod-database", "junkos-prod-database"
RESTORED, RECOVERED = f"{INSTANCE}-restored", f"{INSTANCE}-recovered"
UNKNOWN = "junkos/2020/01/01/20200101T020000Z-00000000/"
DATA = """
CREATE TABLE orders AS SELECT n AS id FROM generate_series(1, 1000) AS n;
CREATE ROLE junkos_monitor LOGIN;
GRANT rds_iam, pg_read_all_data TO junkos_monitor;
"""


def database_alone(template):
    """The stack without its functions and logs, which a restore has nothing to do with."""
    kept = {it: of for it, of in template["Resources"].items() if of["Type"].startswith(("AWS::EC2::", "AWS::RDS::"))}
    resources = {it: {name: part for name, part in of.items() if name != "DependsOn"} for it, of in kept.items()}
    outputs = {it: of for it, of in template["Outputs"].items() if set(references(of["Value"])) <= kept.keys()}
    return json.dumps({"Resources": resources, "Outputs": outputs})


def references(value):
    match value:
        case {"Ref": name} | {"Fn::GetAtt": [name, *_]}:
            yield name
        case dict():
            for inner in value.values():
                yield from references(inner)
        case list():
            for inner in value:
                yield from references(inner)


@pytest.fixture(scope="module")
def database(client):
    """Production's database with some data, as a stack of its own."""
    formation = client("cloudformation")
    template = Deployment("prod").template.to_json()
    formation.create_stack(StackName=STACK, TemplateBody=database_alone(template))

    def at_rest():
        (stack,) = formation.describe_stacks(StackName=STACK)["Stacks"]
        return None if stack["StackStatus"].endswith("_IN_PROGRESS") else stack["StackStatus"]

    status = until(at_rest)
    assert status == "CREATE_COMPLETE", formation.describe_stack_events(StackName=STACK)["StackEvents"]
    found = described(client, INSTANCE)
    execute(client, found, DATA)
    return found


@pytest.fixture(scope="module", params=[RESTORED, RECOVERED])
def printed(request, running, database, tmp_path_factory):
    """The settings that the commands print, or that `ops` does."""
    if request.param == RECOVERED:
        return recovered(running)["settings"]
    folder = aws_cli.command_in(tmp_path_factory.mktemp("cli"))
    variables = running.client_environment() | {"PATH": f"{folder}:{os.defpath}", "HOME": str(folder), "AWS_PAGER": ""}
    commands = f"set -euo pipefail\n{commands_with('restore-db-instance-to-point-in-time')}"
    done = subprocess.run(["bash", "-c", commands], env=variables, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    decoder, text, documents = json.JSONDecoder(), done.stdout.strip(), []
    while text:
        document, end = decoder.raw_decode(text)
        documents.append(document)
        text = text[end:].strip()
    return documents[-1]


def recovered(running):
    """What `ops` prints as JSON, when all is well."""
    variables = {**os.environ, **running.client_environment()}
    command = [sys.executable, "-m", "ops", "prod", "backup", "recover", "--as", RECOVERED, "--json"]
    done = subprocess.run(command, cwd=ROOT, env=variables, capture_output=True, text=True, check=False)
    assert done.returncode == 0, (done.stdout, done.stderr)
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def restored(client, printed):
    return described(client, printed["instance_identifier"])


def described(client, identifier):
    (found,) = client("rds").describe_db_instances(DBInstanceIdentifier=identifier)["DBInstances"]
    return found


def execute(client, instance, statement, user=None, password=None):
    if user is None:
        secret = client("secretsmanager").get_secret_value(SecretId=instance["MasterUserSecret"]["SecretArn"])
        user, password = map(json.loads(secret["SecretString"]).get, ("username", "password"))
    endpoint = instance["Endpoint"]
    where = {"host": endpoint["Address"], "port": endpoint["Port"], "dbname": "junkos", "sslmode": "require"}
    with closing(psycopg2.connect(**where, user=user, password=password)) as session, session.cursor() as cursor:
        cursor.execute(statement)
        session.commit()
        return cursor.fetchall() if cursor.description else []


SAME = (
    "DBInstanceClass", "Engine", "EngineVersion", "DBName", "MasterUsername", "AllocatedStorage",
    "MaxAllocatedStorage", "StorageType", "StorageEncrypted", "MultiAZ", "PubliclyAccessible",
    "IAMDatabaseAuthenticationEnabled", "DeletionProtection", "CopyTagsToSnapshot", "AutoMinorVersionUpgrade",
    "BackupRetentionPeriod", "PreferredBackupWindow", "PreferredMaintenanceWindow", "PerformanceInsightsEnabled",
    "PerformanceInsightsRetentionPeriod", "VpcSecurityGroups",
)  # fmt: skip


@pytest.mark.parametrize("what", SAME)
def test_restored_instance_equals_created_one(database, restored, what):
    """The restored instance is as the created one."""
    assert restored[what] == database[what]


def test_restored_instance_keeps_network_and_parameters(database, restored):
    """It lies in the same network under the same parameters."""
    for kind, name in (("DBSubnetGroup", "DBSubnetGroupName"), ("DBSubnetGroup", "VpcId")):
        assert restored[kind][name] == database[kind][name]
    (ours,), (others,) = restored["DBParameterGroups"], database["DBParameterGroups"]
    assert ours["DBParameterGroupName"] == others["DBParameterGroupName"]


def test_restored_data_has_own_secret(client, database, restored):
    """Its data is that of the created one and its master user has a secret of its own."""
    assert execute(client, restored, "SELECT count(*) FROM orders") == [(1000,)]
    assert restored["MasterUserSecret"]["SecretArn"] != database["MasterUserSecret"]["SecretArn"]


def test_the_monitor_still_logs_in_by_iam(client, restored):
    endpoint = restored["Endpoint"]
    token = client("rds").generate_db_auth_token(endpoint["Address"], endpoint["Port"], MONITOR_LOGIN, Region=REGION)
    assert execute(client, restored, "SELECT current_user", MONITOR_LOGIN, token) == [(MONITOR_LOGIN,)]


def test_restored_logs_expire_alike(client, restored):
    """Its logs end as those of the created one."""
    prefix = f"/aws/rds/instance/{restored['DBInstanceIdentifier']}/"
    groups = client("logs").describe_log_groups(logGroupNamePrefix=prefix)["logGroups"]
    assert {it["logGroupName"].rpartition("/")[2]: it["retentionInDays"] for it in groups} == {
        "postgresql": 30,
        "upgrade": 30,
    }


def test_printed_settings_are_valid(printed, restored, tmp_path):
    """With what the file of mode *create* has already."""
    written = printed | {"mode": "existing", "name": "junkos", "instance_class": "t4g.micro"}
    sections = {"alerts": {"email": ["a@junkos.example"]}, "database": written | {"allocated_storage_gb": 20}}
    content = {"name": "prod", "region": REGION, "owner": "us"} | sections
    (tmp_path / "prod.toml").write_text(tomli_w.dumps(content))

    settings = load("prod", tmp_path).database
    assert isinstance(settings, ExistingDatabase)
    assert settings.instance_identifier == restored["DBInstanceIdentifier"]
    assert settings.host == restored["Endpoint"]["Address"]
    assert len(settings.subnet_ids) == len(settings.availability_zones) == 2


def test_a_second_call_goes_on_with_the_same_instance(running, database):
    """One that was stopped has ordered its instance already."""
    first = recovered(running)
    assert recovered(running) == first
    assert first["differences"] == []


@pytest.fixture(scope="module")
def backup(client, running, database):
    """A backup of it, as the function takes one, by its folder in the bucket of production's backups."""
    s3 = client("s3")
    bucket = bucket_name(load("prod"), ACCOUNT_ID, REGION)
    s3.create_bucket(Bucket=bucket)
    secret = client("secretsmanager").get_secret_value(SecretId=database["MasterUserSecret"]["SecretArn"])
    master = json.loads(secret["SecretString"])
    endpoint = database["Endpoint"]
    login = Login(
        {"host": endpoint["Address"], "port": str(endpoint["Port"]), "dbname": "junkos", "sslmode": "require"}
        | {"user": master["username"]},
        master["password"],
    )
    settings = Settings(**{**SETTINGS, "bucket": bucket, "critical_tables": ("public.orders",)})
    made = back_up(
        settings, Request.of({}, "one"), s3=s3, log_in=lambda: login, deadline=Deadline.within(120), clock=now
    )
    return made.backup


@pytest.fixture(scope="module")
def environments(database, account_folder, tmp_path_factory):
    """Production's, with this account's authority for that of RDS."""
    folder = tmp_path_factory.mktemp("environments")
    production = tomllib.loads((ROOT / "environments/prod.toml").read_text())
    production.setdefault("database", {})["ca_bundle"] = str(account_folder / "tmp/rds-root.pem")
    (folder / "prod.toml").write_text(tomli_w.dumps(production))
    return folder


def recovery(running, environments, target, backup):
    variables = {**os.environ, **running.client_environment(), "ENVIRONMENTS": str(environments)}
    command = [sys.executable, "-m", "ops", "prod", "backup", "recover", "--as", target, "--backup", backup, "--json"]
    return subprocess.run(command, cwd=ROOT, env=variables, capture_output=True, text=True, check=False)


def test_recovery_from_a_backup(running, client, database, backup, environments):
    """An empty instance as the source, the backup's rows in it, and the settings that take it over."""
    done = recovery(running, environments, "from-backup", backup)
    assert json.loads(done.stdout or "{}").get("differences") == [], done.stderr
    assert done.returncode == 0
    assert f"{backup} is restored into " in done.stderr
    found = described(client, "from-backup")
    assert {what: found[what] for what in SAME} == {what: database[what] for what in SAME}
    assert execute(client, found, "SELECT count(*), sum(id) FROM orders") == [(1000, 500500)]


def test_unknown_backup_makes_no_instance(running, client, backup, environments):
    """What is missing is known before anything is paid for."""
    done = recovery(running, environments, "none", UNKNOWN)
    assert (done.returncode, done.stdout) == (2, ""), done.stderr
    identifiers = [it["DBInstanceIdentifier"] for it in client("rds").describe_db_instances()["DBInstances"]]
    assert "none" not in identifiers
