from dataclasses import dataclass

from lambdas.shared.environment import FunctionSettings
from lambdas.vocabulary.codec import JsonDocument


@dataclass(frozen=True)
class ProjectToken(JsonDocument):
    """Where the token of a project is kept: whoever has it may write the project's releases and source maps."""

    project: str
    store: str
    """`secret` (Secrets Manager) or `parameter` (Parameter Store)."""
    name: str


@dataclass(frozen=True)
class Settings(FunctionSettings):
    organization: str
    """The only organization that there is; in Sentry's words its slug."""
    table: str
    bucket: str
    tokens: tuple[str, ...]
    """Each a `ProjectToken` as JSON."""

    @property
    def project_tokens(self) -> tuple[ProjectToken, ...]:
        return tuple(map(ProjectToken.from_json, self.tokens))
