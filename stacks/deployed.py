"""The addresses that people need of what was just deployed: `python -m stacks.deployed cdk.out/prod/outputs.json`."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

ADDRESSES = {"StatusPageUrl": "status page", "DashboardUrl": "dashboard"}
"""Outputs of the stacks, and what they are called."""


def addresses(outputs: dict[str, dict[str, str]]) -> Iterator[str]:
    """One line for each address in the outputs of all stacks, as the CDK's `--outputs-file` has them."""
    found = {name: value for stack in outputs.values() for name, value in stack.items()}
    for name, title in ADDRESSES.items():
        if name in found:
            yield f"{title}: {found[name]}"


if __name__ == "__main__":
    for line in addresses(json.loads(Path(sys.argv[1]).read_text())):
        print(line)
