"""What synthesis says of an environment that is no fault."""

from stacks.settings import load
from stacks.settings.remarks import remarks


def test_alerts_without_links_are_remarked_on():
    prod = load("prod")
    assert [line for line in remarks(prod) if "runbook_url" in line] == [
        "prod: runbook_url is not set: alerts name the page of their runbook, and do not link to it"
    ]
    linked = prod.model_copy(update={"runbook_url": "https://wiki.example.com/runbooks"})
    assert not any("runbook_url" in line for line in remarks(linked))
