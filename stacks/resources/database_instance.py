"""The PostgreSQL of mode *create*: encrypted, TLS only, logged, backed up by RDS, kept when its stack goes."""

from aws_cdk import Duration, aws_ec2, aws_rds
from constructs import Construct

from lambdas.vocabulary.names import physical_name
from stacks.platform.kept import keep
from stacks.platform.logs import log_group
from stacks.platform.nag_suppressions import acknowledge
from stacks.settings import CreatedDatabase, Environment
from stacks.settings.parameter_families import every_connection, refuse_what_rds_refuses

LOG_EXPORTS = ("postgresql", "upgrade")


class DatabaseInstance(Construct):
    """The RDS instance with its parameters and logs; `master_secret_arn` is kept and rotated by RDS."""

    port = 5432

    def __init__(
        self,
        scope: Construct,
        identifier: str,
        *,
        environment: Environment,
        database: CreatedDatabase,
        vpc: aws_ec2.IVpc,
    ) -> None:
        super().__init__(scope, identifier)
        name = physical_name(environment, "database")
        engine = _engine(database)
        self.security_group = aws_ec2.SecurityGroup(
            self, "Group", vpc=vpc, description=f"PostgreSQL {name}", allow_all_outbound=False
        )
        self._admit(database)
        self.database_name = database.database_name or environment.names.in_postgres
        self.instance = aws_rds.DatabaseInstance(
            self,
            "Database",
            instance_identifier=name,  # a given name: replacing the instance unseen would fail for it
            engine=engine,
            instance_type=aws_ec2.InstanceType(database.instance_class),
            database_name=self.database_name,
            credentials=aws_rds.Credentials.from_username(environment.names.master_user),
            manage_master_user_password=True,
            iam_authentication=True,
            vpc=vpc,
            vpc_subnets=aws_ec2.SubnetSelection(subnet_type=aws_ec2.SubnetType.PRIVATE_ISOLATED),
            security_groups=[self.security_group],
            port=self.port,
            publicly_accessible=False,
            multi_az=database.multi_az,
            storage_type=aws_rds.StorageType.GP3,
            storage_encrypted=True,
            allocated_storage=database.allocated_storage_gb,
            max_allocated_storage=database.max_allocated_storage_gb,
            parameter_group=aws_rds.ParameterGroup(
                self,
                "Parameters",
                engine=engine,
                description=f"PostgreSQL {name}",
                parameters=_parameters(database),
            ),
            cloudwatch_logs_exports=list(LOG_EXPORTS),
            enable_performance_insights=True,
            performance_insight_retention=aws_rds.PerformanceInsightRetention.DEFAULT,  # seven days, free
            backup_retention=Duration.days(database.backup_retention_days),
            preferred_backup_window=database.backup_window,
            delete_automated_backups=False,
            copy_tags_to_snapshot=True,
            preferred_maintenance_window=database.maintenance_window,
            auto_minor_version_upgrade=True,
            allow_major_version_upgrade=database.allow_major_version_upgrade or None,
            deletion_protection=database.deletion_protection,
        )
        self._make_logs(name, environment)
        # AWS deletes nothing that an instance uses, and RDS would make its logs again, without an end.
        keep(self)
        acknowledge(self.instance, _acknowledged(database))

    @property
    def resource(self) -> aws_rds.CfnDBInstance:
        instance = self.instance.node.default_child
        assert isinstance(instance, aws_rds.CfnDBInstance)  # noqa: S101  (narrows the type)
        return instance

    @property
    def master_secret_arn(self) -> str:
        """The secret with the master user's `username` and `password`."""
        return self.resource.attr_master_user_secret_secret_arn

    def _admit(self, database: CreatedDatabase) -> None:
        """Rules of the group itself, so that they stay where it stays."""
        networks = [aws_ec2.Peer.ipv4(cidr) for cidr in database.admitted_cidrs]
        groups = [aws_ec2.Peer.security_group_id(group) for group in database.admitted_security_group_ids]
        for peer in (*networks, *groups):
            self.security_group.add_ingress_rule(peer, aws_ec2.Port.tcp(self.port), "admitted")

    def _make_logs(self, name: str, environment: Environment) -> None:
        """Make the groups before RDS does: its own would never expire."""
        for log in LOG_EXPORTS:
            group = log_group(self, f"{log.title()}Log", f"/aws/rds/instance/{name}/{log}", environment)
            self.instance.node.add_dependency(group)


def _engine(database: CreatedDatabase) -> aws_rds.IInstanceEngine:
    version = aws_rds.PostgresEngineVersion.of(database.engine_version, _major(database))
    return aws_rds.DatabaseInstanceEngine.postgres(version=version)


def _major(database: CreatedDatabase) -> str:
    return database.engine_version.partition(".")[0]


def _parameters(database: CreatedDatabase) -> dict[str, str]:
    family = f"postgres{_major(database)}"
    connections = {"max_connections": str(database.max_connections)} if database.max_connections else {}
    parameters = {
        **connections,
        "rds.force_ssl": "1",
        "shared_preload_libraries": "pg_stat_statements",
        "track_io_timing": "1",
        "log_min_duration_statement": str(database.slow_query_ms),
        "log_lock_waits": "1",
        "log_connections": every_connection(family),
        "log_disconnections": "1",
        # Parameters hold customers' data; the statement alone shows what was slow.
        "log_parameter_max_length": "0",
        "log_parameter_max_length_on_error": "0",
    }
    refuse_what_rds_refuses(family, parameters)
    return parameters


def _acknowledged(database: CreatedDatabase) -> dict[str, str]:
    reasons = {"RDS11": "No route leads to the instance but from networks that are admitted: a port hides nothing."}
    if not database.multi_az:
        reasons["RDS3"] = "A standby doubles the price; database.multi_az switches it on."
    if not database.deletion_protection:
        reasons["RDS10"] = "Switched off by database.deletion_protection; the instance is retained anyway."
    return reasons
