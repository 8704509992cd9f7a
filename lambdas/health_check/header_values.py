"""The header values that are kept in Secrets Manager or the Parameter Store."""

from functools import partial

from lambdas.health_check.endpoints import Endpoint, Reference, Store, is_header_value
from lambdas.health_check.results import ProbeError
from lambdas.shared import aws
from lambdas.shared.stored_values import Read, StoredValues, UnreadableError, parameter, secret
from lambdas.vocabulary.endpoints import Reason


class HeaderValues:
    """Reads each value once per cold start, and again after the endpoint that it belongs to has rejected it."""

    def __init__(self, readers: dict[Store, Read]) -> None:
        self._stored = StoredValues(readers)

    def are_known(self, endpoint: Endpoint) -> bool:
        """Whether `of` would answer at once."""
        values = endpoint.headers.values()
        return all(isinstance(value, str) or self._stored.is_known(value.store, value.name) for value in values)

    def of(self, endpoint: Endpoint) -> dict[str, str]:
        """The endpoint's headers with every reference replaced; raises ProbeError when one cannot be read.

        Blocks, for a value that is not known yet.
        """
        return {name: self._value(value) for name, value in endpoint.headers.items()}

    def forget(self, endpoint: Endpoint) -> None:
        """It may have been changed since: read it anew before the next probe."""
        for value in endpoint.headers.values():
            if isinstance(value, Reference):
                self._stored.forget(value.store, value.name)

    def _value(self, value: str | Reference) -> str:
        if isinstance(value, str):
            return value
        try:
            text = self._stored.of(value.store, value.name)
        except UnreadableError as error:
            raise _unavailable(value, str(error)) from None
        if not is_header_value(text):
            self._stored.forget(value.store, value.name)
            raise _unavailable(value, "it is not printable ASCII")
        return text


def _unavailable(reference: Reference, reason: str) -> ProbeError:
    return ProbeError(Reason.NO_HEADER_VALUE, f"{reference.store} {reference.name!r} cannot be sent: {reason}")


def aws_readers() -> dict[Store, Read]:
    """Readers on this function's own account and region."""
    client = partial(aws.client, connect_timeout=3, read_timeout=5, attempts=2)
    return {
        Store.SECRET: lambda name: secret(client("secretsmanager"), name),
        Store.PARAMETER: lambda name: parameter(client("ssm"), name),
    }
