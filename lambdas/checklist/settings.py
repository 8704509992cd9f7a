from dataclasses import dataclass

from lambdas.shared.environment import FunctionSettings
from lambdas.vocabulary.checklist import Attestation, Waiver


@dataclass(frozen=True)
class Settings(FunctionSettings):
    """What the environment's file says and the account does not show.

    Names of functions, tables and alarms are not among them: they are made of the environment's own (`Situation.name`).
    """

    owner: str
    reports: str
    """The bucket of reports."""
    backups: str
    """The bucket of backups."""
    copy_region: str | None
    """The second region, in which backups have copies; None where they have none."""
    point_in_time_drills: bool
    """Whether RDS's own backups are restored by schedule."""
    medium_topic: str
    """The ARN of the topic to which new blockers are published."""
    runbook_url: str
    """Where the runbooks can be read."""
    database: str
    """The database's name in the catalogue of backups."""
    instance: str | None
    """The identifier of the database's instance of RDS; None where it is not known or not one."""
    recovery_time_objective_minutes: int
    recovery_point_objective_hours: int
    grace_hours: int
    """How far a backup's age may pass the objective."""
    backend_log: str
    """The log group of the API."""
    log_retention_days: int
    log_level: str
    """The least level that functions log."""
    endpoints: int
    """How many are probed."""
    probe_minutes: int
    """How often."""
    status_page: bool
    errors: bool
    """Whether errors are tracked at all."""
    projects: tuple[str, ...]
    """The names of the projects to which clients send errors; none where the log is all that is read."""
    on_call: bool
    """Whether somebody is on call, so that there are incidents and pages."""
    guardduty: bool
    account_changes: bool
    """Whether acts that weaken the account are watched for."""
    waivers: tuple[Waiver, ...]
    attestations: tuple[Attestation, ...]
