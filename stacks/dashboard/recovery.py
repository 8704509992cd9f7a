"""Can we get the data back?  Ages and durations against the objectives."""

from lambdas.vocabulary.metrics import Metric
from stacks.dashboard.definition import Graph, Shown, Widget, Words, divided
from stacks.dashboard.own import DAY, HOUR, MINUTE, of_database
from stacks.settings import Environment


def ages_and_durations(environment: Environment) -> list[Widget]:
    backups = environment.backups
    taken = divided(of_database(environment, Metric.BACKUP_AGE, HOUR, "newest backup"), HOUR)
    proven = divided(of_database(environment, Metric.VERIFIED_BACKUP_AGE, HOUR, "newest proven backup"), HOUR)
    recovery = divided(of_database(environment, Metric.RECOVERY_DURATION, DAY, "fetch, restore, verify"), MINUTE)
    backup = divided(of_database(environment, Metric.BACKUP_DURATION, DAY, "backup"), MINUTE)
    size = of_database(environment, Metric.BACKUP_STORED_SIZE, DAY, "stored")
    rows = of_database(environment, Metric.BACKUP_ROWS, DAY, "rows")
    failed = of_database(environment, Metric.VERIFICATION_FAILED, DAY, "not proven")
    objectives = (
        f"**RPO {backups.recovery_point_objective_hours} h** (and {backups.grace_hours} h of grace): the age of the"
        f" newest backup that a restore has proven.  **RTO {backups.recovery_time_objective_minutes} min**: how long"
        " the last recovery took."
    )
    return [
        Words(objectives),
        Graph("Age of the newest backup", (taken,), Shown.HOURS, newest=True),
        Graph("Age of the newest proven backup", (proven,), Shown.HOURS, newest=True),
        Graph("The last recovery took", (recovery,), Shown.MINUTES, newest=True),
        Graph("Today's backup: 0 proven, 1 not", (failed,), newest=True),
        Graph("Ages", (taken, proven), Shown.HOURS),
        Graph("Recovery and backup took", (recovery, backup), Shown.MINUTES),
        Graph("A backup's size in the bucket", (size,), Shown.BYTES),
        Graph("Rows in a backup", (rows,)),
    ]
