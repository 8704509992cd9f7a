"""The database's stack in its three modes: what is reachable, what is kept, who may log in."""

from dataclasses import fields

import aws_cdk
import pytest
from aws_cdk import Validations, aws_lambda
from aws_cdk.assertions import Match, Template
from cdk_nag import AwsSolutionsChecks

from lambdas.shared.database_settings import DatabaseSettings
from stacks.alerting_stack import AlertingStack
from stacks.application import new_app
from stacks.database_stack import DatabaseStack
from stacks.platform.network import ZonedStack
from stacks.settings import load

PLACED = ("vpc", "vpc_subnets", "security_groups")


class Deployment:
    """A DatabaseStack as an environment file wants it, with a function of another stack that logs in."""

    def __init__(self, name, **database):
        self.environment = load(name)
        if database:
            changed = self.environment.database.model_copy(update=database)
            self.environment = self.environment.model_copy(update={"database": changed})
        app = new_app()
        place = {"env": aws_cdk.Environment(account="111122223333", region="us-east-1")}
        alerting = AlertingStack(app, "alerting", environment=self.environment, **place)
        stack = DatabaseStack(app, "database", environment=self.environment, alarms=alerting.alarms, **place)
        self.connection = stack.connection
        other = ZonedStack(app, "other", **place)
        function = aws_lambda.Function(
            other,
            "Function",
            runtime=aws_lambda.Runtime.PYTHON_3_13,
            handler="index.handler",
            code=aws_lambda.Code.from_inline("def handler(*_): ..."),
            **self.connection.placement,
        )
        self.connection.allow_login(function)
        self.template = Template.from_stack(stack)
        self.other = Template.from_stack(other)

    def the(self, kind):
        """The only resource of its kind: its logical id and itself."""
        (found,) = self.template.find_resources(kind).items()
        return found

    def properties(self, kind):
        return self.the(kind)[1]["Properties"]


@pytest.fixture(scope="module")
def created():
    return Deployment("prod")


@pytest.fixture(scope="module")
def existing():
    return Deployment("staging")


@pytest.fixture(scope="module")
def external():
    return Deployment("local")


def test_created_instance_is_encrypted_and_kept(created):
    """The created instance is encrypted backed up and kept."""
    logical_id, instance = created.the("AWS::RDS::DBInstance")

    assert logical_id == "InstanceDatabaseE6A8D90A"  # another one would abandon the database for an empty one
    assert (instance["DeletionPolicy"], instance["UpdateReplacePolicy"]) == ("RetainExceptOnCreate", "Retain")
    created.template.has_resource_properties(
        "AWS::RDS::DBInstance",
        {
            "DBInstanceIdentifier": "junkos-prod-database",
            "StorageEncrypted": True,
            "PubliclyAccessible": False,
            "EnableIAMDatabaseAuthentication": True,
            "DeletionProtection": True,
            "BackupRetentionPeriod": 7,
            "PreferredBackupWindow": "03:00-04:00",
            "PreferredMaintenanceWindow": "sun:04:30-sun:05:30",
            "CopyTagsToSnapshot": True,
            "DeleteAutomatedBackups": False,
            "AutoMinorVersionUpgrade": True,
            "EnableCloudwatchLogsExports": ["postgresql", "upgrade"],
            "EnablePerformanceInsights": True,
            "PerformanceInsightsRetentionPeriod": 7,
        },
    )


def test_rds_manages_the_master_password(created):
    """The master password is made and rotated by rds and stands in no template."""
    instance = created.properties("AWS::RDS::DBInstance")

    assert instance["ManageMasterUserPassword"] is True
    assert "MasterUserPassword" not in instance


def test_server_requires_tls_without_parameter_logging(created):
    """The server demands tls and logs slow statements without their parameters."""
    created.template.has_resource_properties(
        "AWS::RDS::DBParameterGroup",
        {
            "Family": "postgres18",
            "Parameters": Match.object_like(
                {
                    "rds.force_ssl": "1",
                    "log_min_duration_statement": "1000",
                    "shared_preload_libraries": "pg_stat_statements",
                    "log_parameter_max_length": "0",
                    "log_parameter_max_length_on_error": "0",
                }
            ),
        },
    )


def test_server_log_groups_exist_and_expire(created):
    """The server logs go to groups that expire and are there first."""
    groups = created.template.find_resources("AWS::Logs::LogGroup")
    server = {key: group["Properties"] for key, group in groups.items() if "/rds/" in str(group["Properties"])}

    assert {group["LogGroupName"] for group in server.values()} == {
        "/aws/rds/instance/junkos-prod-database/postgresql",
        "/aws/rds/instance/junkos-prod-database/upgrade",
    }
    assert {group["RetentionInDays"] for group in server.values()} == {30}
    assert set(server) <= set(created.the("AWS::RDS::DBInstance")[1]["DependsOn"])


