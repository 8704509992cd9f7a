"""The queries that are saved for people in CloudWatch Logs Insights."""

from collections.abc import Iterator
from typing import Any, Final

from lambdas.checklist.check import Outcome, Reads, Situation, failed, passed
from lambdas.checklist.phrases import listed
from lambdas.vocabulary.saved_queries import QueryName, folder_of_queries

READS: Final = Reads(("logs:DescribeQueryDefinitions",), because="Saved queries are no resource that a right can name.")


def queries_of_the_api(situation: Situation, *names: QueryName) -> Outcome:
    """Whether each is saved, and asks the API's log.  Raises UnreadableError."""
    there, log, folder = _saved(situation), situation.settings.backend_log, folder_of_queries(situation.here)
    missing = [f"there is no saved query {folder}{name}" for name in names if name not in there]
    elsewhere = [name for name in names if name in there and log not in there[name].get("logGroupNames", ())]
    if faults := [*missing, *(f"{folder}{name} does not ask {log}" for name in elsewhere)]:
        return failed(listed(faults))
    return passed(f"saved in CloudWatch Logs Insights: {listed(f'{folder}{name}' for name in names)}")


def _saved(situation: Situation) -> dict[str, dict[str, Any]]:
    """Those of the environment, by their names without the folder."""
    folder = folder_of_queries(situation.here)
    found: tuple[dict[str, Any], ...] = situation.account.read(
        "logs", "the saved queries of the environment", lambda logs: tuple(_definitions(logs, folder))
    )
    return {each["name"].removeprefix(folder): each for each in found}


def _definitions(logs: Any, folder: str) -> Iterator[dict[str, Any]]:
    """Botocore has no paginator for them."""
    more: dict[str, str] = {}
    while True:
        page = logs.describe_query_definitions(queryDefinitionNamePrefix=folder, **more)
        yield from page.get("queryDefinitions", ())
        if not page.get("nextToken"):
            return
        more = {"nextToken": page["nextToken"]}
