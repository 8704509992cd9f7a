"""Passes the master user's credentials to the function that uses them: this one cannot reach the database."""

import json
from typing import Any

from lambdas.database_access.settings import Settings
from lambdas.shared import stored_values
from lambdas.shared.observability import logger


class AccessError(Exception):
    """The login was not made; the text says why and never holds a password."""


def give_access(settings: Settings, secrets: Any, functions: Any) -> dict[str, str]:
    """Have the login made; `secrets` and `functions` are clients of Secrets Manager and Lambda.

    Returns the outcome, as attributes of the custom resource.  Raises AccessError.
    """
    credentials = _credentials(settings.master_secret, secrets)
    response = functions.invoke(
        FunctionName=settings.bootstrap_function,
        Payload=json.dumps({name: credentials.get(name, "") for name in ("username", "password")}).encode(),
    )
    outcome = json.loads(response["Payload"].read() or b"null")
    if "FunctionError" in response:
        raise AccessError(f"{settings.bootstrap_function} failed: {_reason(outcome)}")
    logger.info("access given", **outcome)
    return {
        "Login": outcome["login"],
        "ServerVersion": outcome["server_version"],
        "Changed": "; ".join(outcome["changed"]) or "nothing",
        "Refused": "; ".join(outcome["refused"]) or "nothing",
    }


def _credentials(secret: str, secrets: Any) -> dict[str, str]:
    text = stored_values.secret(secrets, secret)
    try:
        credentials = json.loads(text)
    except ValueError:  # its text would quote the secret
        credentials = None
    if not isinstance(credentials, dict):
        raise AccessError(f"the master secret {secret} is not a JSON object with username and password")
    return credentials


def _reason(outcome: Any) -> str:
    """The message of an error that Lambda returned; its other fields, such as the trace, are left in its log."""
    return str(outcome.get("errorMessage", "it gave no reason")) if isinstance(outcome, dict) else "it gave no reason"
