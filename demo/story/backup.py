"""A backup is taken, a restore proves it, and its age says how much data a disaster would lose."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from demo.console import Console
from emulator.stage import Stage
from lambdas.shared.quantities import duration, duration_of_seconds, size
from lambdas.vocabulary.backups import MANIFEST, MARKS, VERIFICATION, Manifest, Result, Verdict, Verification
from lambdas.vocabulary.large_runs import Step
from lambdas.vocabulary.metrics import Metric

PATIENCE = 90.0  # seconds; a restore of the sample takes a few


def back_up(stage: Stage, console: Console) -> Manifest:
    """Take a backup by the deployed function and compare its answer with the objects in the bucket."""
    console.heading("Back up")
    with console.step(f"invoking {stage.function('database_backup')}"):
        answer = stage.invoke("database_backup", requested_by="make run", reason="guided run")
    prefix = answer["backup"]
    manifest = Manifest.from_json(stage.read(prefix + MANIFEST))
    ratio = answer["raw_bytes"] / answer["stored_bytes"]
    console.fact(f"{answer['tables']} tables, {answer['rows']:,} rows of PostgreSQL {manifest.server_version}")
    console.fact(
        f"{size(answer['raw_bytes'])} read, {size(answer['stored_bytes'])} stored ({ratio:.1f} : 1)"
        f" in {answer['seconds']:.1f} s"
    )
    console.fact(f"s3://{stage.bucket}/{prefix}")
    objects = stage.sizes(prefix)
    for name in sorted(objects):
        console.fact(f"  {name:<20} {size(objects[name])}")
    console.claim(
        "the bucket holds the objects that the manifest names",
        holds=all(objects.get(name) == stored.bytes for name, stored in manifest.objects.items()),
        evidence=", ".join(f"{name}: {stored.bytes:,} bytes" for name, stored in manifest.objects.items()),
    )
    return manifest


def show_restore_proven(stage: Stage, console: Console, manifest: Manifest) -> Verification:
    """Wait for the restore that the manifest's arrival triggered, and read what it found."""
    console.heading("Prove the restore")
    with console.step("waiting for the restore that the committed manifest triggers"):
        verification = Verification.from_json(stage.wait_for(manifest.backup + VERIFICATION, PATIENCE))
    for check in verification.checks:
        console.fact(f"{MARKS[check.result]} {check.name}: {check.detail}")
    seconds, objective = verification.seconds, timedelta(seconds=verification.recovery_time_objective)
    console.fact(f"fetch {seconds.fetch:.2f} s, restore {seconds.restore:.2f} s, verify {seconds.verify:.2f} s")
    console.claim(
        "the backup restores, with the same data as the source",
        holds=verification.verdict is Verdict.PROVEN,
        evidence=f"verdict: {verification.verdict}; {_count(verification, Result.PASSED)} checks passed,"
        f" {_count(verification, Result.NONE_NAMED)} had nothing to check",
    )
    console.claim(
        "a recovery takes less time than the objective allows",
        holds=seconds.total < objective.total_seconds(),
        evidence=f"{seconds.total:.1f} s measured, RTO {duration(objective)}",
    )
    console.claim(
        "the logs of the backup and of its verification have the same correlation id",
        holds=stage.logged("database_backup", manifest.correlation_id)
        and stage.logged("restore_verification", manifest.correlation_id, within=PATIENCE),
        evidence=manifest.correlation_id,
    )
    _show_choice(stage, console, manifest)
    return verification


def _show_choice(stage: Stage, console: Console, manifest: Manifest) -> None:
    """Nobody chose between the function and an instance."""
    steps = stage.steps("restore_verification", manifest.backup, PATIENCE)
    limit, needed = manifest.provable_bytes or 0, manifest.database_bytes
    console.claim(
        "the size of the database decides what proves it",
        holds=bool(steps) and (Step.ORDER.title() in steps) == (needed > limit),
        evidence=f"{size(needed)}, a function's limit is {size(limit)}: {' ─> '.join(steps)}",
    )


def _count(verification: Verification, result: Result) -> int:
    return [check.result for check in verification.checks].count(result)


def measure_recovery_points(stage: Stage, console: Console) -> None:
    """Run the hourly check, and show that its ages arrive as the metrics that the alarms watch."""
    console.heading("Check the recovery points")
    with console.step(f"invoking {stage.function('recovery_check')}"):
        ages = stage.invoke("recovery_check")
    for name, age in ages.items():
        console.fact(f"{name.replace('_', ' ')}: {'none (no RDS here)' if age is None else f'{age:.0f} s'}")
    objective = timedelta(hours=stage.environment.backups.recovery_point_objective_hours)
    proven = ages[Metric.VERIFIED_BACKUP_AGE]
    console.claim(
        "a disaster now would lose less than the objective allows",
        holds=proven is not None and proven < objective.total_seconds(),
        evidence=f"the newest proven backup is {duration_of_seconds(proven or 0)} old, RPO {duration(objective)}",
    )
    seen = _published(stage, ages)
    console.claim(
        "the ages are published as CloudWatch metrics",
        holds=set(seen) == {name for name, age in ages.items() if age is not None},
        evidence=", ".join(f"{stage.environment.names.namespace}/{name} = {value:.0f}" for name, value in seen.items()),
    )


def _published(stage: Stage, ages: Mapping[str, Any]) -> dict[str, float]:
    metrics = [metric for metric in Metric if metric in ages]
    return {metric: value for metric in metrics if (value := stage.newest_datapoint(metric)) is not None}
