"""From where, or to where, somebody acted."""

from collections.abc import Iterator, Mapping
from typing import Any


def remote_address_of(action: Mapping[str, Any]) -> str:
    """Such as `from 198.51.100.7 (Oslo, Norway, Example Hosting)`; nothing when the finding does not say."""
    if domain := (action.get("dnsRequestAction") or {}).get("domain"):
        return f"asking for {domain}"
    remotes = list(dict.fromkeys(map(_described, _remotes(action))))
    if not remotes:
        return ""
    connection = action.get("networkConnectionAction") or {}
    way = "to" if connection.get("connectionDirection") == "OUTBOUND" else "from"
    called = (action.get("awsApiCallAction") or {}).get("api")
    return f"{f'calling {called} ' if called else ''}{way} {', '.join(remotes)}"


def _remotes(action: Any) -> Iterator[Mapping[str, Any]]:
    """The remote addresses wherever they stand: a port probe has a list of them."""
    if isinstance(action, list):
        for item in action:
            yield from _remotes(item)
    elif isinstance(action, Mapping):
        for name, value in action.items():
            if name == "remoteIpDetails" and value:
                yield value
            else:
                yield from _remotes(value)


def _described(remote: Mapping[str, Any]) -> str:
    address = remote.get("ipAddressV4") or remote.get("ipAddressV6") or "an unknown address"
    known = [
        (remote.get("city") or {}).get("cityName"),
        (remote.get("country") or {}).get("countryName"),
        (remote.get("organization") or {}).get("org"),
    ]
    about = ", ".join(filter(None, known))
    return f"{address} ({about})" if about else str(address)
