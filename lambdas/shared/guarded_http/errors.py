"""How a request to a host that others chose ends without an answer."""

from lambdas.vocabulary.endpoints import Reason


class ProbeError(Exception):
    """Ends a probe: why, and one line for an operator.

    `maybe_own_network` says that the prober's own network may be the cause.
    """

    def __init__(self, reason: Reason, detail: str, *, maybe_own_network: bool = False) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail
        self.maybe_own_network = maybe_own_network
