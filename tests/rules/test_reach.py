"""Which addresses rules may make us call, in every form in which they can be written (spec/safety.md R54, D24)."""

from ipaddress import ip_address, ip_network

import pytest

from mailgate.rules.reach import why_not

PUBLIC = (
    "8.8.8.8",
    "1.1.1.1",
    "172.32.0.1",
    "192.167.255.255",
    "2606:4700:4700::1111",
    "2a00:1450:4003:80b::200e",
    "::ffff:8.8.8.8",
    "64:ff9b::808:808",
    "2002:808:808::1",
)
REFUSED = {
    "loopback": ("127.0.0.1", "127.255.255.254", "::1"),
    "private": ("10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "fc00::1", "fdff::1", "fec0::1"),
    "link-local": ("169.254.169.254", "fe80::1", "fe80::a9fe:a9fe%eth0"),
    "metadata": ("168.63.129.16",),
    "unspecified": ("0.0.0.0", "0.1.2.3", "::"),
    "multicast": ("224.0.0.1", "239.255.255.255", "ff02::1"),
    "providers": ("100.64.0.1", "100.100.100.200"),
    "reserved": ("192.0.0.192", "240.0.0.1", "255.255.255.255", "64:ff9b:1::a00:1", "2001::1", "100::1", "::7f00:1"),
    "documentation": ("192.0.2.1", "198.51.100.1", "203.0.113.1", "2001:db8::1", "3fff::1"),
    "benchmarks": ("198.18.0.1",),
    "another form": (
        "::ffff:127.0.0.1",
        "::ffff:169.254.169.254",
        "::ffff:0.0.0.0",
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "2002:7f00:1::1",
        "2002:a9fe:a9fe::",
        "2606:4700::5efe:a00:1",
        "2606:4700::200:5efe:c0a8:1",
    ),
}


@pytest.mark.parametrize("text", PUBLIC)
def test_an_address_of_the_public_internet_may_be_called(text: str) -> None:
    assert why_not(ip_address(text)) == ""


@pytest.mark.parametrize(("why", "text"), [(why, text) for why, texts in REFUSED.items() for text in texts])
def test_any_other_address_may_not_whatever_its_form(why: str, text: str) -> None:
    assert why in why_not(ip_address(text))


@pytest.mark.parametrize(
    ("text", "network"),
    [
        ("10.20.0.5", "10.20.0.0/16"),
        ("127.0.0.1", "127.0.0.1/32"),
        ("::ffff:10.20.0.5", "10.20.0.0/16"),
        ("64:ff9b::a14:5", "10.20.0.0/16"),
        ("fd00::5", "fd00::/8"),
    ],
)
def test_a_network_that_is_allowed_is_and_no_other(text: str, network: str) -> None:
    assert why_not(ip_address(text), (ip_network(network),)) == ""
    assert why_not(ip_address(text), (ip_network("10.99.0.0/16"), ip_network("fd99::/16"))) != ""
