"""What a request that did not end in time was waiting for."""

from lambdas.shared.guarded_http.errors import ProbeError
from lambdas.shared.guarded_http.observation import Observation
from lambdas.shared.guarded_http.resolve import Resolver
from lambdas.shared.guarded_http.stopwatch import Phase
from lambdas.vocabulary.endpoints import Reason

_TIMEOUTS = {
    Phase.DNS: (Reason.DNS_TIMEOUT, "its name was not resolved in time", True),
    Phase.CONNECT: (Reason.CONNECT_TIMEOUT, "nothing took the connection in time", True),
    Phase.TLS: (Reason.TLS_TIMEOUT, "the TLS handshake was not done in time", False),
    Phase.FIRST_BYTE: (Reason.WAIT_TIMEOUT, "it took the request and did not begin to answer in time", False),
    Phase.READ: (Reason.READ_TIMEOUT, "it began to answer and did not end in time", False),
}


def timeout_of(seen: Observation, resolver: Resolver) -> ProbeError:
    if seen.stopwatch.phase is Phase.DNS and not resolver.has_begun(seen.host):
        return ProbeError(Reason.PROBER_FAILED, "too many other names hang for this one to be looked up")
    reason, detail, maybe_own_network = _TIMEOUTS[seen.stopwatch.phase]
    return ProbeError(reason, detail, maybe_own_network=maybe_own_network)
