"""What an operator should know of an environment before it is deployed, and what is no fault of its file."""

from collections.abc import Callable, Iterator

from lambdas.vocabulary.backups import PROVABLE_SHARE
from stacks.settings import Environment, ExternalDatabase

LINK = "https://"
SMALLEST_STORAGE = 20  # of an RDS instance; who asks for more expects more than a proof has room for


def remarks(environment: Environment) -> Iterator[str]:
    """One line for each, beginning with the environment's name."""
    for remark in _REMARKS:
        if line := remark(environment):
            yield f"{environment.name}: {line}"


def _without_links(environment: Environment) -> str | None:
    if environment.runbook_url.startswith(LINK):
        return None
    return "runbook_url is not set: alerts name the page of their runbook, and do not link to it"


def _beyond_the_proof(environment: Environment) -> str | None:
    database, disk = environment.database, environment.backups.verification_storage_gb
    if isinstance(database, ExternalDatabase) or environment.backups.large_runs.enabled:
        return None
    if database.allocated_storage_gb <= SMALLEST_STORAGE:
        return None
    return (
        f"allocated_storage_gb is {database.allocated_storage_gb}: backups of a database of more than about"
        f" {disk * PROVABLE_SHARE:g} GB are proven in part only, as a restore has {disk} GB of disk"
        " (backups.verification_storage_gb, 10 at most), and large runs are off (backups.large_runs.enabled)"
    )


_REMARKS: tuple[Callable[[Environment], str | None], ...] = (_without_links, _beyond_the_proof)
