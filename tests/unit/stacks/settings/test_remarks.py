"""What synthesis says of an environment that is no fault."""

import pytest

from stacks.settings import load
from stacks.settings.backups import LargeRuns
from stacks.settings.remarks import remarks


def test_alerts_without_links_are_remarked_on():
    prod = load("prod")
    assert [line for line in remarks(prod) if "runbook_url" in line] == [
        "prod: runbook_url is not set: alerts name the page of their runbook, and do not link to it"
    ]
    linked = prod.model_copy(update={"runbook_url": "https://wiki.example.com/runbooks"})
    assert not any("runbook_url" in line for line in remarks(linked))


def with_storage(storage, **backups):
    prod = load("prod")
    return prod.model_copy(
        update={
            "database": prod.database.model_copy(update={"allocated_storage_gb": storage}),
            "backups": prod.backups.model_copy(update=backups),
        }
    )


@pytest.mark.parametrize(("storage", "disk", "room"), [(500, 10, "8 GB"), (21, 5, "4 GB")])
def test_large_database_gives_remark(storage, disk, room):
    """A database too large to be proven is remarked on."""
    large = with_storage(storage, verification_storage_gb=disk, large_runs=LargeRuns(enabled=False))
    (line,) = (line for line in remarks(large) if "allocated_storage_gb" in line)
    assert line.startswith(f"prod: allocated_storage_gb is {storage}: ")
    assert f"more than about {room} are proven in part only" in line


def test_large_database_with_large_runs_is_not():
    """It is proven whole."""
    assert not any("allocated_storage_gb" in line for line in remarks(with_storage(500)))


@pytest.mark.parametrize("name", ["prod", "staging", "local"])
def test_a_small_database_is_not(name):
    assert not any("allocated_storage_gb" in line for line in remarks(load(name)))
