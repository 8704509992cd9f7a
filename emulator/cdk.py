"""The real CDK CLI, run against the embedded account as an operator would run it against AWS."""

import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from emulator.account import ACCOUNT_ID, NODE, REGION, ROOT
from emulator.errors import EmulatorError
from layers.build import NAMES, build
from layers.target import this_machine
from layers.wheels import LayerError

CLI = ROOT / "node_modules" / "aws-cdk" / "bin" / "cdk"
_PACKED = ROOT / ".build" / "packed-assets"
_MILESTONE = re.compile(r"✅|❌")
_FAILURE = re.compile(r"_FAILED\b|❌|^[\w.]*(Error|Exception)\b")


class Cdk:
    """The CLI with its working files in `directory`; `report` receives each line worth showing.

    Every command returns the seconds it took and raises `EmulatorError` with the first reason it gave.
    `application` is the command of a CDK app other than the one in `cdk.json`.
    """

    def __init__(
        self,
        client_environment: Mapping[str, str],
        directory: Path,
        *,
        application: str | None = None,
        report: Callable[[str], None] = print,
    ) -> None:
        self._environment = _environment() | dict(client_environment)
        self._directory = directory
        self._assembly = directory / "cdk.out"
        self._application = ["--app", application] if application else []
        self._report = report

    def bootstrap(self, *further_regions: str) -> float:
        """Deploy the CDK's own stack (asset bucket, roles) to the account's region, and to further ones."""
        regions = [f"aws://{ACCOUNT_ID}/{region}" for region in (REGION, *further_regions)]
        # From a folder without a cdk.json, or the CLI would synthesize the application first.
        return self._run("bootstrap", regions, folder=self._directory)

    def synthesize(self, environment: str, environments: Path = ROOT / "environments") -> float:
        """Write the templates and assets of `environment`; may run while the account is bootstrapped.

        `environments` is the folder of its file.
        """
        if not self._application:
            _build_layers()
        _share_packed_assets(self._assembly)
        context = ["-c", f"environment={environment}", "-c", f"environments={environments}"]
        return self._run("synth", ["--quiet", *self._application, "--output", str(self._assembly), *context])

    def deploy(self, *, outputs_file: Path | None = None) -> float:
        """Deploy every stack that was synthesized; those that need nothing of each other side by side."""
        outputs = ["--outputs-file", str(outputs_file)] if outputs_file else []
        return self._run(
            "deploy", [*self._synthesized(), "--all", "--concurrency", "4", "--require-approval", "never", *outputs]
        )

    def destroy(self) -> float:
        """Delete every stack that was synthesized, leaving what the stacks retain."""
        return self._run("destroy", [*self._synthesized(), "--all", "--force"])

    def _synthesized(self) -> list[str]:
        return ["--app", str(self._assembly)]

    def _run(self, command: str, arguments: Sequence[str], *, folder: Path = ROOT) -> float:
        started = time.monotonic()
        log = self._directory / "logs" / f"cdk-{command}.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        with subprocess.Popen(
            [str(NODE / "node"), str(CLI), command, "--no-notices", "--progress=events", *arguments],
            cwd=folder,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as cli:
            lines = list(self._shown(cli.stdout or (), log))
        if cli.returncode != 0:
            raise EmulatorError(f"cdk {command} failed: {_reason(lines)} (see {log})")
        return time.monotonic() - started

    def _shown(self, lines: Iterable[str], log: Path) -> Iterator[str]:
        with log.open("w") as record:
            for line in lines:
                record.write(line)
                if _MILESTONE.search(line):
                    self._report(line.strip())
                yield line.strip()


def _reason(lines: Sequence[str]) -> str:
    """The first failure that was reported: those after it are its consequences."""
    failures = [line for line in lines if _FAILURE.search(line)]
    return (failures or [line for line in lines if line] or ["it said nothing"])[0]


def _build_layers() -> None:
    """What the functions need is fetched here, by this machine's own way to the registries (its certificates, its
    proxy), of which the CDK's environment knows nothing."""
    here = this_machine()
    try:
        for name in NAMES:
            build(name, here.architecture, here.python_version)
    except LayerError as error:
        raise EmulatorError(str(error)) from error


def _share_packed_assets(assembly: Path) -> None:
    """The CLI keeps the archives that it packs, by what is in them, with each assembly: all deployments have them in
    common here, or each would pack 80 MB anew."""
    _PACKED.mkdir(parents=True, exist_ok=True)
    assembly.mkdir(parents=True, exist_ok=True)
    kept = assembly / ".cache"
    if not kept.exists():
        kept.symlink_to(_PACKED)


def _environment() -> dict[str, str]:
    """Caches and settings inside the working tree; nothing of the caller's AWS set-up is used."""
    home, temporary = ROOT / ".build" / "home", ROOT / ".build" / "tmp"
    for folder in (home, temporary):
        folder.mkdir(parents=True, exist_ok=True)
    return {
        "PATH": f"{Path(sys.executable).parent}:{NODE}:/usr/local/bin:/usr/bin:/bin",
        "HOME": str(home),
        "TMPDIR": str(temporary),
        "LANG": "C.UTF-8",
        "NODE_COMPILE_CACHE": str(ROOT / ".build" / "node-cache"),
        "CDK_DISABLE_VERSION_CHECK": "1",
        "CDK_DISABLE_CLI_TELEMETRY": "1",
        "CDK_VALIDATION": "false",  # four seconds for each synthesis, of what tests/infra holds by cfn-lint
    }
