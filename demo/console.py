"""What `make run` prints: steps with their times, facts under them, and claims with a verdict."""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

INTERACTIVE = sys.stdout.isatty()
COLOURED = INTERACTIVE and not os.environ.get("NO_COLOR")


@dataclass
class Console:
    """Prints as things happen, and remembers every claim for the verdict."""

    claims: list[tuple[str, bool]] = field(default_factory=list)

    def heading(self, text: str) -> None:
        print(f"\n{_bold(text)}", flush=True)

    @contextmanager
    def step(self, text: str) -> Iterator[None]:
        """Say what is being done while it is being done, and how long it took."""
        started = time.monotonic()
        print(f"  … {text}", end="\r" if INTERACTIVE else "\n", flush=True)
        yield
        print(f"  {_green('✓')} {text} {_dim(f'({time.monotonic() - started:.1f} s)')}", flush=True)

    def fact(self, text: str) -> None:
        print(f"      {text}", flush=True)

    def claim(self, text: str, *, holds: bool, evidence: str) -> None:
        """State something that has just been checked."""
        self.claims.append((text, holds))
        print(f"  {_green('✓') if holds else _red('✗')} {text}\n      {_dim(evidence)}", flush=True)

    def verdict(self) -> bool:
        """Say how many claims were true; no claims prove nothing."""
        false = [text for text, holds in self.claims if not holds]
        holds = bool(self.claims) and not false
        print()
        for text in false:
            print(f"  {_red('✗')} not true: {text}")
        summary = f"{len(self.claims) - len(false)} of {len(self.claims)} claims were checked and true"
        print(_bold(_green(summary) if holds else _red(summary)), flush=True)
        return holds


def _styled(text: str, code: int) -> str:
    return f"\033[{code}m{text}\033[0m" if COLOURED else text


def _bold(text: str) -> str:
    return _styled(text, 1)


def _dim(text: str) -> str:
    return _styled(text, 2)


def _green(text: str) -> str:
    return _styled(text, 32)


def _red(text: str) -> str:
    return _styled(text, 31)
