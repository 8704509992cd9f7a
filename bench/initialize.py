"""Times in a fresh process what it is told to import; run as a file, so that nothing of the project is imported before.

Reads Python on standard input, says as JSON the milliseconds of processor time that it took.  Imports wait for nothing,
so on a busy machine this tells more than the clock.  With `needs <folder>` it says instead which modules of others the
function in that folder has imported once it is initialized, in their order, and for which AWS services it made clients.
"""

import importlib
import json
import sys
import time
from types import FrameType

OWN = "lambdas"


def timed(code: str) -> float:
    compiled = compile(code, "<imports>", "exec")
    started = time.process_time()
    exec(compiled, {})  # noqa: S102  (the benchmark's own text)
    return (time.process_time() - started) * 1000


def needs(folder: str) -> dict[str, list[str]]:
    before = set(sys.modules)
    clients = _clients_made_by(f"{OWN}.{folder}.handler")
    return {"modules": [name for name in sys.modules if name not in before and _of_others(name)], "clients": clients}


def _clients_made_by(handler: str) -> list[str]:
    made: list[str] = []

    def remember(frame: FrameType, event: str, _: object) -> None:
        where = frame.f_globals.get("__name__"), frame.f_code.co_name
        if event == "call" and where == ("botocore.session", "create_client"):
            made.append(frame.f_locals["service_name"])

    sys.setprofile(remember)
    importlib.import_module(handler)
    sys.setprofile(None)
    return made


def _of_others(name: str) -> bool:
    """Whether it is an importable module of somebody else; some libraries register modules that are none."""
    spec = getattr(sys.modules[name], "__spec__", None)
    return name.partition(".")[0] != OWN and spec is not None and spec.name == name


if __name__ == "__main__":
    answer = needs(sys.argv[2]) if sys.argv[1:2] == ["needs"] else timed(json.load(sys.stdin))
    print(json.dumps(answer))
