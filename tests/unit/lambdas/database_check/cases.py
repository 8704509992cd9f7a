"""What the tests of the checks share: the settings of a deployment, rows to begin with, and what becomes of rows."""

from lambdas.database_check.judge import judge, metrics_of
from lambdas.database_check.measure import Measured
from lambdas.database_check.settings import Settings

SETTINGS = Settings(
    environment="test",
    database="junkos",
    database_host="db.example.com",
    database_port=5432,
    database_name="junkos",
    database_login="junkos_monitor",
    database_url_secret=None,
    database_minimum_tls="verify-full",
)
DAYS = 3 * 24 * 3600.0
SESSION = {"pid": 7, "login": "app", "application": "shop", "database": "junkos", "seconds": 299.0}


def judged(check, rows):
    return judge(Measured({check.name: rows}), SETTINGS)


def found(check, rows):
    """Level, metric and message of the one judgement that there is."""
    (judgement,) = judged(check, rows)
    assert judgement.name == check.rule.name
    return judgement.level, judgement.metric, judgement.message


def published(check, rows):
    return metrics_of({check.name: rows}, judged(check, rows), SETTINGS)
