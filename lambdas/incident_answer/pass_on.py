"""Hands an answer to the function that decides."""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from lambdas.shared.observability import logger
from lambdas.vocabulary.codec import decode, encode
from lambdas.vocabulary.incidents import Reply


class NotPassedOnError(Exception):
    """The function that decides failed, or did not answer in time; the answer may count all the same."""


@dataclass(frozen=True)
class Outcome:
    outcome: str
    """`done`, `noted`, `refused` or `repeated`."""
    text: str
    """For whoever answered, in one line."""

    @property
    def is_good(self) -> bool:
        return self.outcome != "refused"


@dataclass(frozen=True)
class Decider:
    """`functions` is a client of Lambda, which answers or fails in time."""

    functions: Any
    name: str

    def pass_on(self, reply: Reply) -> Outcome:
        """Raises NotPassedOnError."""
        try:
            answer = self.functions.invoke(
                FunctionName=self.name, Payload=json.dumps({"reply": encode(reply)}).encode()
            )
            payload = answer["Payload"].read()
            if "FunctionError" in answer:
                raise NotPassedOnError("it ended with an error")  # noqa: TRY301 - all failures are logged in one place
            outcome: Outcome = decode(Outcome, json.loads(payload), ignore_unknown=True)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is not known whether the answer counts
            logger.exception("an answer was not passed on", incident=reply.incident, via=reply.via)
            raise NotPassedOnError(type(error).__name__) from None
        logger.info("answer passed on", incident=reply.incident, via=reply.via, outcome=outcome.outcome)
        return outcome


def nonce_of(*parts: str) -> str:
    """By which the same answer is recognised when it comes again."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]
