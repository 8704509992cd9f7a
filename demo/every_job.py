"""Runs every job once on a deployed account, so that its pages and alarms have data."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from demo.console import Console
from demo.home.content import Source
from demo.made_up_history import write_history
from emulator.errors import EmulatorError
from emulator.stage import InvocationError, Stage
from emulator.waiting import wait_for
from lambdas.shared.clock import now
from lambdas.vocabulary.backups import VERIFICATION
from lambdas.vocabulary.names import physical_name

PROVEN_SECONDS = 600.0  # a foreign database may be large
SEEN_SECONDS = 120.0  # two minutes' periods
CHECKS = ("health_check", "database_check", "prometheus_scrape")
READERS = ("status_page", "error_budget", "recovery_check")


def run_every_job(stage: Stage, console: Console, days_made_up: int = 0) -> None:
    """Back up, verify, check and publish; what fails says so and stops nothing else."""
    console.heading("Run every job once")
    if days_made_up:
        with console.step(f"making up {days_made_up} days of the status page's history"):
            _make_up(stage, days_made_up)
    with ThreadPoolExecutor(1) as pool:
        backup = pool.submit(_run, stage, console, "database_backup")
        for folder in CHECKS:
            _run(stage, console, folder)
        if (taken := backup.result()) is not None:
            _report_proof(stage, console, taken["backup"])
    for folder in READERS:
        _run(stage, console, folder)
    with console.step("waiting until the alarms have that data: it counts when its minute is over"):
        missing = _alarms_without_data(stage)
    for name in missing:
        console.fact(f"{name} has no data yet")


def home_of(stage: Stage, days_made_up: int) -> Source:
    return Source(
        account_url=stage.account.endpoint_url,
        environment=stage.environment.name,
        database=stage.environment.database.name,
        bucket=stage.bucket,
        status_page=f"http://{stage.status_page_host}/",
        days_made_up=days_made_up,
        title=stage.environment.names.title,
    )


def _run(stage: Stage, console: Console, folder: str) -> Any:
    """What the function answers; None when it failed."""
    try:
        answer = stage.invoke(folder)
    except InvocationError as error:
        console.fact(f"✗ {folder} failed: {error}")
        return None
    console.fact(f"✓ {folder}")
    return answer


def _report_proof(stage: Stage, console: Console, backup: str) -> None:
    try:
        stage.wait_for(backup + VERIFICATION, PROVEN_SECONDS)
    except EmulatorError as error:
        console.fact(f"✗ restore_verification: {error}")
    else:
        console.fact("✓ restore_verification")


def _make_up(stage: Stage, days: int) -> None:
    table = physical_name(stage.environment, "endpoint-states")
    shown = [endpoint.name for endpoint in stage.environment.uptime.endpoints if endpoint.public]
    for name in shown:
        write_history(stage.client("dynamodb"), table, name, days, now())


def _alarms_without_data(stage: Stage) -> list[str]:
    """Those that are in alarm because nothing was measured, once there is none or after `SEEN_SECONDS`."""
    found: list[str] = []

    def none_is() -> bool:
        found[:] = _in_alarm_without_data(stage)
        return not found

    wait_for(none_is, SEEN_SECONDS)
    return found


def _in_alarm_without_data(stage: Stage) -> list[str]:
    prefix = physical_name(stage.environment, "")
    pages = stage.client("cloudwatch").get_paginator("describe_alarms").paginate(AlarmNamePrefix=prefix)
    alarms = [alarm for page in pages for alarm in page["MetricAlarms"] if alarm["StateValue"] == "ALARM"]
    return [alarm["AlarmName"] for alarm in alarms if "no datapoints were received" in alarm.get("StateReason", "")]
