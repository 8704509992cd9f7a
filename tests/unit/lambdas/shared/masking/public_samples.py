"""The samples of Betterleaks' rules (MIT, lambdas/shared/masking/LICENSE.betterleaks), written by `secret_patterns`."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[5]
RULES = json.loads((ROOT / "lambdas/shared/masking/tokens.json").read_text())["rules"]


@dataclass(frozen=True)
class Samples:
    secrets: tuple[str, ...]
    """Texts with a secret in them."""
    placed: tuple[tuple[str, str], ...]
    """A name, and the secret that stands under it."""
    harmless: tuple[str, ...]

    @property
    def tokens(self):
        return [secret for _, secret in self.placed[:1]]


def _forwards(value: Any) -> Any:
    match value:
        case str():
            return value[::-1]
        case list():
            return [_forwards(inner) for inner in value]
        case _:
            return {key: _forwards(inner) for key, inner in value.items()}


def _samples(rule: dict[str, Any]) -> Samples:
    placed = tuple((pair["name"], pair["secret"]) for pair in rule.get("placed", []))
    return Samples(tuple(rule.get("secrets", [])), placed, tuple(rule.get("harmless", [])))


_DOCUMENT = json.loads(Path(__file__).with_name("samples.json").read_text())["samples"]
SAMPLES = {rule: _samples(_forwards(samples)) for rule, samples in _DOCUMENT.items()}
