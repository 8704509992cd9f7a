"""`python -m tests.integration.errors.commands_in_moto <arguments of ops>`: the command, on an account within it."""

import os
import sys

from moto import mock_aws

from ops.command import main
from tests.unit.lambdas.operator_view.account import Account

REGION = "us-east-1"  # of environments/local.toml
NUMBER = "123456789012"

if __name__ == "__main__":
    os.environ |= {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing", "MOTO_ACCOUNT_ID": NUMBER}
    with mock_aws():
        Account("junkos-local-errors", f"junkos-local-errors-{NUMBER}-{REGION}", REGION).tell_story()
        sys.exit(main(sys.argv[1:]))
