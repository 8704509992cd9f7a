"""RDS ships its log every five minutes, so its latest restorable time moves; without backups there is none."""

import re
import time
from collections.abc import Callable
from typing import Any

from ministack.services import rds

LOG_SHIPPING_SECONDS = 300
_ELEMENT = re.compile(r"\s*<LatestRestorableTime>.*?</LatestRestorableTime>")


def register() -> None:
    rds._instance_xml = with_restorable_time(rds._instance_xml)


def with_restorable_time(xml: Callable[[dict[str, Any]], str]) -> Callable[[dict[str, Any]], str]:
    """The description of an instance with the restorable time of this moment."""

    def instance_xml(instance: dict[str, Any]) -> str:
        if not int(instance.get("BackupRetentionPeriod") or 0):
            return _ELEMENT.sub("", xml(instance))
        shipped = rds._format_time(time.time() // LOG_SHIPPING_SECONDS * LOG_SHIPPING_SECONDS)
        newest = max(shipped, instance["InstanceCreateTime"])
        return xml({**instance, "LatestRestorableTime": newest})

    return instance_xml
