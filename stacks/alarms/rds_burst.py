"""What an instance can do for a while only, and how much of that is left; which classes and storages have what."""

from collections.abc import Iterator
from functools import partial

from stacks.alarms.rds import metric_of_rds, row_of_rds
from stacks.alarms.spec import BELOW, AlarmSpec
from stacks.settings import CreatedDatabase, ExistingDatabase

BURST_BALANCE = 20  # percent
CPU_CREDITS = 10  # ten minutes of one processor
EARNING_CREDITS = 24  # periods, two hours: a new instance begins without credits
GP2_WITHOUT_BURST = 1000  # GiB: from there on its baseline is above its burst

_row = partial(
    row_of_rds,
    comparison=BELOW,
    threshold=BURST_BALANCE,
    breaches=3,
    first_look="what reads or writes that much: Database Insights, by statement",
)


def burst_alarms(database: CreatedDatabase | ExistingDatabase, identifier: str) -> Iterator[AlarmSpec]:
    """On those balances that RDS publishes of this instance."""
    if database.capacity.bursts_to_storage:
        for name, metric in (("io-balance", "EBSIOBalance%"), ("byte-balance", "EBSByteBalance%")):
            yield _row(
                name=name,
                metric=metric_of_rds(identifier, metric),
                meaning="The class's bandwidth to its storage falls to its baseline soon.",
            )
    if _has_burst_balance(database):
        yield _row(
            name="burst-balance",
            metric=metric_of_rds(identifier, "BurstBalance"),
            meaning="The gp2 storage falls to its baseline of operations soon.",
        )
    if database.capacity.has_cpu_credits:
        yield _row(
            name="cpu-credits",
            metric=metric_of_rds(identifier, "CPUCreditBalance"),
            threshold=CPU_CREDITS,
            breaches=EARNING_CREDITS,
            meaning="The class's processor credits are used up: what it uses beyond its baseline costs extra.",
            first_look="CPUUtilization of the last days: is the class too small for good?",
        )


def _has_burst_balance(database: CreatedDatabase | ExistingDatabase) -> bool:
    return (
        isinstance(database, ExistingDatabase)
        and database.storage_type == "gp2"
        and database.allocated_storage_gb < GP2_WITHOUT_BURST
    )
