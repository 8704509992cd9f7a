"""Lines as they may be kept, sent and shown: without secrets, each one line, bounded."""

from collections.abc import Sequence
from typing import Final

from lambdas.shared.error_tracking.items import in_one_line
from lambdas.shared.masking import masked_text
from lambdas.shared.texts import cut

MOST: Final = 10
LONGEST: Final = 300
_READ: Final = 5000
"""Of a line so much is looked at: masking takes time in proportion to the length."""


def shown(lines: Sequence[str]) -> tuple[str, ...]:
    """The last one says how many are left out, where there are more than `MOST`."""
    if len(lines) > MOST:
        lines = [*lines[: MOST - 1], f"… {len(lines) - MOST + 1} more"]
    return tuple(map(one_line, lines))


def one_line(text: str, longest: int = LONGEST) -> str:
    """Masked before it is cut: half a secret is not recognised as one."""
    return cut(in_one_line(masked_text(cut(text, _READ))), longest)
