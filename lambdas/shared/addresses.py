"""Which addresses a function may connect to when others choose the name."""

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

# Some lie in ranges that are otherwise fine; all hand out credentials or rule the machine.
METADATA_SERVICES = frozenset(
    map(ip_address, ("169.254.169.254", "fd00:ec2::254", "100.100.100.200", "168.63.129.16", "192.0.0.192"))
)
_NAT64 = IPv6Network("64:ff9b::/96")

Address = IPv4Address | IPv6Address


def refusal(written: str, *, allow_private: bool) -> str | None:
    """Why nothing must connect to the address; None when it may.

    An IPv4 address inside an IPv6 one is judged like the outer one.  `allow_private` lets private and loopback
    addresses pass; metadata services, link-local, multicast, unspecified and reserved ones are never let pass.
    """
    address = ip_address(written.partition("%")[0])
    reasons = (_refusal(each, allow_private=allow_private) for each in (address, *_inside(address)))
    return next((reason for reason in reasons if reason), None)


def _refusal(address: Address, *, allow_private: bool) -> str | None:
    if address in METADATA_SERVICES:
        return "a cloud's metadata service"
    if address.is_loopback:
        return None if allow_private else "a loopback address"
    never = {
        "link-local": address.is_link_local,
        "multicast": address.is_multicast,
        "unspecified": address.is_unspecified,
        "reserved": address.is_reserved and not _inside(address),
    }
    kind = next((kind for kind, applies in never.items() if applies), None)
    if kind:
        return f"a{'n' if kind[0] in 'aeiou' else ''} {kind} address"
    if not address.is_global and not _inside(address):
        return None if allow_private else "a private address"
    return None


def _inside(address: Address) -> list[IPv4Address]:
    """The IPv4 addresses that traffic to an IPv6 address may end at."""
    if isinstance(address, IPv4Address):
        return []
    inside = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
    if address in _NAT64:
        inside.append(IPv4Address(int(address) & 0xFFFFFFFF))
    return [each for each in inside if each is not None]
