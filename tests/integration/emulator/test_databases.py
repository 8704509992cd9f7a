"""Instances of RDS that are real servers."""

import json

import psycopg2
import pytest

from emulator.account import ACCOUNT_ID, REGION
from tests.integration.emulator.conftest import archive
from tests.tls import Authority

IDENTIFIER = "orders"


@pytest.fixture(scope="module")
def instance(client):
    rds = client("rds")
    rds.create_db_instance(
        DBInstanceIdentifier=IDENTIFIER,
        DBName="orders",
        Engine="postgres",
        DBInstanceClass="db.t4g.micro",
        AllocatedStorage=20,
        MasterUsername="master",
        ManageMasterUserPassword=True,
        EnableIAMDatabaseAuthentication=True,
        BackupRetentionPeriod=7,
    )
    (described,) = rds.describe_db_instances(DBInstanceIdentifier=IDENTIFIER)["DBInstances"]
    return described


@pytest.fixture(scope="module")
def master(client, instance):
    secret = client("secretsmanager").get_secret_value(SecretId=instance["MasterUserSecret"]["SecretArn"])
    credentials = json.loads(secret["SecretString"])
    return connected(instance, credentials["username"], credentials["password"])


@pytest.fixture(scope="module")
def monitor(master):
    with master.cursor() as cursor:
        cursor.execute("CREATE ROLE monitor LOGIN; GRANT rds_iam, pg_read_all_data TO monitor")
    return "monitor"


def connected(instance, user, password, **options):
    endpoint = instance["Endpoint"]
    options = {"sslmode": "require"} | options
    connection = psycopg2.connect(
        host=endpoint["Address"], port=endpoint["Port"], dbname="orders", user=user, password=password, **options
    )
    connection.autocommit = True
    return connection


def token(client, instance, user):
    endpoint = instance["Endpoint"]
    return client("rds").generate_db_auth_token(endpoint["Address"], endpoint["Port"], user, Region=REGION)


def test_master_logs_in_with_managed_password(master):
    """The master user logs in with the password that rds keeps."""
    with master.cursor() as cursor:
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone() == (False,)


def test_plain_connections_are_refused(instance):
    with pytest.raises(psycopg2.OperationalError, match="no encryption"):
        connected(instance, "master", "any", sslmode="disable")


def test_a_wrong_password_is_refused(instance):
    with pytest.raises(psycopg2.OperationalError, match="password authentication failed"):
        connected(instance, "master", "guess")


def test_iam_member_logs_in_with_token(client, instance, monitor):
    """A member of rds iam logs in with a token."""
    with connected(instance, monitor, token(client, instance, monitor)).cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == (monitor,)


@pytest.mark.parametrize("shown", ["password", "a token of another user"])
def test_iam_member_needs_a_token(client, instance, monitor, shown):
    """A member of rds iam is refused without its token."""
    secret = token(client, instance, "master") if shown.startswith("a token") else shown
    with pytest.raises(psycopg2.OperationalError, match="PAM authentication failed"):
        connected(instance, monitor, secret)


BUNDLE_OF_LAYER = """
import pathlib, sys
def handler(event, context):
    (bundle,) = [file for folder in sys.path for file in pathlib.Path(folder).glob("rds_certificates/bundle.pem")]
    return bundle.read_text()
"""


def test_layers_bundle_verifies_the_endpoint(client, function, instance, monitor, tmp_path):
    """The certificate bundle of a layer verifies the endpoint."""
    content = archive({"python/rds_certificates/bundle.pem": ("", 0o644)})
    layer = client("lambda").publish_layer_version(LayerName="certificates", Content={"ZipFile": content})
    bundle = tmp_path / "bundle.pem"
    bundle.write_text(function(BUNDLE_OF_LAYER, Layers=[layer["LayerVersionArn"]]).invoke()[0])
    verified = {"sslmode": "verify-full", "sslrootcert": str(bundle)}
    connected(instance, monitor, token(client, instance, monitor), **verified).close()


def test_other_authority_is_not_trusted(instance, tmp_path):
    """A certificate of another authority is not trusted."""
    other = Authority(tmp_path).certificate
    with pytest.raises(psycopg2.OperationalError, match="certificate verify failed"):
        connected(instance, "master", "any", sslmode="verify-full", sslrootcert=str(other))


def test_a_deleted_instance_is_gone(client):
    rds = client("rds")
    short_lived = rds.create_db_instance(
        DBInstanceIdentifier="short",
        DBName="orders",
        Engine="postgres",
        DBInstanceClass="db.t4g.micro",
        AllocatedStorage=20,
        MasterUsername="master",
        MasterUserPassword="password",
    )["DBInstance"]
    connected(short_lived, "master", "password").close()
    rds.delete_db_instance(DBInstanceIdentifier="short", SkipFinalSnapshot=True)
    with pytest.raises(psycopg2.OperationalError, match="refused"):
        connected(short_lived, "master", "password")


def test_token_needs_connect_permission(running, client, client_of, instance, monitor):
    """Last in this file: there is no way back from enforcing permissions."""
    iam = client("iam")
    iam.create_user(UserName="reader")
    key = iam.create_access_key(UserName="reader")["AccessKey"]
    running.enforce_iam()

    def reader(_service):
        return client_of(running, "rds", key["AccessKeyId"], key["SecretAccessKey"])

    with pytest.raises(psycopg2.OperationalError, match="PAM authentication failed"):
        connected(instance, monitor, token(reader, instance, monitor))
    resource = f"arn:aws:rds-db:{REGION}:{ACCOUNT_ID}:dbuser:{instance['DbiResourceId']}/{monitor}"
    allowed = {"Effect": "Allow", "Action": "rds-db:connect", "Resource": resource}
    document = json.dumps({"Version": "2012-10-17", "Statement": [allowed]})
    iam.put_user_policy(UserName="reader", PolicyName="connect", PolicyDocument=document)
    connected(instance, monitor, token(reader, instance, monitor)).close()
