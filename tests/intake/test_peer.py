"""mailgate.intake.peer"""

from ipaddress import ip_network

import pytest

from mailgate.intake.peer import recognise


@pytest.mark.parametrize(("host", "trusted"), [("127.0.0.1", True), ("::1", True), ("127.0.0.2", False)])
def test_without_peers_everybody_may_come_and_only_this_machine_is_trusted(host: str, trusted: bool) -> None:
    peer = recognise((host, 4000), ())
    assert peer.allowed
    assert peer.trusted is trusted


def test_with_peers_only_they_may_come_and_they_are_trusted() -> None:
    networks = (ip_network("192.0.2.0/24"), ip_network("2001:db8::/32"))
    assert recognise(("192.0.2.7", 4000), networks).allowed
    assert recognise(("192.0.2.7", 4000), networks).trusted
    assert recognise(("2001:db8::7", 4000, 0, 0), networks).trusted
    assert not recognise(("192.0.3.7", 4000), networks).allowed
    assert not recognise(("127.0.0.1", 4000), networks).allowed


def test_a_mapped_address_is_the_ipv4_address_that_it_is() -> None:
    peer = recognise(("::ffff:192.0.2.7", 4000, 0, 0), (ip_network("192.0.2.7/32"),))
    assert peer.address == "192.0.2.7"
    assert peer.allowed


def test_an_ipv6_customer_is_counted_by_his_whole_network() -> None:
    one, two = recognise(("2001:db8::1%eth0", 1, 0, 2), ()), recognise(("2001:db8::2", 1, 0, 0), ())
    assert one.address == "2001:db8::1"
    assert one.key == two.key
    assert recognise(("2001:db8:0:1::1", 1, 0, 0), ()).key != one.key


@pytest.mark.parametrize("peername", ["", None])
def test_a_unix_socket_is_trusted_because_its_mode_says_who_may_come(peername: object) -> None:
    peer = recognise(peername, (ip_network("192.0.2.0/24"),))
    assert peer.trusted
    assert peer.allowed
    assert peer.address == ""


@pytest.mark.parametrize(
    ("peername", "same"),
    [
        (("127.0.0.1", 1), True),
        (("::1", 1, 0, 0), True),
        ("", True),
        (("127.0.0.2", 1), False),
        (("192.0.2.7", 1), False),
    ],
)
def test_a_configured_peer_is_trusted_but_another_machine(peername: object, same: bool) -> None:
    assert recognise(peername, (ip_network("192.0.2.0/24"), ip_network("127.0.0.0/8"))).same_machine is same
