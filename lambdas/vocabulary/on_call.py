"""Who is on call: the rota as it travels from the environment file to the functions."""

from dataclasses import dataclass

from lambdas.vocabulary.codec import JsonDocument


@dataclass(frozen=True)
class Step(JsonDocument):
    who: tuple[str, ...]
    minutes: int = 0
