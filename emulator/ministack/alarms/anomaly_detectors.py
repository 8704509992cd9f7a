"""Anomaly detectors: kept and described. They learn nothing; a drill says what the band is."""

import json
from collections.abc import Mapping
from typing import Any

from ministack.core.responses import AccountRegionScopedDict

_detectors = AccountRegionScopedDict()
_OF = ("SingleMetricAnomalyDetector", "MetricMathAnomalyDetector")
_SINGLE = ("Namespace", "MetricName", "Dimensions", "Stat")


def put(request: Mapping[str, Any]) -> dict[str, Any]:
    """Create or replace the detector of a metric; ValueError says what is missing."""
    _detectors[key(request)] = {**request, "StateValue": "PENDING_TRAINING"}
    return {}


def delete(request: Mapping[str, Any]) -> dict[str, Any]:
    _detectors.pop(key(request), None)
    return {}


def describe(request: Mapping[str, Any]) -> dict[str, Any]:
    wanted = {name: request[name] for name in ("Namespace", "MetricName") if request.get(name)}
    found = [it for it in _detectors.values() if wanted.items() <= {**it, **it.get(_OF[0], {})}.items()]
    return {"AnomalyDetectors": found}


def key(request: Mapping[str, Any]) -> str:
    """What a detector is for, by which a second one for it replaces the first."""
    for name in _OF:
        if request.get(name):
            return json.dumps(request[name], sort_keys=True)
    if missing := [name for name in ("Namespace", "MetricName", "Stat") if not request.get(name)]:
        raise ValueError(f"{missing[0]} is required")
    return json.dumps({name: request[name] for name in _SINGLE if request.get(name)}, sort_keys=True)
