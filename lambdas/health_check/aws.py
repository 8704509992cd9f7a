"""The AWS clients of the probing: made when first needed, as most deployments need none and making them is slow."""

import threading
from functools import cache
from typing import Any

_lock = threading.Lock()  # clients may be used by several threads, and made by one at a time only


def client(service: str, *, region: str | None = None, read_timeout: float = 5) -> Any:
    """A botocore client that answers or fails within seconds rather than minutes."""
    from botocore.config import Config  # noqa: PLC0415 - 100 ms that a cold start without AWS calls saves

    config = Config(connect_timeout=3, read_timeout=read_timeout, retries={"total_max_attempts": 2})
    with _lock:
        return _session().create_client(service, region_name=region, config=config)


@cache
def _session() -> Any:
    from botocore.session import get_session  # noqa: PLC0415 - the same

    return get_session()
