"""Layer `observability`: AWS Lambda Powertools with what its logger, metrics and data classes import."""

from pathlib import Path
from typing import Final

from layers.target import Target
from layers.wheels import fetch, importable, unpack

PACKAGES: Final = ("aws-lambda-powertools", "jmespath", "typing_extensions")
# Parts that import packages which are not in the layer, so that they could not be used anyway.
_WITHOUT_THEIR_PACKAGES: Final = (
    "aws_lambda_powertools/utilities/parser/",  # pydantic
    "aws_lambda_powertools/event_handler/openapi/swagger_ui/",  # pydantic
    "aws_lambda_powertools/utilities/kafka/",  # avro, protobuf
    "aws_lambda_powertools/utilities/data_masking/",  # the AWS Encryption SDK
)


def assemble(python: Path, target: Target) -> None:
    for wheel in fetch(PACKAGES, target).values():
        unpack(wheel, python, _place)


def _place(name: str) -> str | None:
    return None if name.startswith(_WITHOUT_THEIR_PACKAGES) else importable(name)
