"""A load test from a person's wish to its report."""

import asyncio
import ssl
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

from lambdas.load_test.alarms import forbidding_alarm
from lambdas.load_test.busiest_minute import DAYS, Window, busiest_minute
from lambdas.load_test.drive import Load
from lambdas.load_test.guards import require_proven_backup, require_quiet
from lambdas.load_test.judge import Limits, knee_of, verdict_of
from lambdas.load_test.markdown import markdown
from lambdas.load_test.network import network_of
from lambdas.load_test.plan import Busiest, PlannedStep, plan
from lambdas.load_test.refused import RefusedError
from lambdas.load_test.request import Request
from lambdas.load_test.routes import asks_of, in_turns
from lambdas.load_test.run_steps import Rules, require_answers, run_steps
from lambdas.load_test.runs import Run, Runs
from lambdas.load_test.settings import Settings
from lambdas.shared.catalogue import Catalogue
from lambdas.shared.clock import Clock, Deadline, now
from lambdas.shared.guarded_http.resolve import Lookup, system_lookup
from lambdas.shared.reports import Reports
from lambdas.vocabulary.load_tests import LoadTestReport, Step
from lambdas.vocabulary.names import Named
from lambdas.vocabulary.reports import JSON, MARKDOWN, Kind

LITTLE: Final = 100
"""Requests in a step below which its percentiles say little."""
MOST_EARLIER: Final = 50
"""Reports of earlier tests that are read."""


@dataclass(frozen=True)
class Account:
    """What a test reads and writes at AWS, and how it reaches the API."""

    environment: Named
    cloudwatch: Any
    s3: Any
    context: ssl.SSLContext
    lookup: Lookup = system_lookup
    clock: Clock = now


@dataclass(frozen=True)
class LoadTest:
    settings: Settings
    account: Account
    deadline: Deadline

    def run(self, request: Request) -> LoadTestReport:
        """The report, which is kept; raises RefusedError when no load was put on the API."""
        begun = self.account.clock()
        backup = self._guarded(begun)
        busiest = request.busiest or self._busiest_minute(begun)
        steps = plan(self.settings, busiest)
        runs = Runs(self.account.s3, self.settings.reports)
        run = Run(request.id, request.requested_by, begun, begun + timedelta(seconds=self.deadline.remaining))
        runs.claim(run)
        outcome = "failed: read the function's log"
        try:
            done = asyncio.run(self._all_steps(steps, run, runs))
            report = self._report(request, busiest, backup, begun, done)
            outcome = f"{report.verdict}, {self._keep(report)}"
        except RefusedError as error:
            outcome = f"refused: {error}"
            raise
        finally:
            runs.end(run, outcome, self.account.clock())
        return report

    def _guarded(self, moment: datetime) -> str:
        """The proven backup; raises RefusedError."""
        settings, account = self.settings, self.account
        require_quiet(account.cloudwatch, account.environment)
        catalogue = Catalogue(account.s3, settings.backups)
        return require_proven_backup(catalogue, settings.database, settings.proven_within, moment)

    def _busiest_minute(self, moment: datetime) -> Busiest:
        earlier = list(self._earlier_tests(moment))
        return busiest_minute(self.account.cloudwatch, self.settings.requests, moment, earlier)

    def _earlier_tests(self, moment: datetime) -> Iterator[Window]:
        reports = Reports(self.account.s3, self.settings.reports)
        for folder in reports.folders(Kind.LOAD_TEST, moment - timedelta(days=DAYS))[:MOST_EARLIER]:
            earlier = LoadTestReport.from_json(reports.read(folder).body)
            yield earlier.started_at, earlier.ended_at

    async def _all_steps(self, steps: tuple[PlannedStep, ...], run: Run, runs: Runs) -> list[Step]:
        settings = self.settings
        asks = asks_of(settings.routes, settings.hosts, self._headers())
        network = network_of(self.account.lookup, self.account.context)
        rules = Rules(
            Limits(settings.max_error_percent, settings.max_p95_ms),
            self.deadline,
            settings.timeout,
            partial(self._why_to_stop, run, runs),
        )
        async with Load(network, asks, settings.timeout, allow_private=settings.allow_private).running() as load:
            await require_answers(load, asks)
            turns = in_turns(settings.routes, asks)
            return await run_steps(load, turns, steps, rules, partial(runs.update, run))

    def _why_to_stop(self, run: Run, runs: Runs) -> str:
        if alarm := forbidding_alarm(self.account.cloudwatch, self.account.environment):
            return f"{alarm.name} is in alarm, level {alarm.level}: {alarm.meaning}"
        by = runs.stopped_by(run)
        return f"stopped by {by}" if by else ""

    def _headers(self) -> Mapping[str, str]:
        return {
            "User-Agent": f"{self.account.environment.service}-load-test/1",
            "X-Load-Test": self.settings.mark,
            "Accept": "*/*",
            "Accept-Encoding": "gzip",  # as clients do; nothing is decoded here
        }

    def _report(
        self, request: Request, busiest: Busiest, backup: str, begun: datetime, steps: list[Step]
    ) -> LoadTestReport:
        settings = self.settings
        verdict, reason = verdict_of(steps)
        return LoadTestReport(
            id=request.id,
            environment=settings.environment,
            requested_by=request.requested_by,
            started_at=begun,
            ended_at=self.account.clock(),
            hosts=settings.hosts,
            routes=tuple(route.url for route in settings.routes),
            busiest_per_minute=busiest.per_minute,
            busiest_at=busiest.at,
            proven_backup=backup,
            steps=tuple(steps),
            knee_multiple=knee_of(steps),
            verdict=verdict,
            reason=reason,
            max_error_percent=settings.max_error_percent,
            max_p95_ms=settings.max_p95_ms,
            notes=tuple(self._notes(steps)),
        )

    def _notes(self, steps: list[Step]) -> Iterator[str]:
        if self.settings.requests_count:
            yield "These requests count in the API's metrics, alarms and objectives like those of users."
        if any(step.planned < LITTLE for step in steps):
            yield f"A step had fewer than {LITTLE} requests: its percentiles say little."

    def _keep(self, report: LoadTestReport) -> str:
        documents = {JSON: report.to_json().encode(), MARKDOWN: markdown(report).encode()}
        return Reports(self.account.s3, self.settings.reports).write(Kind.LOAD_TEST, report.started_at, documents)
