"""What the home page shows, read from the account each time that it is opened."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import boto3
from botocore.config import Config

from demo.inboxes.inbox import Arrival
from emulator.account import ACCOUNT_ID, REGION
from lambdas.shared.alarms import Alarm, alarms_of, worst_first
from lambdas.shared.catalogue import Catalogue
from lambdas.vocabulary.backups import Manifest, Verification
from lambdas.vocabulary.names import DEFAULT_TITLE, ServiceNames

MOST_BACKUPS, MOST_ARRIVALS = 20, 50


@dataclass(frozen=True)
class Source:
    """Where it is read from."""

    account_url: str
    environment: str
    database: str
    bucket: str
    status_page: str
    """Its address."""
    days_made_up: int = 0
    """How many days of the status page's history nobody has watched."""
    title: str = DEFAULT_TITLE
    """The service's."""

    @property
    def name(self) -> str:
        return self.environment

    @property
    def service(self) -> str:
        return ServiceNames(self.title).service

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class Backup:
    manifest: Manifest
    verification: Verification | None
    """None while it has not been restored."""


@dataclass(frozen=True)
class Content:
    source: Source
    firing: Sequence[Alarm]
    """The worst first."""
    backups: Sequence[Backup]
    """The newest first."""
    arrivals: Sequence[Arrival]
    """The newest first."""


def read_content(source: Source, arrivals: Sequence[Arrival]) -> Content:
    """Raises botocore's errors when the account does not answer."""
    alarms = alarms_of(_client(source, "cloudwatch"), source, "ALARM")
    catalogue = Catalogue(_client(source, "s3"), source.bucket)
    prefixes = catalogue.prefixes(source.database)[:MOST_BACKUPS]
    return Content(
        source,
        worst_first(alarm for alarm in alarms if alarm.delivers),
        [Backup(catalogue.commit(prefix).manifest, catalogue.verification(prefix)) for prefix in prefixes],
        list(reversed(arrivals))[:MOST_ARRIVALS],
    )


def _client(source: Source, service: str) -> Any:
    return boto3.client(
        service,
        endpoint_url=source.account_url,
        region_name=REGION,
        aws_access_key_id=ACCOUNT_ID,
        aws_secret_access_key="test",  # noqa: S106 - the embedded account's, which guards nothing
        config=Config(read_timeout=10, retries={"max_attempts": 0}),
    )
