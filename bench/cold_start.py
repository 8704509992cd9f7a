"""What each function's initialization costs, against the bare import of the libraries that it needs.

The function's own code lies in a folder without bytecode, as it is deployed.  The libraries that it needs are all those
modules of others that are there once it is initialized.  The clients of AWS that it makes meanwhile are no import; a
column of their own, for information, makes the same ones with bare botocore.
"""

import shutil
import sys
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

from bench.function import environment_of
from bench.interleaved import interleaved
from bench.measure import run
from bench.place import ROOT, Place
from bench.results import Aim, Result, spread, table
from cost.templates import Templates
from stacks.settings import load

LEAST_REPEATS = 9
BOUND = 1.3
LIBRARIES, CLIENTS, FUNCTION = "libraries", "libraries and clients", "function"
# Every function is in one of them: the second's database is at RDS, and it has copies and drills.
_ENVIRONMENTS = ("local", "staging")
_FILLED_IN = "something-low"  # the ARN of a level's topic ends with it
# What the layers of an environment's own carry.
_ENDPOINTS = '[{"name": "api", "url": "https://api.junkos.example/health"}]'
_REMARK = (
    "The aim counts imports alone. A client of AWS costs botocore 55 to 80 ms: it reads the service's model and"
    " its endpoints: that is most of what a function takes beyond its imports, be it spent here or in the first"
    " invocation. The last column has the same clients on both sides; what is left there is the function's own code,"
    " compiled at each cold start."
)


def measure(place: Place, repeats: int) -> Result:
    """Every function's, in turns."""
    result = Result("cold_start", "Cold start: initialization of each function")
    asset = _asset(place.directory)
    deployed = variables_by_folder()
    functions = [_Function(place, asset, folder, deployed[folder]) for folder in sorted(_folders())]
    contenders = {(of.folder, what): start for of in functions for what, start in of.starts().items()}
    _fill(result, interleaved("cold start", contenders, max(repeats, LEAST_REPEATS)))
    return result


def _folders() -> list[str]:
    return [handler.parent.name for handler in (ROOT / "lambdas").glob("*/handler.py")]


def variables_by_folder() -> dict[str, dict[str, str]]:
    """What every function is deployed with; what CloudFormation fills in has a name of the same shape."""
    found: dict[str, dict[str, str]] = {}
    for name in _ENVIRONMENTS:
        for function in Templates.of(load(name)).of_type("AWS::Lambda::Function"):
            package, _, rest = str(function.properties.get("Handler", "")).partition(".")
            if package == "lambdas":
                variables = function.properties["Environment"]["Variables"]
                found.setdefault(
                    rest.partition(".")[0], {variable: _filled(value) for variable, value in variables.items()}
                )
    return found


def _filled(value: Any) -> str:
    match value:
        case str():
            return value
        case {"Fn::Join": [str(separator), [*parts]]}:
            return separator.join(map(_filled, parts))
        case _:
            return _FILLED_IN


def _asset(directory: Path) -> Path:
    """The functions' code as it is deployed, and the endpoints that an environment would bring."""
    asset = directory / "asset"
    shutil.copytree(ROOT / "lambdas", asset / "lambdas", ignore=shutil.ignore_patterns("__pycache__", "*.txt"))
    endpoints = asset / "monitored_endpoints"
    endpoints.mkdir()
    (endpoints / "endpoints.json").write_text(_ENDPOINTS)
    return asset


class _Function:
    """A function and its three starts."""

    def __init__(self, place: Place, asset: Path, folder: str, variables: Mapping[str, str]) -> None:
        """`variables` are those that it is deployed with."""
        self.folder, self._directory = folder, place.directory
        self._environment = {
            **environment_of(variables, place.directory, asset),
            "AWS_LAMBDA_FUNCTION_NAME": folder,
            "AWS_ACCESS_KEY_ID": "bench",
            "AWS_SECRET_ACCESS_KEY": "bench",
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def starts(self) -> dict[str, Callable[[], float]]:
        needs = self._run("needs", self.folder)
        libraries = "\n".join(f"import {module}" for module in needs["modules"])
        clients = "".join(f"\nsession.create_client({service!r})" for service in needs["clients"])
        if clients:
            clients = f"\nfrom botocore.session import get_session\nsession = get_session(){clients}"
        return {
            LIBRARIES: partial(self._run, tell=libraries),
            CLIENTS: partial(self._run, tell=libraries + clients),
            FUNCTION: partial(self._run, tell=f"import lambdas.{self.folder}.handler"),
        }

    def _run(self, *arguments: str, tell: str = "") -> Any:
        command = [sys.executable, str(Path(__file__).with_name("initialize.py")), *arguments]
        return run(command, environment=self._environment, directory=self._directory, tell=tell).said


def _fill(result: Result, found: dict[tuple[str, str], list[float]]) -> None:
    rows = []
    for folder in dict.fromkeys(folder for folder, _ in found):
        libraries, clients, function = (found[folder, what] for what in (LIBRARIES, CLIENTS, FUNCTION))
        ratios = [median(function) / median(of) for of in (libraries, clients)]
        rows.append(
            (folder, *(spread(of, 0) for of in (libraries, clients, function)), *(f"{ratio:.2f}" for ratio in ratios))
        )
        result.aims.append(Aim(f"{folder} / its libraries", ratios[0], BOUND))
        result.measured[folder] = {LIBRARIES: libraries, CLIENTS: clients, FUNCTION: function}
    head = (
        "milliseconds of processor time",
        LIBRARIES,
        CLIENTS,
        FUNCTION,
        "function / libraries",
        "function / libraries and clients",
    )
    result.tables.append(table(head, rows))
    result.remarks.append(_REMARK)
