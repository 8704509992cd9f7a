"""What PagerDuty knows an alarm of ours by."""

import hashlib
from typing import Final

KEY_LENGTH: Final = 255


def deduplication_key(key: str) -> str:
    """The notice's key, such as an alarm's ARN; PagerDuty takes 255 characters."""
    return key if len(key) <= KEY_LENGTH else hashlib.sha256(key.encode()).hexdigest()
