"""Production's database in one mode after the other, each by an update: created, existing, external, created again.

One sequence on an account of its own: each fixture takes the account a step further.
"""

import pytest

from emulator import account
from emulator.cdk import Cdk
from emulator.errors import EmulatorError
from emulator.stage import Stage
from lambdas.vocabulary.backups import Verdict
from stacks.settings import load
from tests.e2e.prod import DATABASE, INSTANCE, ROWS, TABLES, Prod, environments_with

RESTORED = "junkos-prod-restored"
URL_SECRET = "junkos/prod/database-url"
COMMON = {"name": "junkos", "critical_tables": ["public.orders"]}
RDS_LOGS = [f"/aws/rds/instance/{INSTANCE}/{log}" for log in ("postgresql", "upgrade")]


class Modes:
    """Production, deployed in whichever mode."""

    def __init__(self, running, directory):
        self._running, self._directory = running, directory
        self.prod = None

    def deploy(self, mode, **database):
        folder = self._directory / mode
        changed = {"database": {"mode": mode, **COMMON, **database}} if database else {}
        files = folder / "environments"
        if not files.exists():
            environments_with(files, {}, **changed)
        cdk = Cdk(self._running.client_environment(), folder, report=lambda _: None)
        self.prod = Prod(Stage(self._running, load("prod", files)), {})
        cdk.synthesize("prod", files)
        cdk.deploy()

    def client(self, service):
        return self.prod.client(service)


@pytest.fixture(scope="module")
def modes(tmp_path_factory):
    directory = tmp_path_factory.mktemp("modes")
    with account.running(directory) as running:
        Cdk(running.client_environment(), directory, report=lambda _: None).bootstrap()
        yield Modes(running, directory)


@pytest.fixture(scope="module")
def created(modes):
    modes.deploy("create")
    modes.prod.execute(TABLES)
    return modes.prod


@pytest.fixture(scope="module")
def restored(created):
    """The documented way back: another instance beside the first, in its network, found as an existing one."""
    first, rds = created.instance(), created.client("rds")
    rds.create_db_instance(
        DBInstanceIdentifier=RESTORED,
        Engine="postgres",
        EngineVersion=first["EngineVersion"],
        DBInstanceClass=first["DBInstanceClass"],
        DBName="junkos",
        AllocatedStorage=20,
        MasterUsername=first["MasterUsername"],
        ManageMasterUserPassword=True,
        BackupRetentionPeriod=7,
        PreferredBackupWindow="03:00-04:00",
        DBSubnetGroupName=first["DBSubnetGroup"]["DBSubnetGroupName"],
        VpcSecurityGroupIds=[group["VpcSecurityGroupId"] for group in first["VpcSecurityGroups"]],
    )
    created.execute(TABLES, identifier=RESTORED)
    return created.instance(RESTORED)


@pytest.fixture(scope="module")
def existing(modes, restored):
    network = restored["DBSubnetGroup"]
    modes.deploy(
        "existing",
        instance_identifier=RESTORED,
        instance_class="t4g.micro",
        allocated_storage_gb=20,
        resource_id=restored["DbiResourceId"],
        host=restored["Endpoint"]["Address"],
        port=restored["Endpoint"]["Port"],
        database_name="junkos",
        master_secret_arn=restored["MasterUserSecret"]["SecretArn"],
        vpc_id=network["VpcId"],
        subnet_ids=[subnet["SubnetIdentifier"] for subnet in network["Subnets"]],
        availability_zones=[subnet["SubnetAvailabilityZone"]["Name"] for subnet in network["Subnets"]],
        security_group_id=restored["VpcSecurityGroups"][0]["VpcSecurityGroupId"],
    )
    return modes.prod


@pytest.fixture(scope="module")
def external(modes, existing):
    credentials, endpoint = existing.master_credentials(RESTORED), existing.instance(RESTORED)["Endpoint"]
    login = f"{credentials['username']}:{credentials['password']}"
    url = f"postgresql://{login}@{endpoint['Address']}:{endpoint['Port']}/junkos"
    modes.client("secretsmanager").create_secret(Name=URL_SECRET, SecretString=url)
    modes.deploy("external", url_secret=URL_SECRET, minimum_tls="require")
    return modes.prod


@pytest.fixture(scope="module")
def refusal(modes, external):
    """What the CLI said to a second creation beside the instance that was kept."""
    with pytest.raises(EmulatorError) as refused:
        modes.deploy("create")
    return str(refused.value)


@pytest.fixture(scope="module")
def created_again(modes, refusal):
    """The instance of that name is deleted, as the operator's page says, and made anew.

    So are the groups with it: this account gives them the same names again, AWS gives new ones.
    """
    rds, logs, kept = modes.client("rds"), modes.client("logs"), modes.prod.instance()
    rds.modify_db_instance(DBInstanceIdentifier=INSTANCE, DeletionProtection=False, ApplyImmediately=True)
    rds.delete_db_instance(DBInstanceIdentifier=INSTANCE, SkipFinalSnapshot=True)
    for group in RDS_LOGS:
        logs.delete_log_group(logGroupName=group)
    rds.delete_db_parameter_group(DBParameterGroupName=kept["DBParameterGroups"][0]["DBParameterGroupName"])
    rds.delete_db_instance(DBInstanceIdentifier=RESTORED, SkipFinalSnapshot=True)  # it is in the same subnets
    rds.delete_db_subnet_group(DBSubnetGroupName=kept["DBSubnetGroup"]["DBSubnetGroupName"])
    modes.deploy("create")
    modes.prod.execute(TABLES)
    return modes.prod


def proves_a_backup(prod):
    answer, verification = prod.prove_a_backup()
    return (answer["rows"], verification.verdict) == (ROWS, Verdict.PROVEN)


def complete(prod):
    return all(status.endswith("E_COMPLETE") and "ROLLBACK" not in status for status in prod.statuses().values())


def test_every_stack_is_created(created):
    assert complete(created)
    assert proves_a_backup(created)


def test_restored_instance_replaces_the_created_one(existing):
    """A restored instance takes over from the created one."""
    assert complete(existing)
    assert proves_a_backup(existing)


def test_created_instance_is_kept_with_logs(existing):
    """The created instance is kept and its logs still end."""
    assert existing.rows() == ROWS
    groups = existing.client("logs").describe_log_groups(logGroupNamePrefix=f"/aws/rds/instance/{INSTANCE}/")
    assert {group["logGroupName"]: group.get("retentionInDays") for group in groups["logGroups"]} == dict.fromkeys(
        RDS_LOGS, 30
    )


def test_url_mode_replaces_existing_mode(external):
    """A url takes over from the existing instance."""
    assert complete(external)
    assert proves_a_backup(external)


def test_second_creation_beside_kept_is_refused(refusal, external):
    """A second creation beside the kept instance is refused and harms nothing."""
    assert "already exists" in refusal
    assert external.statuses()[DATABASE] == "UPDATE_ROLLBACK_COMPLETE"
    assert proves_a_backup(external)


def test_creation_works_after_deletion(created_again):
    """Once the kept instance is deleted another is created."""
    assert complete(created_again)
    assert proves_a_backup(created_again)