def test_created_network_has_no_exit(created):
    """Nothing leads out of the created network but free gateways to this account, and to Amazon Linux's packages."""
    for kind in ("InternetGateway", "NatGateway", "EgressOnlyInternetGateway", "Route", "TransitGatewayAttachment"):
        created.template.resource_count_is(f"AWS::EC2::{kind}", 0)
    endpoints = created.template.find_resources("AWS::EC2::VPCEndpoint").values()
    assert len(endpoints) == 2
    assert {endpoint["Properties"]["VpcEndpointType"] for endpoint in endpoints} == {"Gateway"}
    (own, *packages), (tables,) = (endpoint["Properties"]["PolicyDocument"]["Statement"] for endpoint in endpoints)
    for statement in (own, tables):
        assert statement["Condition"] == {"StringEquals": {"aws:ResourceAccount": {"Ref": "AWS::AccountId"}}}
    ((action, resource),) = ((it["Action"], it["Resource"]) for it in packages)
    assert action == "s3:GetObject"
    named = ["arn:", {"Ref": "AWS::Partition"}, ":s3:::al2023-repos-", {"Ref": "AWS::Region"}, "-de612dc2/*"]
    assert resource == {"Fn::Join": ["", named]}


def test_zones_are_chosen_at_deployment(created):
    """Zones are chosen when deployed so that synthesis asks aws for nothing."""
    subnets = created.template.find_resources("AWS::EC2::Subnet").values()

    zones = [subnet["Properties"]["AvailabilityZone"] for subnet in subnets]
    assert zones == [{"Fn::Select": [index, {"Fn::GetAZs": ""}]} for index in (0, 1)]


@pytest.mark.parametrize("mode", ["created", "existing"])
def test_only_functions_reach_postgresql(request, mode):
    """Only the functions are let in and only to postgresql."""
    deployment = request.getfixturevalue(mode)
    ingress = deployment.properties("AWS::EC2::SecurityGroupIngress")

    assert (ingress["FromPort"], ingress["ToPort"], ingress["IpProtocol"]) == (5432, 5432, "tcp")
    assert "CidrIp" not in ingress
    functions = ingress["SourceSecurityGroupId"]["Fn::GetAtt"][0]
    groups = deployment.template.find_resources("AWS::EC2::SecurityGroup")
    assert "SecurityGroupIngress" not in groups[functions]["Properties"]
    assert [rule["FromPort"] for rule in groups[functions]["Properties"]["SecurityGroupEgress"]] == [443]


@pytest.mark.parametrize("mode", ["created", "existing"])
def test_secret_reader_is_not_near_database(request, mode):
    """The function that reads the secret is not near the database and the other way round."""
    deployment = request.getfixturevalue(mode)
    access, bootstrap = (function_of(deployment, name) for name in ("database-access", "database-bootstrap"))

    assert "VpcConfig" not in access
    assert "VpcConfig" in bootstrap
    assert "secretsmanager:GetSecretValue" in actions_of(deployment, "databaseaccess")
    assert "secretsmanager:GetSecretValue" not in actions_of(deployment, "databasebootstrap")
    assert "lambda:InvokeFunction" in actions_of(deployment, "databaseaccess")


@pytest.mark.parametrize("mode", ["created", "existing"])
def test_login_is_remade_when_inputs_change(request, mode):
    """The login is made again when anything that it depends on changes."""
    deployment = request.getfixturevalue(mode)
    _, login = deployment.the("Custom::DatabaseLogin")

    told = set(login["Properties"])
    for name in ("database-access", "database-bootstrap"):
        variables = function_of(deployment, name)["Environment"]["Variables"]
        assert set(variables) - {"POWERTOOLS_LOG_LEVEL"} <= told
    assert "VERSION" in told


@pytest.mark.parametrize("mode", ["created", "existing"])
def test_login_waits_for_the_network(request, mode):
    """The login waits until the network lets it through."""
    deployment = request.getfixturevalue(mode)
    _, login = deployment.the("Custom::DatabaseLogin")

    rules = [deployment.the(f"AWS::EC2::SecurityGroup{way}")[0] for way in ("Ingress", "Egress")]
    assert set(rules) <= set(login["DependsOn"])


