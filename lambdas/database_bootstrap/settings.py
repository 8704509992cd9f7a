from dataclasses import dataclass

from lambdas.shared.environment import FunctionSettings

VERSION = "1"
"""Of what the login may do.  Raise it when `make_login` grants something else: deploying then makes it again."""


@dataclass(frozen=True)
class Settings(FunctionSettings):
    database_host: str
    database_port: int
    database_name: str
