"""Point-in-time drills as they end: `Driller` runs, and only RDS is told what there is."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

from lambdas.point_in_time_drill.respond import Driller
from lambdas.point_in_time_drill.settings import Settings
from lambdas.vocabulary.backups import Check, Result
from lambdas.vocabulary.codec import encode
from lambdas.vocabulary.drills import Occasion
from lambdas.vocabulary.point_in_time import DRILL, ORDERED_AT, PURPOSE, Phase, Progress, Restored
from tests.producers import Deployment

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def good(deployment: Deployment) -> None:
    _record(deployment, Result.PASSED)
    _reap(deployment, timedelta(hours=1))


def worst(deployment: Deployment) -> None:
    _record(deployment, Result.FAILED)
    _reap(deployment, timedelta(days=2))


def _record(deployment: Deployment, result: Result) -> None:
    progress = Progress(Phase.AVAILABLE, NOW, Occasion.MONTH, "test", "test", ordered_at=NOW, restorable_at=NOW)
    restored = Restored((Check("tables", result, "4"),), "18.3", 4, NOW + timedelta(minutes=5), 1)
    asked = {"drill": encode(progress), "restored": encode(restored)}
    _driller(deployment).respond({"step": "record", "started_at": NOW.isoformat(), "asked": asked})


def _reap(deployment: Deployment, age: timedelta) -> None:
    tags = {PURPOSE: DRILL, ORDERED_AT: (NOW - age).isoformat()}
    described = {
        "DBInstanceStatus": "available",
        "TagList": [{"Key": key, "Value": value} for key, value in tags.items()],
    }
    _driller(deployment, described).respond({"step": "reap"})


def _driller(deployment: Deployment, described: dict | None = None) -> Driller:
    settings = Settings.from_environment(deployment.variables["point_in_time_drill"])
    rds = SimpleNamespace(
        describe_db_instances=lambda **_: {"DBInstances": [described]},
        delete_db_instance=lambda **_: None,
        exceptions=SimpleNamespace(DBInstanceNotFoundFault=LookupError),
    )
    s3 = SimpleNamespace(put_object=lambda **_: None, exceptions=SimpleNamespace(ClientError=OSError))
    return Driller(settings, rds, s3, clock=lambda: NOW)
