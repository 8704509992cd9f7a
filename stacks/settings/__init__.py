"""The settings of one environment: its TOML file, typed and checked before anything is synthesized."""

import os
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError, ValidationInfo, field_validator

from lambdas.shared.service import Here
from lambdas.vocabulary.names import DEFAULT_TITLE, ServiceNames, physical_name
from lambdas.vocabulary.point_in_time import DRILL
from stacks.settings.alerts import Alerts
from stacks.settings.api import Api, Objectives
from stacks.settings.backups import Backups, architecture_of
from stacks.settings.checklist import ChecklistSettings
from stacks.settings.database import CreatedDatabase, Database, ExistingDatabase, ExternalDatabase
from stacks.settings.database_check import DatabaseCheck
from stacks.settings.error_tracking import ErrorProject, ErrorTracking, RecordedDeployment
from stacks.settings.errors import SettingsError, lines_of, refuse_secrets
from stacks.settings.load_test import LoadedRoute, LoadTest
from stacks.settings.maintenance import Maintenance
from stacks.settings.on_call import OnCall, cross_checked
from stacks.settings.prometheus import PrometheusEndpoint, PrometheusSeries
from stacks.settings.regions import partition_of
from stacks.settings.reviews import Reviews
from stacks.settings.section import Section, refused
from stacks.settings.security import Security
from stacks.settings.types import Account, Name, Region, RunbookUrl, ServiceName, ServiceTitle, Tags, Text
from stacks.settings.uptime import MonitoredEndpoint, Uptime

__all__ = [
    "Alerts",
    "Api",
    "Backups",
    "CreatedDatabase",
    "DatabaseCheck",
    "Environment",
    "ErrorProject",
    "ErrorTracking",
    "ExistingDatabase",
    "ExternalDatabase",
    "LoadTest",
    "LoadedRoute",
    "Maintenance",
    "MonitoredEndpoint",
    "Objectives",
    "OnCall",
    "PrometheusEndpoint",
    "PrometheusSeries",
    "RecordedDeployment",
    "Reviews",
    "Security",
    "SettingsError",
    "Uptime",
    "load",
]

# A bucket's name has 63 characters; `-backups-<account>-<region>` takes up to 37, and a dash is between these two.
LONGEST_SERVICE_AND_NAME = 25
RESERVED = ("amzn", "aws", "pg", "rds", "sthree")  # names that begin so belong to AWS or to PostgreSQL
LogRetention = Literal[30, 60, 90]  # of 30 to 90 days, those that CloudWatch Logs takes


