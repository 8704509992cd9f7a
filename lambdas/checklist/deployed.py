"""What the environment's functions were deployed with: they act by it, whatever the environment's file says."""

from typing import TypeVar

from lambdas.checklist import arns
from lambdas.checklist.check import Reads, Situation
from lambdas.checklist.reader import UnreadableError
from lambdas.shared.environment import BadEnvironmentError, FunctionSettings

S = TypeVar("S", bound=FunctionSettings)


def reads_of(folder: str) -> Reads:
    """The right to read its variables, which hold no secrets but their names."""
    return Reads(("lambda:GetFunctionConfiguration",), arns.of_function(folder))


def settings_of(situation: Situation, folder: str, kind: type[S]) -> S | None:
    """Those of the function of `folder`; None where it is not there.  Raises UnreadableError."""
    name = situation.name(folder)
    found = situation.account.get(
        "lambda", "get_function_configuration", absent=("ResourceNotFoundException",), FunctionName=name
    )
    variables = (found or {}).get("Environment", {}).get("Variables", {})
    if not variables:
        return None
    try:
        return kind.from_environment(variables)
    except (BadEnvironmentError, ValueError) as error:
        raise UnreadableError(f"the variables of {name} cannot be read: {error}") from error
