from dataclasses import dataclass

from lambdas.shared.environment import FunctionSettings


@dataclass(frozen=True)
class Settings(FunctionSettings):
    master_secret: str
    """ARN of the secret with the master user's `username` and `password`."""
    bootstrap_function: str
    """The function in the database's subnets, which cannot reach Secrets Manager."""
