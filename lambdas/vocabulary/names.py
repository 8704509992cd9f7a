"""Names that the infrastructure gives and the functions recognise."""

from dataclasses import dataclass
from typing import Protocol

DEFAULT_TITLE = "JunkOS"


@dataclass(frozen=True)
class ServiceNames:
    """All names that begin with the service's, made of its title: `Acme Shop` is the service `acme-shop`."""

    title: str = DEFAULT_TITLE
    """As people read it."""

    @property
    def service(self) -> str:
        """As names at AWS begin."""
        return self.title.lower().replace(" ", "-")

    @property
    def namespace(self) -> str:
        """The metrics' namespace, and how the headers of a webhook begin; never that of a service of another name."""
        return self.title.replace(" ", "-")

    @property
    def monitor_login(self) -> str:
        """The PostgreSQL login of every function near the database."""
        return f"{self.in_postgres}_monitor"

    @property
    def master_user(self) -> str:
        """The login that RDS makes with a new instance; it takes 16 characters."""
        return f"{self.in_postgres[:9]}_master"

    @property
    def in_postgres(self) -> str:
        """As an identifier that needs no quotes."""
        return self.service.replace("-", "_")

    @property
    def own_sessions(self) -> str:
        """How the application_name of this system's own PostgreSQL sessions begins.

        A backend may be called `<service>-api`, or even `<service>-monitoring`, but not with the slash: whatever begins
        so is passed over when sessions are judged.
        """
        return f"{self.service}-monitoring/"

    def session_name(self, work: str) -> str:
        """What a PostgreSQL session of this system is called that does this work, as `pg_stat_activity` shows it."""
        return f"{self.own_sessions}{work}"


class Named(Protocol):
    """What names at AWS are made of: an environment of a service, such as that of the settings."""

    @property
    def name(self) -> str: ...

    @property
    def service(self) -> str: ...


def physical_name(environment: Named, thing: str) -> str:
    """`<service>-<environment>-<thing>`, with the thing's underscores as dashes."""
    return f"{environment.service}-{environment.name}-{thing.replace('_', '-')}"


def bucket_name(environment: Named, account: str, region: str) -> str:
    """The backups' bucket; account and region make it unique in the world."""
    return f"{physical_name(environment, 'backups')}-{account}-{region}"


def copies_bucket_name(environment: Named, account: str, region: str) -> str:
    """The bucket of the backups' copies in a second region.

    Not the name that the backups of an environment in that region have: when the first region is lost, it is deployed
    there anew.
    """
    return f"{physical_name(environment, 'copies')}-{account}-{region}"
