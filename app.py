"""The stacks of one environment: `cdk deploy -c environment=prod`.  Makes no AWS call."""

import sys

import aws_cdk

from stacks.application import compose
from stacks.settings import SettingsError, load

app = aws_cdk.App()
try:
    compose(app, load(app.node.try_get_context("environment") or "local"))
except SettingsError as error:
    sys.exit(str(error))
app.synth()
