"""Where the database is, and what a function needs to reach it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from aws_cdk import aws_iam


@dataclass(frozen=True)
class Endpoint:
    """Where a PostgreSQL of RDS listens, and the secret with its master user's `username` and `password`."""

    host: str
    port: int
    database_name: str
    master_secret_arn: str


@dataclass(frozen=True)
class Connection:
    """What a function of another stack needs to reach the database."""

    function_settings: dict[str, Any]
    """The fields of the functions' `DatabaseSettings`, but for the environment."""
    allow_login: Callable[[aws_iam.IGrantable], object]
    placement: dict[str, Any] = field(default_factory=dict)
    """Arguments of a function that put it near the database; none where that is reached from anywhere."""
    instance_identifier: str | None = None
    instance_arn: str | None = None
