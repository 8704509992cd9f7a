"""What went wrong, in one line, and the exit code that says of which kind it is.  Never a traceback, never a secret."""

import re
import traceback
from pathlib import Path
from typing import Final

import click
from botocore.exceptions import BotoCoreError, ClientError

from ops.errors import ExitCode, OpsError
from stacks.settings import SettingsError

_PASSWORD = re.compile(r"://\S*@")  # what click repeats may be a URL with one
_SIGN_IN = "sign in, for example: aws sso login"
_PERMISSION = "the shell's credentials need this permission"
_DEPLOYED = "is it deployed in this account and region?"
_REMEDIES: Final = {
    "ExpiredToken": _SIGN_IN,
    "ExpiredTokenException": _SIGN_IN,
    "InvalidClientTokenId": _SIGN_IN,
    "UnrecognizedClientException": _SIGN_IN,
    "AccessDenied": _PERMISSION,
    "AccessDeniedException": _PERMISSION,
    "UnauthorizedOperation": _PERMISSION,
    "NoSuchBucket": _DEPLOYED,
    "ResourceNotFoundException": _DEPLOYED,
}
_OTHERWISE = "see whose credentials these are: aws sts get-caller-identity"
_UNREACHED: Final = {
    "NoCredentialsError": _SIGN_IN,
    "PartialCredentialsError": _SIGN_IN,
    "SSOTokenLoadError": _SIGN_IN,
    "TokenRetrievalError": _SIGN_IN,
    "UnauthorizedSSOTokenError": _SIGN_IN,
    "ProfileNotFound": "aws configure list-profiles names those that there are",
}
_NETWORK = "check the network, the region and AWS_ENDPOINT_URL"


def reason_of(error: Exception) -> tuple[str, ExitCode]:
    """The line, or for an environment file one line for each fault, and the exit code."""
    match error:
        case OpsError():
            found = str(error), error.code
        case SettingsError():
            found = str(error), ExitCode.USAGE
        case click.ClickException():
            found = _usage(error), ExitCode.USAGE
        case ClientError():
            found = refusal(error), ExitCode.REFUSED
        case BotoCoreError():
            found = unreached(error), ExitCode.REFUSED
        case OSError():
            named = f"{error.filename}: " if error.filename else ""
            reason = error.strerror or type(error).__name__
            found = f"{named}{reason} (choose another file or folder)", ExitCode.USAGE
        case _:
            found = _defect(error), ExitCode.WRONG
    return found


def unreached(error: BotoCoreError) -> str:
    remedy = _UNREACHED.get(type(error).__name__, _NETWORK)
    return f"AWS was not reached: {_one_line(error)} ({remedy})"


def refusal(error: ClientError) -> str:
    """What AWS refused, why, and what to do."""
    fault = error.response.get("Error", {})
    remedy = _REMEDIES.get(fault.get("Code", ""), _OTHERWISE)
    reason = _one_line(fault.get("Message") or fault.get("Code") or "no reason was given").rstrip(".")
    return f"AWS refused {error.operation_name}: {reason} ({remedy})"


def _usage(error: click.ClickException) -> str:
    text = _PASSWORD.sub("://…@", _one_line(error.format_message())).rstrip(".")
    context = getattr(error, "ctx", None)
    path = context.command_path if context else "ops"
    return f"{text} (see {path} --help)"


def _one_line(text: object) -> str:
    return " ".join(str(text).split())


def _defect(error: Exception) -> str:
    """Without the error's own text: nobody knows what stands in it."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    return (
        f"unexpected {type(error).__name__} at {Path(last.filename).name}:{last.lineno}"
        " (a defect of ops; OPS_TRACEBACK=1 shows where it comes from)"
    )
