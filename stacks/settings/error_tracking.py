"""Section `[errors]`: which errors are tracked, from where, and how much of them is kept."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from lambdas.vocabulary.error_tracking import DEFAULT_PROJECT, OWN_PROJECT
from stacks.settings.section import Section
from stacks.settings.types import DeployedName, DsnKeys, ParameterName, ProjectName, refuse_repeated


class ErrorProject(Section):
    """One application whose errors arrive by a DSN: Sentry's SDKs and sentry-cli work against it as they are."""

    name: Annotated[ProjectName, Field(description="Its name; sentry-cli's `--project`.")] = DEFAULT_PROJECT
    number: Annotated[int, Field(ge=1, le=999_999, description="Its number, the last part of the DSN.")] = 1
    keys: Annotated[
        DsnKeys,
        Field(
            min_length=1,
            max_length=5,
            description="The public keys of its DSNs; `openssl rand -hex 16` makes one. To replace one add the new,"
            " deploy, change the clients, and take the old one away.",
        ),
    ]
    quota_per_minute: Annotated[
        int, Field(ge=1, le=60_000, description="Events that one key may send in a minute; what is above is counted.")
    ] = 600
    token_parameter: Annotated[
        ParameterName | None,
        Field(
            description="A SecureString of the Parameter Store with the token that sentry-cli sends. Left out:"
            " releases and source maps cannot be uploaded."
        ),
    ] = None


class RecordedDeployment(Section):
    """A deployment that AWS reports, as that of a release: for pipelines that record none themselves."""

    deployed_by: Annotated[
        Literal["cloudformation", "codedeploy", "ecs"], Field(description="Which service deploys the application.")
    ]
    name: Annotated[
        DeployedName,
        Field(description="The stack, the application of CodeDeploy, or `<cluster>/<service>` of ECS."),
    ]
    project: Annotated[
        ProjectName | None, Field(description="Whose code it is. Left out: that of the first project.")
    ] = None


class ErrorTracking(Section):
    """Errors, grouped into issues."""

    enabled: Annotated[bool, Field(description="Whether errors are tracked at all.")] = True
    logs: Annotated[
        bool | None,
        Field(
            description="Track errors of the API's log (`docs/log-contract.md`). Left out: where no project is, since"
            " a backend with an SDK would have each error twice."
        ),
    ] = None
    own_functions: Annotated[bool, Field(description="Track the errors of this system's own functions, too.")] = True
    projects: Annotated[tuple[ErrorProject, ...], Field(max_length=10, strict=False)] = ()
    deployments: Annotated[tuple[RecordedDeployment, ...], Field(max_length=20, strict=False)] = ()
    relay_parameter: Annotated[
        ParameterName | None,
        Field(
            description="A SecureString of the Parameter Store with the DSN of a Sentry to which the same events go,"
            " without secrets."
        ),
    ] = None
    relay_allow_private: Annotated[
        bool, Field(description="Whether that Sentry may lie on a private or loopback address, and there without TLS.")
    ] = False
    sample_days: Annotated[int, Field(ge=1, le=90, description="How long single events are kept.")] = 30
    issue_days: Annotated[int, Field(ge=30, le=800, description="How long an issue is kept after its last event.")] = (
        400
    )
    new_issues_per_day: Annotated[
        int, Field(ge=10, le=10_000, description="More new issues of a project in one day are counted as one.")
    ] = 1000
    per_minute_high: Annotated[
        int, Field(ge=1, le=100_000, description="More errors in one minute are an alarm of level high.")
    ] = 10
    per_minute_critical: Annotated[
        int, Field(ge=1, le=100_000, description="More errors in one minute are an alarm of level critical.")
    ] = 50

    @property
    def main_project(self) -> str:
        """The one that is meant where none is named; errors of the API's log are in it."""
        return self.projects[0].name if self.projects else DEFAULT_PROJECT

    @property
    def all_projects(self) -> tuple[str, ...]:
        """The main one first, this system's own last."""
        tracked = tuple(project.name for project in self.projects) or (self.main_project,)
        return (*tracked, *((OWN_PROJECT,) if self.own_functions else ()))

    @property
    def from_logs(self) -> bool:
        return not self.projects if self.logs is None else self.logs

    @model_validator(mode="after")
    def _different(self) -> Self:
        refuse_repeated([project.name for project in self.projects], "the project")
        refuse_repeated([str(project.number) for project in self.projects], "the number")
        refuse_repeated([key for project in self.projects for key in project.keys], "a key of")
        if any(project.name == OWN_PROJECT for project in self.projects):
            raise ValueError(f"must not have a project {OWN_PROJECT!r}: this system's own errors are in it")
        if self.relay_parameter and not self.projects:
            raise ValueError("must have a project where relay_parameter is set: what clients send is sent on")
        if self.per_minute_critical <= self.per_minute_high:
            raise ValueError("must have a per_minute_critical above per_minute_high")
        return self
