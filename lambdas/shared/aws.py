"""The clients of AWS, which answer or fail in time.

They are botocore's: no function needs more, and boto3 costs a cold start 70 ms.  botocore itself, 100 ms, is imported
with the first client.
"""

import threading
from functools import cache
from typing import Any

_lock = threading.Lock()  # clients may be used by several threads, and made by one at a time only


def client(
    service: str,
    *,
    region: str | None = None,
    connect_timeout: float = 5,
    read_timeout: float = 20,
    attempts: int = 4,
    connections: int = 10,
) -> Any:
    """Timeouts are in seconds and for each of the `attempts`; `connections` are kept open for threads."""
    from botocore.config import Config  # noqa: PLC0415 - see above

    config = Config(
        connect_timeout=connect_timeout,
        read_timeout=read_timeout,
        retries={"mode": "standard", "total_max_attempts": attempts},
        max_pool_connections=connections,
    )
    with _lock:
        return session().create_client(service, region_name=region, config=config)


@cache
def session() -> Any:
    """One for all clients: each reads AWS's endpoints anew."""
    from botocore.session import get_session  # noqa: PLC0415 - see above

    return get_session()
