import pytest

from lambdas.shared.addresses import refusal

PUBLIC = ["8.8.8.8", "93.184.216.34", "2606:4700:4700::1111", "64:ff9b::8.8.8.8", "2002:0808:0808::1"]
PRIVATE = {
    "127.0.0.1": "a loopback address",
    "127.8.8.8": "a loopback address",
    "::1": "a loopback address",
    "::ffff:127.0.0.1": "a loopback address",
    "10.0.0.1": "a private address",
    "172.16.0.1": "a private address",
    "192.168.1.1": "a private address",
    "100.64.0.1": "a private address",
    "fc00::1": "a private address",
    "::ffff:10.0.0.1": "a private address",
    "64:ff9b::10.0.0.1": "a private address",
    "2002:0a00:0001::1": "a private address",
}
NEVER = {
    "169.254.169.254": "a cloud's metadata service",
    "::ffff:169.254.169.254": "a cloud's metadata service",
    "64:ff9b::169.254.169.254": "a cloud's metadata service",
    "fd00:ec2::254": "a cloud's metadata service",
    "100.100.100.200": "a cloud's metadata service",
    "168.63.129.16": "a cloud's metadata service",
    "169.254.1.1": "a link-local address",
    "fe80::1": "a link-local address",
    "fe80::1%eth0": "a link-local address",
    "0.0.0.0": "an unspecified address",  # noqa: S104 - refused, not bound
    "::": "an unspecified address",
    "224.0.0.1": "a multicast address",
    "ff02::1": "a multicast address",
    "255.255.255.255": "a reserved address",
    "240.0.0.1": "a reserved address",
    "::ffff:0.0.0.0": "an unspecified address",
}


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_are_probed(address):
    assert refusal(address, allow_private=False) is None


@pytest.mark.parametrize("address", PRIVATE)
def test_private_addresses_are_probed_only_where_allowed(address):
    assert refusal(address, allow_private=False) == PRIVATE[address]
    assert refusal(address, allow_private=True) is None


@pytest.mark.parametrize("allowed", [True, False])
@pytest.mark.parametrize("address", NEVER)
def test_some_addresses_are_never_probed(address, allowed):
    assert refusal(address, allow_private=allowed) == NEVER[address]
