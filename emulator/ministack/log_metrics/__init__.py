"""CloudWatch Logs: filter patterns as documented, metric filters that make metrics, saved queries."""

from emulator.ministack.log_metrics import filters, operations


def register() -> None:
    filters.register()
    operations.register()
