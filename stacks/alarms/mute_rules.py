"""What is not told while work is done on the system: mute rules, each with an end."""

from collections.abc import Iterable, Iterator, Sequence

from aws_cdk import aws_cloudwatch
from constructs import Construct

from lambdas.vocabulary.names import physical_name
from stacks.alarms.rds import LATENCIES
from stacks.alarms.spec import Alarms, Section, Watched
from stacks.settings import ExternalDatabase, SettingsError
from stacks.settings.maintenance import RDS_SNAPSHOT, Maintenance
from stacks.settings.types import daily_window

MOST_TARGETS = 100  # alarms of one rule


class MuteRules(Construct):
    """The windows of the environment file, and the one that every RDS instance has: its snapshot slows the storage.

    Comes after all alarms were made, as it names them.
    """

    def __init__(self, scope: Construct, alarms: Alarms) -> None:
        super().__init__(scope, "MuteRules")
        self._alarms = alarms
        environment = alarms.environment
        if not isinstance(environment.database, ExternalDatabase):
            self._mute(_snapshot(environment.database.backup_window))
        for window in environment.alerts.maintenance:
            self._mute(window)

    def _mute(self, window: Maintenance) -> None:
        environment = self._alarms.environment
        meant = [watched for watched in self._alarms.watched if self._is_meant(watched, window)]
        unknown = {physical_name(environment, name) for name in window.alarms} - {watched.name for watched in meant}
        if unknown or not meant:
            missing = ", ".join(sorted(unknown)) or "alarms"
            raise SettingsError([f'alerts.maintenance "{window.name}": there are no {missing} that it could mute'])
        for number, targets in enumerate(_batches(meant), start=1):
            suffix = f"-{number}" if number > 1 else ""
            rule = aws_cloudwatch.CfnAlarmMuteRule(
                self,
                f"{window.name}{suffix}",
                name=physical_name(environment, f"window-{window.name}{suffix}"),
                description=f"{window.name}: what it disturbs is told when it is over, if it still is so",
                mute_targets={"alarmNames": [watched.name for watched in targets]},
                rule={
                    "schedule": {
                        "expression": window.schedule,
                        "duration": f"PT{window.minutes}M",
                        "timezone": window.timezone,
                    }
                },
            )
            # CloudWatch refuses a name that is not there yet.
            rule.node.add_dependency(*(watched.alarm for watched in targets))

    def _is_meant(self, watched: Watched, window: Maintenance) -> bool:
        sections = {Section[name.upper()] for name in window.sections}
        short_name = watched.name.removeprefix(physical_name(self._alarms.environment, ""))
        given: Iterable[tuple[object, Iterable[object]]] = (
            (watched.section, sections),
            (watched.level, window.levels),
            (short_name, window.alarms),
        )
        return all(not wanted or found in wanted for found, wanted in given)


def _snapshot(backup_window: str) -> Maintenance:
    minutes = daily_window(backup_window)
    hour, minute = divmod(minutes.start, 60)
    names = tuple(f"rds-{name}" for name in LATENCIES)
    return Maintenance(name=RDS_SNAPSHOT, schedule=f"cron({minute} {hour} * * *)", minutes=len(minutes), alarms=names)


def _batches(alarms: Sequence[Watched]) -> Iterator[Sequence[Watched]]:
    return (alarms[start : start + MOST_TARGETS] for start in range(0, len(alarms), MOST_TARGETS))
