"""Notices handed to the function that keeps incidents; it answers once it has stored them and paged."""

import json
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from lambdas.notify.message import Message
from lambdas.shared.delivery_errors import RetryError
from lambdas.vocabulary.codec import encode


def hand_over(client: Any, message: Message, function: str) -> None:
    """Raises RetryError for whatever fails: an incident that nobody opens is worse than one that is opened late.

    `client` is one of Lambda.  What the function has taken already changes nothing when it comes again.
    """
    notices = [encode(line.notice) for line in message.lines]
    payload = json.dumps({"notices": notices}).encode()
    try:
        answer = client.invoke(FunctionName=function, Payload=payload)
    except (ClientError, BotoCoreError) as error:
        code = error.response["Error"]["Code"] if isinstance(error, ClientError) else type(error).__name__
        raise RetryError(f"the function of incidents was not invoked: {code}") from None
    if "FunctionError" in answer:
        raise RetryError("the function of incidents failed: its log says why")
