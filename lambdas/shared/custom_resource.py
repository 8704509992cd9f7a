"""Answering CloudFormation, which waits for an hour for a custom resource that stays silent."""

import json
import threading
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from lambdas.shared.clock import Deadline
from lambdas.shared.masking import masked_text
from lambdas.shared.observability import logger

Work = Callable[[], Mapping[str, str]]
TIME_TO_ANSWER = 5.0  # seconds kept back before the platform stops the function
LONGEST_REASON = 1000  # characters; the whole answer may have 4096 bytes


def answer(event: Mapping[str, Any], work: Work, *, physical_id: str, deadline: Deadline) -> None:
    """Do `work` for a Create or an Update and tell CloudFormation of it; a Delete is answered and does nothing.

    What `work` returns becomes the resource's attributes; what it raises becomes the reason of the failure, and
    running out of time is answered before it happens.  Raises OSError when CloudFormation's address cannot be
    reached: Lambda then tries again.
    """
    reply = _Reply(event, event.get("PhysicalResourceId") or physical_id)
    if event["RequestType"] == "Delete":
        reply.send("SUCCESS")
        return
    timer = threading.Timer(
        max(deadline.remaining - TIME_TO_ANSWER, 0), reply.send, ("FAILED", f"{physical_id} ran out of time")
    )
    timer.start()
    try:
        attributes = work()
    except Exception as error:  # noqa: BLE001  (whatever it is, CloudFormation must hear of it)
        reason = masked_text(" ".join(str(error).split())) or type(error).__name__
        logger.error("custom resource failed", resource=physical_id, reason=reason)
        reply.send("FAILED", reason)
    else:
        reply.send("SUCCESS", attributes=attributes)
    finally:
        timer.cancel()


@dataclass
class _Reply:
    """The one answer to a request; whoever comes second stays silent."""

    event: Mapping[str, Any]
    physical_id: str
    _sent: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def send(self, status: str, reason: str = "", *, attributes: Mapping[str, str] | None = None) -> None:
        with self._lock:
            if self._sent:
                return
            self._put(
                {
                    "Status": status,
                    "Reason": reason[:LONGEST_REASON],
                    "PhysicalResourceId": self.physical_id,
                    "Data": dict(attributes or {}),
                    **{name: self.event[name] for name in ("StackId", "RequestId", "LogicalResourceId")},
                }
            )
            self._sent = True

    def _put(self, document: dict[str, Any]) -> None:
        # An empty type: CloudFormation signs the address without one, and urllib would add its own.
        request = urllib.request.Request(  # noqa: S310  (the address comes from CloudFormation)
            self.event["ResponseURL"], json.dumps(document).encode(), {"Content-Type": ""}, method="PUT"
        )
        with urllib.request.urlopen(request, timeout=TIME_TO_ANSWER - 1):  # noqa: S310
            logger.info("custom resource answered", resource=self.physical_id, status=document["Status"])
