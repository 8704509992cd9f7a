"""Queries of CloudWatch Logs Insights that are saved for people, as others rely on them."""

from enum import StrEnum

from lambdas.vocabulary.names import Named


class QueryName(StrEnum):
    """Of those that a check of the checklist looks for; there are more."""

    ERRORS_BY_ROUTE = "errors by route"
    LATENCY_BY_ROUTE = "latency by route"
    ONE_REQUEST = "one request across services"


def folder_of_queries(environment: Named) -> str:
    """How the names of all saved queries of an environment begin."""
    return f"{environment.service}-{environment.name}/"
