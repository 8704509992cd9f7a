"""What AWS's own metrics are measured in: an alarm's message says it only where the alarm asks for a unit."""

from lambdas.vocabulary.metrics import Unit

_BYTES = "FreeStorageSpace FreeableMemory SwapUsage TransactionLogsDiskUsage ReplicationSlotDiskUsage"
_PERCENT = "CPUUtilization EBSIOBalance% EBSByteBalance% BurstBalance"
_SECONDS = "ReadLatency WriteLatency ReplicaLag TargetResponseTime ApproximateAgeOfOldestMessage"
_MILLISECONDS = "Duration Latency IntegrationLatency"

AWS_UNITS = {
    name: unit
    for names, unit in (
        (_BYTES, Unit.BYTES),
        (_PERCENT, Unit.PERCENT),
        (_SECONDS, Unit.SECONDS),
        (_MILLISECONDS, Unit.MILLISECONDS),
    )
    for name in names.split()
}
"""By the metric's name; one that is not among them is a count."""
