"""What docs/channels.md tells a receiver to do accepts what is sent, and nothing else."""

import json
import re
import subprocess
import time
from pathlib import Path

import pytest

from embedded.account import NODE
from lambdas.notify.channels.webhook.render import signature

KEY, BODY = "the key", '{"text": "up é"}'
DOCUMENT = Path("docs/channels.md").read_text()
NOW = str(int(time.time()))
CASES = {
    "as it was sent": (NOW, KEY, BODY, True),
    "changed on its way": (NOW, KEY, BODY.replace("up", "down"), False),
    "by somebody else": (NOW, "another key", BODY, False),
    "old": (str(int(time.time()) - 600), KEY, BODY, False),
    "from the future": (str(int(time.time()) + 600), KEY, BODY, False),
}


def snippet(language):
    return re.search(rf"```{language}\n(.*?)```", DOCUMENT, re.DOTALL)[1]


@pytest.mark.parametrize(("timestamp", "signed_with", "received", "genuine"), CASES.values(), ids=CASES)
def test_the_python_snippet(timestamp, signed_with, received, genuine):
    names = {}
    exec(snippet("python"), names)  # noqa: S102 - the document's own code
    headers = {"JunkOS-Timestamp": timestamp, "JunkOS-Signature": signature(signed_with, timestamp, BODY.encode())}
    assert names["is_from_junkos"](headers, received.encode(), KEY) is genuine
    assert names["is_from_junkos"]({}, received.encode(), KEY) is False


def test_the_node_snippet(tmp_path):
    (tmp_path / "verify.mjs").write_text(snippet("js"))
    cases = [
        [{"junkos-timestamp": at, "junkos-signature": signature(key, at, BODY.encode())}, received]
        for at, key, received, _ in CASES.values()
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
