"""What the pictures are drawn from."""

from stacks.settings import Environment, load


def production_with_on_call() -> Environment:
    """Production, and the people on call of this machine's environment: its own file names nobody."""
    production, on_call = load("prod"), load("local").on_call
    if on_call is None:
        raise ValueError("environments/local.toml has nobody on call")
    return production.model_copy(update={"on_call": on_call.model_copy(update={"slack": None})})
