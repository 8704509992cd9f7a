from dataclasses import dataclass
from datetime import timedelta

from lambdas.shared.environment import FunctionSettings

SECRET, PARAMETER = "secret", "parameter"


@dataclass(frozen=True)
class Settings(FunctionSettings):
    bucket: str
    """Where batches lie that were too large for the queue."""
    queue_url: str
    """The queue that invokes the function."""
    dsn_secret: str | None
    """Sentry's DSN in Secrets Manager, by its name or ARN."""
    dsn_parameter: str | None
    """The same in the Parameter Store, where it is not a secret."""
    own_hosts: tuple[str, ...]
    """Of the intake: what is sent there comes back.  One without a port stands for all its ports."""
    give_up: timedelta
    """An error that is older is not sent any more."""
    allow_private: bool = False
    """Whether Sentry may be on a private or loopback address, and there without TLS."""

    @property
    def dsn_stored(self) -> tuple[str, str]:
        """In which store, and under which name."""
        return (SECRET, self.dsn_secret) if self.dsn_secret else (PARAMETER, self.dsn_parameter or "")
