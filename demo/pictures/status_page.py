"""The public status page after ninety made-up days, by the page's own code."""

from datetime import UTC, datetime

from demo.made_up_history import MOST_DAYS, history
from demo.pictures.photograph import Scene
from lambdas.shared.endpoint_state.history import History
from lambdas.shared.endpoint_state.observation import Rules
from lambdas.status_page.files import LIVE, PAGE
from lambdas.status_page.overview import Overview, overview_of
from lambdas.status_page.publish_page import files_of
from lambdas.status_page.settings import Settings

AT = datetime(2026, 11, 27, 9, 12, tzinfo=UTC)
TITLE = "JunkOS status (made-up history)"
_STALE_AFTER = 3 * Rules().interval


def scene() -> Scene:
    settings = Settings(
        environment="prod",
        table="states",
        bucket="status",
        title=TITLE,
        address="https://status.example.com/",
        stale_after=_STALE_AFTER,
    )
    files = {file.name: file.content for file in files_of(_overview(), settings) if file.name != LIVE}
    return Scene(files, PAGE, width=900)


def _overview() -> Overview:
    made = history("API", MOST_DAYS, AT)
    days = (*made.days, made.current.day)  # the present day is kept with the present state
    return overview_of([History(made.current, days, made.incidents)], AT, _STALE_AFTER)
