"""Copies of a good backup are damaged, one each way, and each must be refused."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from demo.console import Console
from demo.story.backup import PATIENCE
from emulator.stage import InvocationError, Stage
from lambdas.shared.clock import now
from lambdas.vocabulary.backups import DUMP, MANIFEST, VERIFICATION, Manifest, Result, Verdict, Verification, prefix_of


def _one_byte_changed(dump: bytes) -> bytes:
    middle = len(dump) // 2
    return dump[:middle] + bytes([dump[middle] ^ 0x01]) + dump[middle + 1 :]


def _tail_cut_off(dump: bytes) -> bytes:
    return dump[: -max(1, len(dump) // 10)]


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "one byte changed": _one_byte_changed,
    "the last tenth cut off": _tail_cut_off,
}


def reject_damaged_backups(stage: Stage, console: Console, good: Manifest) -> None:
    """Show that an untouched copy is proven, so that what is refused is refused for its damage."""
    console.heading("Reject damaged backups")
    dump = stage.read(good.backup + DUMP)
    with console.step("committing an untouched copy and damaged ones, which triggers their restores"):
        control = _commit_copy(stage, good, "untouched", dump)
        damaged = {name: _commit_copy(stage, good, name, inflict(dump)) for name, inflict in DAMAGES.items()}
        verdict = _verification(stage, control).verdict
    console.claim("an untouched copy is proven", holds=verdict is Verdict.PROVEN, evidence=f"verdict: {verdict}")
    for name, prefix in damaged.items():
        verification = _verification(stage, prefix)
        failed = [check for check in verification.checks if check.result is Result.FAILED]
        console.claim(
            f"a copy with {name} is refused",
            holds=verification.verdict is Verdict.FAILED and bool(failed),
            evidence="; ".join(f"{check.name}: {check.detail}" for check in failed) or f"{verification.verdict}",
        )
    _claim_no_manifest_no_backup(stage, console, control)


def _claim_no_manifest_no_backup(stage: Stage, console: Console, prefix: str) -> None:
    stage.delete(prefix + MANIFEST)
    try:
        evidence = f"it was accepted: {stage.invoke('restore_verification', backup=prefix)}"
        refused = False
    except InvocationError as error:
        evidence, refused = str(error), error.type == "NotABackupError"
    console.claim("a copy without its manifest is refused", holds=refused, evidence=evidence)


def _verification(stage: Stage, prefix: str) -> Verification:
    return Verification.from_json(stage.wait_for(prefix + VERIFICATION, PATIENCE))


def _commit_copy(stage: Stage, good: Manifest, name: str, dump: bytes) -> str:
    """Everything of `good` but its dump, with a manifest that is as good as the original."""
    prefix = prefix_of(good.database, now() - timedelta(days=1), key=name)
    for stored in good.objects:
        stage.write(prefix + stored, dump if stored == DUMP else stage.read(good.backup + stored))
    stage.write(prefix + MANIFEST, replace(good, backup=prefix).to_json())
    return prefix
