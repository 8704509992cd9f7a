"""What a template cannot say: how much traffic there is and how long things take.  `--set name=value` changes one."""

from dataclasses import dataclass, fields, replace
from types import MappingProxyType
from typing import Self

from cost.errors import CostError

DAYS = 365 / 12
"""In a month."""
HOURS = 24 * DAYS
GB = 1e9
LOOKS_OF_A_DRILL = 120
"""At the restore of a point-in-time drill, one each 30 seconds of an hour."""


@dataclass(frozen=True)
class Run:
    """One run of a function."""

    seconds: float
    log_bytes: int = 2_000
    object_writes: float = 0
    """And lists, where the function works on a bucket."""
    object_reads: float = 0
    a_month: float = 0
    """Runs that no schedule or event in the templates tells of."""


RUNS = MappingProxyType(
    {
        "checklist": Run(20, 20_000, object_writes=6, object_reads=12),
        "copy_check": Run(4, object_writes=2, object_reads=40),  # one run a day reads a copy whole: see cost/copies.py
        "database_access": Run(5, a_month=1),
        "database_backup": Run(60, 6_000, object_writes=50, object_reads=10),
        "database_bootstrap": Run(2, a_month=1),
        "database_check": Run(1.5, 9_000),
        "database_settings": Run(5, a_month=1),
        "default_security_groups": Run(5, a_month=1),
        "error_budget": Run(1.5),
        "error_digest": Run(0.3, object_writes=1),
        "error_intake": Run(0.05, 500),
        "error_relay": Run(0.3),
        "error_releases": Run(1, object_writes=5, object_reads=5, a_month=100),
        "error_test": Run(10),
        "first_run": Run(15, a_month=1),
        "guardduty_detector": Run(5, a_month=1),
        "health_check": Run(2),
        "incident": Run(0.06, 600, a_month=200),  # hardly any tick has something to do; notices and answers
        "incident_answer": Run(0.2, object_reads=0.1, a_month=500),
        "incident_evidence": Run(3, a_month=5),
        "large_run": Run(1, 1_500),  # the looks for leftovers; those at an instance: see cost/large_runs.py
        "load_test": Run(540, 4_000, object_writes=8, object_reads=310, a_month=1),  # it looks who wants it to end
        "notify": Run(1),
        "operator_action": Run(0.3, a_month=50),
        "operator_view": Run(0.3, object_reads=1, a_month=2_000),
        "point_in_time_check": Run(30, object_writes=1, object_reads=2, a_month=1),
        "point_in_time_drill": Run(1, 1_500, object_writes=0.01, a_month=LOOKS_OF_A_DRILL),  # and a look for leftovers
        "prometheus_scrape": Run(1, 4_000),
        "recovery_check": Run(3, object_writes=1, object_reads=8),
        "restore_verification": Run(90, 8_000, object_writes=4, object_reads=10),
        "review": Run(40, 8_000, object_writes=4, object_reads=20),
        "security_finding": Run(1),
        "self_test": Run(60, 4_000, object_writes=2, object_reads=1),
        "status_page": Run(1, object_writes=3 + 4 / 12),  # three files by each run; once an hour three, and a listing
        "test_alert": Run(3),  # a daily look at who subscribes; the monthly test takes 30
    }
)
"""By folder.  One that is not here is taken to use all of its timeout, so that it is never too cheap."""


@dataclass(frozen=True)
class Assumptions:
    requests_per_day: float = 100_000
    """To the API; each is a line of its log."""
    log_bytes_per_request: float = 400
    database_log_bytes_per_day: float = 5e6
    """PostgreSQL's log: slow queries, connections, checkpoints."""
    log_bytes_queried: float = 5 * GB
    """By people, with the saved queries."""
    log_compression: float = 0.15
    """Of what is written, what is kept, by AWS's own estimate."""
    trouble_hours: float = 6
    """In which a metric is sent that is sent only in trouble."""
    hours_with_security_events: float = 60
    """In which somebody fails to log in, or is refused otherwise."""
    hours_with_deployments: float = 30
    """In which a deployment is recorded."""
    errors: float = 10_000
    """Of the API and of the system itself; where clients send them, each is a request."""
    errors_in_a_batch: float = 5
    """That the digest gets at once; in a storm it gets hundreds."""
    alerts: float = 60
    """Alarms and their recoveries, to a topic."""
    security_events: float = 20
    """Findings, and changes to the account that a rule looks for; for each rule."""
    deployments: float = 4
    drill_hours: float = 1
    """How long the temporary instance of a point-in-time drill is there."""
    drill_storage_gb: float = 20
    """As much as the source has."""
    database_size_bytes: float = 2.5 * GB
    """With its indexes: by this a backup or a proof is a large run, or is not."""
    dump_bytes: float = 0.5 * GB
    """A stored backup: of a database of about 2.5 GB."""
    table_bytes: float = 0.01 * GB
    """Each DynamoDB table."""
    table_writes: float = 4
    """Of 1 KB, each time that a function with a table runs."""
    table_reads: float = 20
    """Of 4 KB, the same."""
    key_uses: float = 0.1
    """For each object that is read or written: a bucket key spares the rest."""
    page_views: float = 20_000
    page_bytes: float = 50_000
    metrics_per_read: float = 20
    """That a function which reads metrics reads each time, unless its settings say."""
    trail_events: float = 50_000
    """CloudTrail's management events of the whole account, which GuardDuty looks at."""
    network_log_bytes: float = 0.5 * GB
    object_events: float = 50_000
    database_processors: float = 2

    def with_values(self, texts: list[str]) -> Self:
        """The same with values such as `requests_per_day=500000`.  Raises CostError."""
        known = {field.name for field in fields(self)}
        changed = {}
        for text in texts:
            name, _, value = text.partition("=")
            if name not in known:
                raise CostError(f"--set {text}: there is no {name!r} (there are: {', '.join(sorted(known))})")
            try:
                changed[name] = float(value)
            except ValueError:
                raise CostError(f"--set {text}: {value!r} is not a number") from None
            if not 0 <= changed[name] < float("inf"):
                raise CostError(f"--set {text}: must not be negative or endless")
        return replace(self, **changed)
