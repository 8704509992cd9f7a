"""Where the database is, apart from the code that connects to it: the stacks need the one without the other."""

from dataclasses import dataclass

from lambdas.shared.environment import FunctionSettings


@dataclass(frozen=True)
class DatabaseSettings(FunctionSettings):
    """A host for IAM login, or a secret that holds a `postgresql://` URL; not both."""

    database: str
    """The label: its folder in the bucket, its dimension."""
    database_host: str | None
    database_port: int
    database_name: str | None
    """What PostgreSQL calls it."""
    database_login: str | None
    database_url_secret: str | None
    database_minimum_tls: str
