"""What an instance can do for a while only, and how much of that is left; which classes and storages have what."""

from collections.abc import Callable
from functools import partial

from stacks.settings import CreatedDatabase, ExistingDatabase

BURST_BALANCE = 20  # percent
CPU_CREDITS = 10  # ten minutes of one processor
EARNING_CREDITS = 24  # periods, two hours: a new instance begins without credits
GP2_WITHOUT_BURST = 1000  # GiB: from there on its baseline is above its burst


def alarm_on_bursts(add: Callable[..., object], database: CreatedDatabase | ExistingDatabase) -> None:
    """Alarms of name, metric and threshold by `add`, for those balances that RDS publishes of this instance."""
    runs_low = partial(
        add, below=True, breaches=3, first_look="what reads or writes that much: Database Insights, by statement"
    )
    if database.capacity.bursts_to_storage:
        for name, metric in (("io-balance", "EBSIOBalance%"), ("byte-balance", "EBSByteBalance%")):
            meaning = "The class's bandwidth to its storage falls to its baseline soon."
            runs_low(name, metric, BURST_BALANCE, meaning=meaning)
    if _has_burst_balance(database):
        meaning = "The gp2 storage falls to its baseline of operations soon."
        runs_low("burst-balance", "BurstBalance", BURST_BALANCE, meaning=meaning)
    if database.capacity.has_cpu_credits:
        runs_low(
            "cpu-credits",
            "CPUCreditBalance",
            CPU_CREDITS,
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
