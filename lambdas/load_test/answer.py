"""What the function answers to whoever invoked it."""

from collections.abc import Mapping
from typing import Any

from lambdas.load_test.refused import RefusedError
from lambdas.load_test.request import request_from
from lambdas.load_test.run_load_test import LoadTest
from lambdas.shared.observability import logger
from lambdas.vocabulary.codec import encode


def answer(test: LoadTest, event: Mapping[str, Any], invocation: str) -> dict[str, Any]:
    """`report`, or `refused` with the reason: a refusal is no error of the function."""
    try:
        report = test.run(request_from(event, invocation))
    except RefusedError as error:
        logger.warning("load test refused", reason=str(error))
        return {"refused": str(error)}
    logger.info("load test ended", verdict=report.verdict, reason=report.reason, knee=report.knee_multiple)
    return {"report": encode(report)}
