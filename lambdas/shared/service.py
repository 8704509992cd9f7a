"""Whose function this is: the service's title travels in one environment variable, and all names are made of it."""

import os
from collections.abc import Mapping
from dataclasses import dataclass

from lambdas.vocabulary.names import DEFAULT_TITLE, ServiceNames

SERVICE_TITLE = "SERVICE_TITLE"


@dataclass(frozen=True)
class Here:
    """The environment that a function belongs to, as names at AWS are made of it."""

    name: str
    service: str


def variables_of(names: ServiceNames) -> dict[str, str]:
    """What a function of this service needs in its environment; one of the default title needs nothing."""
    return {} if names.title == DEFAULT_TITLE else {SERVICE_TITLE: names.title}


def own_names(variables: Mapping[str, str] = os.environ) -> ServiceNames:
    """The names of the service that this function belongs to."""
    return ServiceNames(variables.get(SERVICE_TITLE, DEFAULT_TITLE))
