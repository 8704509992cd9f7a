"""What MiniStack lacks and this project depends on, each piece doing what AWS would do."""

from typing import Any

from ministack import app

from embedded.completions import embedded_metrics, enforcement, functions, resource_types, stack_waits


def completed_application() -> Any:
    """MiniStack's ASGI application after every completion has been put in place."""
    for completion in (embedded_metrics, enforcement, functions, resource_types, stack_waits):
        completion.register()
    return app.app
