"""The end of a large run: its instance is terminated, its log copied, its result read."""

import json
import sys
from dataclasses import dataclass
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from lambdas.large_run.instances import of_execution, terminate
from lambdas.large_run.results import Log, Results
from lambdas.large_run.settings import Settings
from lambdas.shared.lines import one_line
from lambdas.shared.masking import masked_text
from lambdas.shared.observability import logger
from lambdas.vocabulary.large_runs import FAILED_RUN

LONGEST_LINE: Final = 200_000
"""CloudWatch Logs takes events of 256 KiB."""
LONGEST_FAILURE: Final = 3000
_TAIL, _LETTERS, _READ = 3, 600, 5000
"""Lines of the log's end, and their letters, in the failure of a run that wrote no result; letters that are masked."""


@dataclass(frozen=True)
class Ending:
    """An execution whose next step is none but this, and what is known of its failure."""

    job: str
    execution: str
    failure: str = ""


def end(ending: Ending, settings: Settings, ec2: Any, s3: Any) -> dict[str, Any]:
    """The function's own answer, or under `failed_large_run` in one line why there is none.

    Raises what EC2 refuses the termination with: a run is at its end when nothing of it is paid for any more.
    """
    terminate(ec2, of_execution(ec2, settings, ending.execution))
    results = Results.of(s3, settings.bucket, ending.job, ending.execution)
    result, log = results.result(), _copied(results, ending)
    if result and result.answer is not None:
        return result.answer
    failure = result.failure if result else _without_result(ending, log)
    text = one_line(f"the large run of {ending.job} failed: {failure}", LONGEST_FAILURE)
    logger.error(text, execution=ending.execution, folder=results.folder)
    return {FAILED_RUN: text}


def _without_result(ending: Ending, log: Log) -> str:
    failure = ending.failure or "it wrote no result"
    tail = masked_text(" | ".join(log.lines[-_TAIL:])[-_READ:])[-_LETTERS:]  # half a secret is not recognised as one
    return f"{failure}; the log ends with: {tail}" if tail else failure


def _copied(results: Results, ending: Ending) -> Log:
    """The log, which stands now in the log of this function, from where CloudWatch reads its metrics, too.

    That it cannot be read ends no run.
    """
    try:
        log = results.log()
    except (ClientError, BotoCoreError) as error:
        logger.error("the log of a large run could not be read", folder=results.folder, reason=str(error))
        return Log((), 0)
    if log.left_out:
        logger.warning("only the log's end is copied", left_out_bytes=log.left_out, folder=results.folder)
    for line in log.lines:
        _write(line, ending)
    return log


def _write(line: str, ending: Ending) -> None:
    """As it is where it is a JSON document, which the code that wrote it has masked; else as a line of ours."""
    try:
        is_document = isinstance(json.loads(line), dict) and len(line) <= LONGEST_LINE
    except ValueError:
        is_document = False
    if is_document:
        sys.stdout.write(f"{line}\n")
    else:
        logger.info("from the instance", line=line[:LONGEST_LINE], job=ending.job)