def test_existing_instance_enables_iam_first(existing):
    """An existing instance must take iam logins before the login is made."""
    enforced, resource = existing.the("Custom::DatabaseSettings")

    assert enforced in existing.the("Custom::DatabaseLogin")[1]["DependsOn"]
    assert resource["Properties"]["BACKUP_RETENTION_DAYS"] == "7"
    assert resource["Properties"]["BACKUP_WINDOW"] == "03:00-04:00"


def test_enforcing_function_modifies_one_instance(existing):
    """The enforcing function may change the one instance and delete nothing."""
    policies = existing.template.find_resources("AWS::IAM::Policy")
    (policy,) = [one for key, one in policies.items() if "databasesettings" in key]
    (statement,) = [one for one in policy["Properties"]["PolicyDocument"]["Statement"] if "rds:" in str(one["Action"])]

    assert statement["Action"] == ["rds:DescribeDBInstances", "rds:ModifyDBInstance"]
    assert statement["Resource"] == "arn:aws:rds:us-east-1:111122223333:db:junkos-staging"


def test_existing_mode_creates_no_database(existing):
    """Mode existing makes no database and no network."""
    for kind in ("AWS::RDS::DBInstance", "AWS::EC2::VPC", "AWS::EC2::VPCEndpoint"):
        existing.template.resource_count_is(kind, 0)


def test_missing_endpoint_is_made_on_request():
    """A missing s3 endpoint is made where wanted."""
    deployment = Deployment("staging", s3_endpoint="create", route_table_ids=("rtb-1",))

    endpoint = deployment.properties("AWS::EC2::VPCEndpoint")
    assert endpoint["RouteTableIds"] == ["rtb-1"]
    assert endpoint["VpcId"] == "vpc-0123456789abcdef0"


@pytest.mark.parametrize("mode", ["created", "existing"])
def test_function_is_near_the_database(request, mode):
    """A function elsewhere is placed near the database and logs in by iam."""
    deployment = request.getfixturevalue(mode)

    assert set(deployment.connection.placement) == set(PLACED)
    statement = statement_with(deployment.other, "rds-db:connect")
    assert "/junkos_monitor" in str(statement["Resource"])
    assert "secretsmanager" not in str(deployment.other.to_json())


def test_url_mode_has_secret_without_network(external):
    """Behind a url there is no network and the secret may be read."""
    external.template.resource_count_is("AWS::EC2::VPC", 0)
    assert external.connection.placement == {}
    assert external.connection.instance_identifier is None
    statement = statement_with(external.other, "secretsmanager:GetSecretValue")
    assert ":secret:junkos/local/database-url-??????" in str(statement["Resource"])


@pytest.mark.parametrize("mode", ["created", "existing", "external"])
def test_every_mode_gives_function_settings(request, mode):
    """Every mode says where the database is in the functions own words."""
    told = request.getfixturevalue(mode).connection.function_settings

    settings = DatabaseSettings(environment="test", **told)
    assert {field.name for field in fields(settings)} == {"environment", *told}
    assert (settings.database_host is None) is (settings.database_url_secret is not None)


@pytest.mark.parametrize("name", ["prod", "staging", "local"])
def test_database_stack_passes_nag(name):
    """Nag has nothing to say of the databases stack."""
    environment = load(name)
    app = new_app()
    Validations.of(app).add_plugins(AwsSolutionsChecks(app))
    alerting = AlertingStack(app, "alerting", environment=environment)
    DatabaseStack(app, "database", environment=environment, alarms=alerting.alarms)
    app.synth()  # raises when there is a finding


def function_of(deployment, name):
    functions = deployment.template.find_resources("AWS::Lambda::Function").values()
    return next(one["Properties"] for one in functions if one["Properties"]["FunctionName"].endswith(name))


def actions_of(deployment, name):
    policies = deployment.template.find_resources("AWS::IAM::Policy")
    (policy,) = [one for key, one in policies.items() if name in key]
    return str([statement["Action"] for statement in policy["Properties"]["PolicyDocument"]["Statement"]])


def statement_with(template, action):
    policies = template.find_resources("AWS::IAM::Policy").values()
    statements = [one for policy in policies for one in policy["Properties"]["PolicyDocument"]["Statement"]]
    return next(one for one in statements if action in str(one["Action"]))


def test_max_connections_setting_reaches_the_instance():
    """A maximum of connections that is asked for is the instances own."""
    _, group = Deployment("prod", max_connections=200).the("AWS::RDS::DBParameterGroup")
    assert group["Properties"]["Parameters"]["max_connections"] == "200"
