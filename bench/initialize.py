"""Times in a fresh process what it is told to import; run as a file, so that nothing of the project is imported before.

Reads Python on standard input, says as JSON the milliseconds of processor time that it took.  Imports wait for nothing,
so on a busy machine this tells more than the clock.  With `needs <folder>` it says instead what the function in that
folder imports from others, as Python, and for which AWS services it makes clients.
"""

import ast
import importlib
import json
import sys
import time
from pathlib import Path

OWN = "lambdas"


def timed(code: str) -> float:
    compiled = compile(code, "<imports>", "exec")
    started = time.process_time()
    exec(compiled, {})  # noqa: S102  (the benchmark's own text)
    return (time.process_time() - started) * 1000


def needs(folder: str) -> dict[str, list[str]]:
    before = set(sys.modules)
    clients = _clients_made_by(f"{OWN}.{folder}.handler")
    own = [module for name, module in list(sys.modules.items()) if name.startswith(f"{OWN}.") and name not in before]
    statements = [statement for module in own for statement in _imports(Path(module.__file__))]
    return {"imports": list(dict.fromkeys(statements)), "clients": clients}


def _clients_made_by(handler: str) -> list[str]:
    from botocore.session import Session  # noqa: PLC0415  (only when asked)

    made, create = [], Session.create_client

    def remember(session: Session, service: str, *arguments: object, **options: object) -> object:
        made.append(service)
        return create(session, service, *arguments, **options)

    Session.create_client = remember
    importlib.import_module(handler)
    return made


def _imports(file: Path) -> list[str]:
    """The imports at a module's top level, those of the project's own modules left out."""
    found = [node for node in ast.parse(file.read_text()).body if isinstance(node, ast.Import | ast.ImportFrom)]
    return [ast.unparse(node) for node in found if not _is_own(node)]


def _is_own(node: ast.Import | ast.ImportFrom) -> bool:
    first = node.module if isinstance(node, ast.ImportFrom) else node.names[0].name
    return (first or "").partition(".")[0] in (OWN, "__future__")


if __name__ == "__main__":
    answer = needs(sys.argv[2]) if sys.argv[1:2] == ["needs"] else timed(json.load(sys.stdin))
    print(json.dumps(answer))
