from dataclasses import dataclass

from lambdas.operator_view import settings as view


@dataclass(frozen=True)
class Settings(view.Settings):
    """What the function that reads has: the answer to an action is the issue, rendered anew."""
