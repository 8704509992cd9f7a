"""The header values that are kept in Secrets Manager or the Parameter Store."""

from functools import partial

from lambdas.shared import aws
from lambdas.shared.guarded_http.errors import ProbeError
from lambdas.shared.guarded_http.headers import Headers, Reference, Store, is_header_value
from lambdas.shared.stored_values import Read, StoredValues, UnreadableError, parameter, secret
from lambdas.vocabulary.endpoints import Reason


class HeaderValues:
    """Reads each value once per cold start, and again after the server that it is for has rejected it."""

    def __init__(self, readers: dict[Store, Read]) -> None:
        self._stored = StoredValues(readers)

    def are_known(self, headers: Headers) -> bool:
        """Whether `of` would answer at once."""
        values = headers.values()
        return all(isinstance(value, str) or self._stored.is_known(value.store, value.name) for value in values)

    def of(self, headers: Headers) -> dict[str, str]:
        """The headers with every reference replaced; raises ProbeError when one cannot be read.

        Blocks, for a value that is not known yet.
        """
        return {name: self._value(value) for name, value in headers.items()}

    def forget(self, headers: Headers) -> None:
        """It may have been changed since: read it anew before the next request."""
        for value in headers.values():
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
