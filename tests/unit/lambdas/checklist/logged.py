"""Lines of the fake account's logs."""

import json
from collections.abc import Mapping
from typing import Any

from tests.unit.lambdas.checklist.accounts import AT

SHOP = {"application": "shop", "address": "10.0.1.5", "sessions": 6, "idle": 4}
MEASURED: Mapping[str, Any] = {
    "connections": {"used": 9, "available": 95, "maximum": 100, "used_percent": 9.5},
    "sessions": [SHOP],
    "slow_statements": [{"id": "42", "mean_milliseconds": 1500.0}],
}


def line(written: Mapping[str, Any], ago: float = 60) -> dict[str, Any]:
    return {"timestamp": int((AT.timestamp() - ago) * 1000), "message": json.dumps(written)}


def looked(*, pooled: bool = False, absent: Mapping[str, str] | None = None, **measured: Any) -> dict[str, Any]:
    """What `database_check` logged a minute ago, and an older line; a measurement that is None is left out."""
    values = {name: value for name, value in {**MEASURED, **measured}.items() if value is not None}
    newest = {
        "message": "database checked",
        "server_version": "18.1",
        "latency_ms": 1.2,
        "pooled": pooled,
        "measurements": values,
        "absent": dict(absent or {}),
    }
    return {"events": [line({"message": "database checked", "measurements": {}}, ago=900), line(newest)]}
