"""Query definitions: saved queries of Logs Insights."""

import time
from collections.abc import Mapping
from typing import Any

from ministack.core.responses import AccountRegionScopedDict, new_uuid

_definitions = AccountRegionScopedDict()
_FIELDS = ("name", "queryString", "logGroupNames", "queryLanguage", "parameters")


def put(request: Mapping[str, Any]) -> dict[str, Any]:
    """Save a query, under the id that is given or a new one; ValueError names what is missing."""
    if missing := [name for name in ("name", "queryString") if not request.get(name)]:
        raise ValueError(f"{missing[0]} is required")
    identifier = request.get("queryDefinitionId") or new_uuid()
    saved = {name: request[name] for name in _FIELDS if request.get(name)}
    _definitions[identifier] = {
        "queryLanguage": "CWLI",
        **saved,
        "queryDefinitionId": identifier,
        "lastModified": int(time.time() * 1000),
    }
    return {"queryDefinitionId": identifier}


def describe(request: Mapping[str, Any]) -> dict[str, Any]:
    prefix = request.get("queryDefinitionNamePrefix", "")
    found = [it for it in _definitions.values() if it["name"].startswith(prefix)]
    return {"queryDefinitions": sorted(found, key=lambda it: str(it["name"]))[: int(request.get("maxResults", 1000))]}


def delete(request: Mapping[str, Any]) -> dict[str, Any]:
    return {"success": _definitions.pop(request["queryDefinitionId"], None) is not None}
