"""What an operator should know of an environment before it is deployed, and what is no fault of its file."""

from collections.abc import Callable, Iterator

from stacks.settings import Environment

LINK = "https://"


def remarks(environment: Environment) -> Iterator[str]:
    """One line for each, beginning with the environment's name."""
    for remark in _REMARKS:
        if line := remark(environment):
            yield f"{environment.name}: {line}"


def _without_links(environment: Environment) -> str | None:
    if environment.runbook_url.startswith(LINK):
        return None
    return "runbook_url is not set: alerts name the page of their runbook, and do not link to it"


_REMARKS: tuple[Callable[[Environment], str | None], ...] = (_without_links,)