class Environment(Section):
    """One environment, as its file in `environments/` describes it."""

    name: Annotated[
        Name, Field(description="The environment's name, which is also its file's; part of every name at AWS.")
    ]
    service: Annotated[
        ServiceName,
        Field(description="The service that is watched; every name at AWS begins with it. Never changed in place."),
    ] = ServiceNames().service
    service_title: Annotated[
        ServiceTitle | None,
        Field(
            description="As people read it, and the metrics' namespace. Left out: `JunkOS`; of acme-shop `Acme Shop`."
        ),
    ] = None
    account: Annotated[
        Account | None, Field(description="The AWS account. Left out: the one of the credentials at deploy time.")
    ] = None
    region: Annotated[Region, Field(description="The AWS region.")]
    owner: Annotated[Text, Field(description="Who answers for the alarms; it is written on each of them.")]
    runbook_url: Annotated[
        RunbookUrl, Field(description="Where `docs/runbooks/` can be read; alarms link to its pages.")
    ] = "docs/runbooks"
    log_level: Annotated[
        Literal["debug", "info", "warning", "error"], Field(description="The least level that functions log.")
    ] = "info"
    log_retention_days: Annotated[LogRetention, Field(description="How long logs are kept.")] = 30
    log_encryption: Annotated[
        bool, Field(description="Encrypt logs with a key of your own (about $1 a month), not with CloudWatch's.")
    ] = False
    architecture: Annotated[
        Literal["arm64", "x86_64", "host"],
        Field(description="What the functions run on; `host` is this machine, for the embedded account."),
    ] = "arm64"
    python: Annotated[
        Literal["3.13", "host"], Field(description="The functions' Python; `host` is the one that runs the CDK.")
    ] = "3.13"
    tags: Annotated[
        Tags,
        Field(description="Tags of all that is made, such as a team; `service` and `environment` are ours."),
    ] = {}  # noqa: RUF012  (pydantic copies it)
    first_run: Annotated[
        bool,
        Field(description="At the end of the first deployment, take a backup and run every check once."),
    ] = True
    database: Database
    backups: Backups = Backups()
    alerts: Alerts
    uptime: Uptime = Uptime()
    database_check: DatabaseCheck = DatabaseCheck()
    api: Api = Api()
    objectives: Objectives = Objectives()
    security: Security = Security()
    errors: ErrorTracking = ErrorTracking()
    on_call: OnCall | None = None
    load_test: LoadTest | None = None
    checklist: ChecklistSettings = ChecklistSettings()
    reviews: Reviews = Reviews()

    @property
    def names(self) -> ServiceNames:
        """All that is called after the service."""
        default = DEFAULT_TITLE if self.service == ServiceNames().service else self.service.replace("-", " ").title()
        return ServiceNames(self.service_title or default)

    @property
    def backend_log_group(self) -> str:
        """The log group that the API's lines are in, whoever made it."""
        return self.api.log_group or f"/{self.service}/{self.name}/backend"

    @property
    def promised_endpoint(self) -> str | None:
        """The endpoint whose probes the objectives are held to; None when nothing is probed."""
        first = self.uptime.endpoints[0].name if self.uptime.endpoints else None
        return self.objectives.endpoint or first

    @field_validator("service")
    @classmethod
    def _fits_into_names(cls, service: str, info: ValidationInfo) -> str:
        if service.partition("-")[0] in RESERVED:
            raise ValueError(f"must not begin with {', '.join(RESERVED[:-1])} or {RESERVED[-1]}, which are reserved")
        if len(service) + len(name := info.data.get("name", "")) > LONGEST_SERVICE_AND_NAME:
            raise ValueError(
                f'must have {LONGEST_SERVICE_AND_NAME} characters at most together with the name "{name}": the name of'
                " the backups' bucket has no room for more"
            )
        return service

    @field_validator("service_title")
    @classmethod
    def _is_the_service(cls, title: str | None, info: ValidationInfo) -> str | None:
        service = info.data.get("service")
        if title and service and ServiceNames(title).service != service:
            raise ValueError(f'must be "{service}" in any case, with spaces or dashes for its dashes')
        return title

    @field_validator("backups")
    @classmethod
    def _drilled_where_it_can_be(cls, backups: Backups, info: ValidationInfo) -> Backups:
        database = info.data.get("database")
        if not backups.point_in_time_drill or not database:
            return backups
        if isinstance(database, ExternalDatabase):
            raise ValueError(  # noqa: TRY004  (it is a setting's value)
                "point_in_time_drill must be left out: only RDS keeps backups that it could restore"
            )
        name = physical_name(Here(str(info.data.get("name")), str(info.data.get("service"))), DRILL)
        if isinstance(database, ExistingDatabase) and database.instance_identifier == name:
            raise ValueError(f"point_in_time_drill must be left out: {name}, which it would make and delete, is yours")
        return backups

    @field_validator("backups")
    @classmethod
    def _on_the_same_processor(cls, backups: Backups, info: ValidationInfo) -> Backups:
        """A function's layers hold programs, and they are what an instance runs, too."""
        wanted, given = backups.large_runs.instance_type, info.data.get("architecture")
        if wanted and given in ("arm64", "x86_64") and given != architecture_of(wanted):
            raise refused("large_runs.instance_type", f"{wanted} is {architecture_of(wanted)}, architecture is {given}")
        return backups

    @field_validator("uptime")
    @classmethod
    def _elsewhere(cls, uptime: Uptime, info: ValidationInfo) -> Uptime:
        if (home := info.data.get("region")) in uptime.probe_regions:
            raise ValueError(f"probe_regions must not name the home region ({home}), which probes anyway")
        return uptime

    @field_validator("backups")
    @classmethod
    def _copied_elsewhere(cls, backups: Backups, info: ValidationInfo) -> Backups:
        if backups.copy_region and (home := info.data.get("region")):
            _refuse_unfit_copy(backups.copy_region, home)
        return backups

    @field_validator("objectives")
    @classmethod
    def _of_what_is_probed(cls, objectives: Objectives, info: ValidationInfo) -> Objectives:
        names = [endpoint.name for endpoint in info.data["uptime"].endpoints] if "uptime" in info.data else []
        if objectives.endpoint not in (None, *names):
            raise ValueError(f"endpoint must be one of those that are probed ({', '.join(names) or 'there is none'})")
        return objectives

    @field_validator("on_call")
    @classmethod
    def _by_channels_that_are(cls, on_call: OnCall | None, info: ValidationInfo) -> OnCall | None:
        if on_call and "alerts" in info.data:
            cross_checked(on_call, info.data["alerts"])
        return on_call


def _refuse_unfit_copy(region: str, home: str) -> None:
    """Raise an error for a region that cannot have the copies of the region `home`."""
    if region == home:
        raise refused("copy_region", f"must not be the environment's region ({home}): a copy would be lost with it")
    if (there := partition_of(region)) != (here := partition_of(home)):
        raise refused("copy_region", f"{region} is in the partition {there}, {home} in {here}: S3 copies to no other")


def load(name: str, directory: Path | None = None) -> Environment:
    """The settings of environment `name`, whose file is in `directory`.

    Without one it is the folder that the variable ENVIRONMENTS names, or else `environments`.

    Raises SettingsError with one line for each thing that is wrong: file, key, value and what is allowed.
    """
    file = (directory or Path(os.environ.get("ENVIRONMENTS") or "environments")) / f"{name}.toml"
    content = _read(file)
    refuse_secrets(file, content)
    try:
        environment = Environment.model_validate(content)
    except ValidationError as error:
        raise SettingsError(lines_of(file, Environment, error)) from None
    if environment.name != name:
        raise SettingsError([f'{file}: name = "{environment.name}": must be "{name}", as the file is called'])
    return environment


def _read(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text())
    except FileNotFoundError:
        names = (other.stem for other in file.parent.glob("*.toml"))
        known = ", ".join(sorted(one for one in names if "." not in one)) or "none"  # with a dot it is an example
        raise SettingsError([f"{file}: no such environment (there are: {known})"]) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError([f"{file}: is not TOML: {error}"]) from None
