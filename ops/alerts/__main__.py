"""Whether alerts arrive, what is in alarm, and what is muted while work is done on the system.

Uses the AWS credentials of the shell, as `cdk deploy` does.  `firing` ends with 1 while anything is in alarm.
"""

import argparse
import sys

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from ops.alerts import firing, mute, muted, test_alert, unmute
from ops.alerts.errors import AlertsError
from stacks.settings import SettingsError, load

COMMANDS = (firing, mute, muted, test_alert, unmute)
"""Each a module: its name, its first line as help, `add_arguments` and `run`."""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m ops.alerts", description=__doc__)
    parser.add_argument("environment", help="the name of a file in environments/, such as prod")
    commands = parser.add_subparsers(required=True, metavar="command")
    for module in COMMANDS:
        name = module.__name__.rpartition(".")[2].replace("_", "-")
        text = (module.__doc__ or "").partition(": ")[2]
        command = commands.add_parser(name, help=text.partition("\n")[0], description=text)
        module.add_arguments(command)
        command.set_defaults(run=module.run)
    return parser


def main(arguments: list[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    try:
        environment = load(options.environment)
        cloudwatch = boto3.Session(region_name=environment.region).client("cloudwatch")
        return 0 if options.run(cloudwatch, environment, options) else 1
    except (AlertsError, SettingsError) as error:
        reason = str(error)
    except ClientError as error:
        reason = f"AWS refused: {error}"
    except BotoCoreError as error:
        reason = f"AWS was not reached: {error}"
    print(f"{options.environment}: {reason}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
