"""The clock that functions read, which a drill can move: what waits for minutes is seen without waiting.

Only `lambdas.shared.clock` is moved, and only for the functions that the drill names: AWS's own time, signatures and
the logs stay as they are.
"""

import json
import os
from pathlib import Path
from typing import Any

from emulator.ministack import control

PATH = f"{control.PREFIX}move-clock"
_FILE = Path(os.environ.get("TMPDIR", "/tmp")) / "function-clock.json"  # noqa: S108  (the account's own folder)

_HANDLER = "        handler_fn = getattr(mod, handler_name)\n"
_MOVED = f"""
        _clock = sys.modules.get("lambdas.shared.clock")
        if _clock is not None:
            import datetime as _datetime
            class _Moved(_datetime.datetime):
                @classmethod
                def now(cls, tz=None):
                    try:
                        _seconds = json.loads(open({str(_FILE)!r}).read())
                    except OSError:
                        _seconds = {{}}
                    _by = _seconds.get(os.environ.get("AWS_LAMBDA_FUNCTION_NAME", ""), 0)
                    return _datetime.datetime.now(tz) + _datetime.timedelta(seconds=_by)
            _clock.datetime = _Moved
"""
CHANGES = {_HANDLER: _HANDLER + _MOVED}
"""What is replaced in MiniStack's worker script, and by what."""


def register() -> None:
    control.PATHS[PATH] = move


def move(request: dict[str, Any]) -> dict[str, Any]:
    """`{"seconds": how far ahead, "functions": names}`; the clocks of all others are right again."""
    seconds = float(request["seconds"])
    written = dict.fromkeys(request["functions"], seconds)
    beside = _FILE.with_suffix(".new")
    beside.write_text(json.dumps(written))
    beside.replace(_FILE)
    return written
