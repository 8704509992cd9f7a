"""An error of a real Express application: people are notified once, and it comes back only in a later release."""

from datetime import datetime
from pathlib import Path

from demo.console import Console
from demo.inboxes.inbox import Arrival
from demo.shop import Shop
from demo.start import clients_of_errors
from demo.story.messages import show, ways
from demo.story.people import People
from emulator.account import ACCOUNT_ID, REGION
from emulator.errors import EmulatorError
from emulator.sentry_cli import SentryCli
from emulator.stage import Stage
from emulator.waiting import wait_for
from lambdas.shared.clock import now
from lambdas.shared.error_tracking import states
from lambdas.shared.error_tracking.samples import read
from lambdas.shared.error_tracking.table import ErrorTable
from lambdas.vocabulary.error_tracking import Issue, Resolution, State, bucket_of_errors
from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.names import physical_name

BROKEN, FIXED, BROKEN_AGAIN = "shop@1.4.0", "shop@1.4.1", "shop@1.4.2"
ORDERS = ("1002", "9999")
"""The one has no customer, the other does not exist: one line fails, with two messages."""
PASSWORD = "hunter2-of-the-story"  # noqa: S105  (looked for in what is kept)
PATIENCE = 60.0


class Story:
    def __init__(self, stage: Stage, people: People, console: Console, directory: Path) -> None:
        self._stage, self._people, self._console, self._directory = stage, people, console, directory
        self._project = stage.environment.errors.projects[0].name
        self._table = ErrorTable(stage.client("dynamodb"), physical_name(stage.environment, "errors"))
        self._cli = SentryCli(directory, clients_of_errors(stage))

    def show(self) -> None:
        self._console.heading("Track an error of a Node application, with Sentry's own SDK and sentry-cli")
        issue = self._show_new_error()
        self._show_regression(issue)

    def _show_new_error(self) -> Issue:
        started = now()
        with self._console.step(f"sentry-cli: release {BROKEN}, deployed"):
            self._deploy(BROKEN)
        with self._console.step("an Express application with @sentry/node fails, three times"):
            self._fail(BROKEN, times=3)
            issue = self._wait_for(count=3)
        received = self._people.wait_until_received([issue.title], Level.MEDIUM, started)
        show(self._console, [it for it in received if it.inbox == "slack"], started)
        self._console.claim(
            "three errors are one issue, and people are notified of it once",
            holds=issue.count == 3 and self._people.have_one_each(received, Level.MEDIUM),  # noqa: PLR2004
            evidence=f"{issue.title}: {ways(it.inbox for it in received)}",
        )
        self._claim_kept(issue)
        self._claim_relayed(started)
        return issue

    def _claim_kept(self, issue: Issue) -> None:
        """What is kept has the source line and no secret."""
        s3, environment = self._stage.client("s3"), self._stage.environment
        event = read(s3, bucket_of_errors(environment, ACCOUNT_ID, REGION), issue.samples[-1])
        frame = event["exception"]["values"][-1]["stacktrace"]["frames"][-1]
        line = str(frame.get("context_line", "")).strip()
        self._console.fact(f"{frame['filename'].rpartition('/')[2]}:{frame['lineno']}: {line}")
        self._console.claim(
            "the issue names its release and shows the line that failed; the password of the request is not kept",
            holds=issue.first_release == BROKEN and "order.customer.name" in line and PASSWORD not in str(event),
            evidence=f"release {issue.first_release}, in {issue.culprit}",
        )

    def _claim_relayed(self, since: datetime) -> None:
        with self._console.step("waiting for the same event at the Sentry that the environment file names"):
            arrival = self._people.inboxes.wait_for("sentry", lambda it: "TypeError" in it.text, PATIENCE)
        seconds = (datetime.fromisoformat(arrival.at) - since).total_seconds()
        self._console.claim(
            "with a Sentry's DSN, the event is sent there too, without the password",
            holds=PASSWORD not in arrival.text and "TypeError" in arrival.text,
            evidence=f"event {arrival.about['event_id']} after {seconds:.0f} s",
        )

    def _show_regression(self, issue: Issue) -> None:
        with self._console.step(f"resolved in {FIXED}, which is deployed; then {BROKEN_AGAIN}"):
            self._deploy(FIXED)
            self._table.change(issue, states.resolve(issue, Resolution.IN_RELEASE, now(), FIXED, "make run"))
            self._fail(BROKEN)
            still = self._wait_for(count=4)
            self._deploy(BROKEN_AGAIN)
            resolved_at = now()
            self._fail(BROKEN_AGAIN)
            back = self._wait_for(count=5)
        received = self._received_back(resolved_at)
        show(self._console, [it for it in received if it.inbox == "slack"], resolved_at)
        self._console.claim(
            "an older release does not reopen a resolved issue; a later one does, and people are notified once",
            holds=still.state is State.RESOLVED
            and back.state is State.REGRESSED
            and self._people.have_one_each(received, Level.MEDIUM),
            evidence=f"{BROKEN}: {still.state}; {BROKEN_AGAIN}: {back.state}; {ways(it.inbox for it in received)}",
        )

    def _received_back(self, since: datetime) -> list[Arrival]:
        return self._people.wait_until_received([f"Error came back in {self._project}"], Level.MEDIUM, since)

    def _deploy(self, release: str) -> None:
        self._cli.run("releases", "new", release)
        self._cli.run("deploys", "new", "--release", release, "--env", self._stage.environment.name)

    def _fail(self, release: str, times: int = 1) -> None:
        environment = self._stage.environment.name
        shop = Shop.start(self._directory, dsn=self._stage.dsn, environment=environment, release=release)
        try:
            for number in range(times):  # the SDK sends no error that equals the one before
                shop.ask_for_receipt(ORDERS[number % 2], password=PASSWORD)
        finally:
            shop.child.stop()

    def _wait_for(self, count: int) -> Issue:
        def counted() -> list[Issue]:
            return [it for it in self._table.issues(self._project) if "TypeError" in it.title and it.count >= count]

        if found := wait_for(counted, PATIENCE):
            return found[0]
        raise EmulatorError(f"no issue with {count} events within {PATIENCE:.0f} s (see the logs of error_digest)")
