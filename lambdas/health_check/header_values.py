"""The header values that are kept in Secrets Manager or the Parameter Store."""

from collections.abc import Callable

from lambdas.health_check.aws import client
from lambdas.health_check.endpoints import Endpoint, Reference, Store, is_header_value
from lambdas.health_check.results import ProbeError
from lambdas.vocabulary.endpoints import Reason

Read = Callable[[str], str]
"""The text kept under a name."""


class HeaderValues:
    """Reads each value once per cold start, and again after the endpoint that it belongs to has rejected it."""

    def __init__(self, readers: dict[Store, Read]) -> None:
        self._readers = readers
        self._known: dict[Reference, str] = {}

    def are_known(self, endpoint: Endpoint) -> bool:
        """Whether `of` would answer at once."""
        return all(isinstance(value, str) or value in self._known for value in endpoint.headers.values())

    def of(self, endpoint: Endpoint) -> dict[str, str]:
        """The endpoint's headers with every reference replaced; raises ProbeError when one cannot be read.

        Blocks, for a value that is not known yet.
        """
        return {name: self._value(value) for name, value in endpoint.headers.items()}

    def forget(self, endpoint: Endpoint) -> None:
        """It may have been changed since: read it anew before the next probe."""
        for value in endpoint.headers.values():
            if isinstance(value, Reference):
                self._known.pop(value, None)

    def _value(self, value: str | Reference) -> str:
        if isinstance(value, str):
            return value
        if value not in self._known:
            self._known[value] = self._read(value)
        return self._known[value]

    def _read(self, reference: Reference) -> str:
        try:
            value = self._readers[reference.store](reference.name).strip()
        except Exception as error:  # noqa: BLE001 - whatever the client raises; its text may quote more than the name
            raise _unavailable(
                reference, f"{type(error).__name__} (does it exist, and may this function read it?)"
            ) from None
        if not is_header_value(value):
            raise _unavailable(reference, "it is not printable ASCII")
        return value


def _unavailable(reference: Reference, reason: str) -> ProbeError:
    return ProbeError(Reason.NO_HEADER_VALUE, f"{reference.store} {reference.name!r} cannot be sent: {reason}")


def aws_readers() -> dict[Store, Read]:
    """Readers on this function's own account and region."""
    return {Store.SECRET: _read_secret, Store.PARAMETER: _read_parameter}


def _read_secret(name: str) -> str:
    return str(client("secretsmanager").get_secret_value(SecretId=name)["SecretString"])


def _read_parameter(name: str) -> str:
    return str(client("ssm").get_parameter(Name=name, WithDecryption=True)["Parameter"]["Value"])
