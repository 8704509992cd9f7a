"""The ARNs that rights of checks name; `PLACEHOLDERS` stand for the environment's."""

from typing import Final

_HERE: Final = "arn:{partition}:%s:{region}:{account}:%s"
BACKUPS: Final = "arn:{partition}:s3:::{backups}"
REPORTS: Final = "arn:{partition}:s3:::{reports}"


def of_function(folder: str) -> str:
    return _HERE % ("lambda", "function:{prefix}" + _dashed(folder))


def of_schedule(name: str) -> str:
    return _HERE % ("scheduler", "schedule/default/{prefix}" + _dashed(name))


def of_log(group: str) -> str:
    """All streams of it: what `FilterLogEvents` takes."""
    return _HERE % ("logs", f"log-group:{group}:*")


def of_functions_log(folder: str) -> str:
    return of_log("/aws/lambda/{prefix}" + _dashed(folder))


def of_table(name: str) -> str:
    return _HERE % ("dynamodb", "table/{prefix}" + _dashed(name))


def of_topic(name: str) -> str:
    return _HERE % ("sns", "{prefix}" + _dashed(name))


def of_rds(kind: str, name: str = "*") -> str:
    return _HERE % ("rds", f"{kind}:{name}")


def _dashed(name: str) -> str:
    return name.replace("_", "-")
