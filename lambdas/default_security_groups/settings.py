from dataclasses import dataclass

from lambdas.shared.environment import FunctionSettings


@dataclass(frozen=True)
class Settings(FunctionSettings):
    account: str
    groups: tuple[str, ...]
    """Identifiers of the default security groups of the VPCs that this system made."""
