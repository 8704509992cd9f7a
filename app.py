"""The stacks of one environment: `cdk deploy -c environment=prod`.  Makes no AWS call.

`-c environments=<folder>`, or the variable ENVIRONMENTS, reads the environment's file from another folder.
"""

import sys
from pathlib import Path

import aws_cdk

from stacks.application import compose
from stacks.settings import SettingsError, load
from stacks.settings.remarks import remarks

app = aws_cdk.App()
name = app.node.try_get_context("environment") or "local"
directory = app.node.try_get_context("environments")
try:
    environment = load(name, Path(directory) if directory else None)
    compose(app, environment)
except SettingsError as error:
    sys.exit(str(error))
for remark in remarks(environment):
    print(remark, file=sys.stderr)  # noqa: T201  (for the person who synthesizes)
app.synth()
