"""What MiniStack lacks and this project depends on, each piece doing what AWS would do."""

from typing import Any

from ministack import app

from emulator.ministack import (
    alarms,
    control,
    databases,
    embedded_metrics,
    enforcement,
    event_invocations,
    function_clock,
    function_metrics,
    function_output,
    functions,
    guardduty,
    http_apis,
    instances,
    log_metrics,
    multipart_uploads,
    people,
    permissions,
    replication,
    resource_types,
    restorable_time,
    schedules,
    service_calls,
    service_events,
    stack_exports,
    stack_outputs,
    stack_waits,
    statistics,
)

COMPLETIONS = (
    alarms,
    control,
    databases,
    embedded_metrics,
    enforcement,
    function_clock,
    function_metrics,
    event_invocations,
    function_output,
    functions,
    guardduty,
    http_apis,
    instances,
    log_metrics,
    multipart_uploads,
    permissions,
    people,
    replication,
    resource_types,
    restorable_time,
    schedules,
    service_events,
    service_calls,
    stack_exports,
    stack_outputs,
    stack_waits,
    statistics,
)


def completed_application() -> Any:
    """MiniStack's ASGI application after every completion has been put in place."""
    for completion in COMPLETIONS:
        completion.register()
    return app.app
