"""RDS ships its log every five minutes, so its latest restorable time moves; without backups there is none."""

import re
import time
from typing import Any

from ministack.services import rds

LOG_SHIPPING_SECONDS = 300
_ELEMENT = re.compile(r"\s*<LatestRestorableTime>.*?</LatestRestorableTime>")

_xml = rds._instance_xml


def register() -> None:
    rds._instance_xml = instance_xml


def instance_xml(instance: dict[str, Any]) -> str:
    if not int(instance.get("BackupRetentionPeriod") or 0):
        return _ELEMENT.sub("", _xml(instance))
    shipped = rds._format_time(time.time() // LOG_SHIPPING_SECONDS * LOG_SHIPPING_SECONDS)
    newest = max(shipped, instance["InstanceCreateTime"])
    return str(_xml({**instance, "LatestRestorableTime": newest}))
