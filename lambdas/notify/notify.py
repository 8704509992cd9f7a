"""Handles a batch of the queue's messages, all at the same time and independent of each other."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from lambdas.notify.deliver import Deliverer
from lambdas.notify.errors import BadMessageError
from lambdas.notify.gather import Gatherer
from lambdas.notify.queue import Deliver, Flush, work_of
from lambdas.notify.read_notice import received
from lambdas.notify.settings import BATCH
from lambdas.shared.observability import logger


@dataclass(frozen=True)
class Notifier:
    gatherer: Gatherer
    deliverer: Deliverer

    def handle_all(self, records: Sequence[dict[str, Any]]) -> dict[str, Any]:
        """Handle every message; the answer names those to be retried, which end among the dead letters.

        They run in parallel, so that a channel that hangs delays none of the others.
        """
        with ThreadPoolExecutor(BATCH, thread_name_prefix="message") as threads:
            handled = list(threads.map(self._is_handled, records))
        failed = [record["messageId"] for record, done in zip(records, handled, strict=True) if not done]
        return {"batchItemFailures": [{"itemIdentifier": identifier} for identifier in failed]}

    def _is_handled(self, record: dict[str, Any]) -> bool:
        try:
            self._handle(record["body"])
        except BadMessageError as error:
            logger.error("not handled", queued=record["messageId"], reason=str(error))
            return False
        except Exception:  # noqa: BLE001 - the others of the batch are handled, and this one comes again
            logger.exception("not handled", queued=record["messageId"])
            return False
        return True

    def _handle(self, body: str) -> None:
        match work_of(body):
            case Flush() as work:
                self.gatherer.flush(work)
            case Deliver() as work:
                self.deliverer.deliver(work)
            case envelope:
                self.gatherer.accept(received(envelope), envelope)
