"""What MiniStack lacks and this project depends on, each piece doing what AWS would do."""

from typing import Any

from ministack import app

from embedded.completions import (
    databases,
    dead_letters,
    embedded_metrics,
    enforcement,
    functions,
    multipart_uploads,
    people,
    resource_types,
    restorable_time,
    schedules,
    service_calls,
    stack_waits,
)

COMPLETIONS = (
    databases,
    dead_letters,
    embedded_metrics,
    enforcement,
    functions,
    multipart_uploads,
    people,
    resource_types,
    restorable_time,
    schedules,
    service_calls,
    stack_waits,
)


def completed_application() -> Any:
    """MiniStack's ASGI application after every completion has been put in place."""
    for completion in COMPLETIONS:
        completion.register()
    return app.app
