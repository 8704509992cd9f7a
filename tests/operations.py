"""Commands as the documentation has them."""

import re
from pathlib import Path

OPERATIONS = Path("docs/operations.md")


def commands_with(text: str, document: Path = OPERATIONS) -> str:
    """The one block of shell commands that has `text` in it."""
    blocks = re.findall(r"^```sh\n(.*?)^```$", document.read_text(), re.DOTALL | re.MULTILINE)
    (found,) = (block for block in blocks if text in block)
    return found


def options_of(commands: str, operation: str) -> dict[str, list[str]]:
    """The options of the `aws` command for an operation, with their values."""
    (command,) = re.findall(rf"aws \w+ {operation}\b(.*?)$", commands.replace("\\\n", " "), re.MULTILINE)
    found = re.findall(r"--([a-z0-9-]+)((?: +(?!--)(?:\"[^\"]*\"|\S+))*)", command)
    return {name: [value.strip('"') for value in re.findall(r'"[^"]*"|\S+', values)] for name, values in found}
