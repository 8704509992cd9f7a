"""Runs of a function's work on an EC2 instance that lives for the run only."""

from typing import Final

LARGE_RUN: Final = "LARGE_RUN"
"""The environment variable that is set where a function's code runs on an instance, and nowhere else."""
RESULT: Final = "result.json"
"""What the run answered, `{"answer": …}`, or what it failed with, `{"error": "<type>", "message": "<text>"}`."""
LOG: Final = "log.jsonl"
"""What the run wrote; its lines are JSON where the function wrote them, and plain text where a program did."""
