"""The stacks of one environment: `cdk deploy -c environment=prod`.  Makes no AWS call.

`-c environments=<folder>` reads the environment's file from another folder.
"""

import sys
from pathlib import Path

import aws_cdk

from stacks.application import compose
from stacks.settings import SettingsError, load

app = aws_cdk.App()
name = app.node.try_get_context("environment") or "local"
directory = Path(app.node.try_get_context("environments") or "environments")
try:
    compose(app, load(name, directory))
except SettingsError as error:
    sys.exit(str(error))
app.synth()
