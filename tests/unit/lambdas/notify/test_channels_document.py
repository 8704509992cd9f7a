"""What docs/channels.md asks a receiver to do accepts what is sent, and nothing else."""

import json
import re
import subprocess
import time
from pathlib import Path

import pytest

from emulator.account import NODE
from lambdas.notify.channels.webhook.render import signature

KEY, BODY = "the key", '{"text": "up é"}'
DOCUMENT = Path("docs/channels.md").read_text()
CASES = {
    "as it was sent": (0, KEY, BODY, True),
    "changed on its way": (0, KEY, BODY.replace("up", "down"), False),
    "by somebody else": (0, "another key", BODY, False),
    "old": (-600, KEY, BODY, False),
    "from the future": (600, KEY, BODY, False),
}
"""How many seconds from now it was signed, with which key, what was received, and whether that is genuine."""


def signed(seconds, key):
    """Timestamp and signature, made while the test runs: a receiver takes nothing that is old."""
    timestamp = str(int(time.time()) + seconds)
    return timestamp, signature(key, timestamp, BODY.encode())


def snippet(language):
    return re.search(rf"```{language}\n(.*?)```", DOCUMENT, re.DOTALL)[1]


@pytest.mark.parametrize(("seconds", "key", "received", "genuine"), CASES.values(), ids=CASES)
def test_the_python_snippet(seconds, key, received, genuine):
    names = {}
    exec(snippet("python"), names)  # noqa: S102 - the document's own code
    headers = dict(zip(("JunkOS-Timestamp", "JunkOS-Signature"), signed(seconds, key), strict=True))
    assert names["is_from_junkos"](headers, received.encode(), KEY) is genuine
    assert names["is_from_junkos"]({}, received.encode(), KEY) is False


def test_the_node_snippet(tmp_path):
    (tmp_path / "verify.mjs").write_text(snippet("js"))
    cases = [
        [dict(zip(("junkos-timestamp", "junkos-signature"), signed(seconds, key), strict=True)), received]
        for seconds, key, received, _ in CASES.values()
    ]
    program = (
        'import { isFromJunkOS } from "./verify.mjs";'
        f"const cases = {json.dumps([*cases, [{}, BODY]])};"
        f"console.log(JSON.stringify(cases.map(([headers, body]) => "
        f"isFromJunkOS(headers, Buffer.from(body), {json.dumps(KEY)}))));"
    )
    (tmp_path / "run.mjs").write_text(program)
    output = subprocess.run([NODE / "node", "run.mjs"], cwd=tmp_path, check=True, capture_output=True, text=True).stdout
    assert json.loads(output) == [*(genuine for *_, genuine in CASES.values()), False]
