from dataclasses import dataclass
from enum import StrEnum

from lambdas.shared.environment import FunctionSettings
from lambdas.vocabulary.codec import JsonDocument


class DeployedBy(StrEnum):
    CLOUDFORMATION = "cloudformation"
    CODEDEPLOY = "codedeploy"
    ECS = "ecs"


@dataclass(frozen=True)
class Target(JsonDocument):
    """What is deployed, and the project whose code it runs."""

    deployed_by: DeployedBy
    name: str
    """Of the stack; of the application of CodeDeploy; `<cluster>/<service>` of ECS."""
    project: str


@dataclass(frozen=True)
class Settings(FunctionSettings):
    table: str
    release_tag: str
    """Of a stack or a task definition: its value is the version."""
    targets: tuple[str, ...]
    """Each a `Target` as JSON."""

    @property
    def known_targets(self) -> tuple[Target, ...]:
        return tuple(map(Target.from_json, self.targets))
