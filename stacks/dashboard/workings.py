"""Does the watching work?  The functions themselves."""

from lambdas.vocabulary.metrics import Metric
from lambdas.vocabulary.names import physical_name
from stacks.dashboard.definition import Graph, LogLines, Widget
from stacks.dashboard.own import MINUTE, own
from stacks.settings import Environment

WATCHERS = ("database_check", "health_check", "recovery_check", "database_backup", "restore_verification")
"""Of any others an error is an alarm, too, and their log is one query away."""
ERRORS = "fields @timestamp, service, message | filter level = 'ERROR' | sort @timestamp desc | limit 20"


def workings(environment: Environment) -> list[Widget]:
    seconds = environment.uptime.interval_minutes * MINUTE
    groups = tuple(f"/aws/lambda/{physical_name(environment, folder)}" for folder in _deployed(environment))
    errors = LogLines("Newest error lines of the watchers", groups, ERRORS, width=18)
    if not environment.uptime.endpoints:
        return [errors]
    network = own(environment, Metric.PROBER_WITHOUT_NETWORK, seconds=seconds, label="without a network")
    return [Graph("The prober: 0 is a sign of life", (network,)), errors]


def _deployed(environment: Environment) -> list[str]:
    return [folder for folder in WATCHERS if folder != "health_check" or environment.uptime.endpoints]
