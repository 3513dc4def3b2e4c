"""Who is at the other end of a connection, and what the operator says of him."""

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

Networks = tuple[IPv4Network | IPv6Network, ...]

_SAME_MACHINE = frozenset((ip_address("127.0.0.1"), ip_address("::1")))


@dataclass(frozen=True, slots=True)
class Peer:
    """`address` is the IP literal, empty behind a unix socket. `key` is what limits are counted by: an IPv6 customer
    has a whole /64 to come from. `trusted` (configured, or this machine itself) is never limited by peer;
    `same_machine` not even for failed logins.
    """

    address: str
    key: str
    allowed: bool
    trusted: bool
    same_machine: bool = False


def recognise(peername: object, networks: Networks) -> Peer:
    """The peer of a transport, from its `peername`; without networks everybody is allowed and only we are trusted."""
    if not isinstance(peername, tuple):
        return Peer(
            "", "", allowed=True, trusted=True, same_machine=True
        )  # a unix socket: its file's mode says who may come
    address = _plain(ip_address(str(peername[0]).partition("%")[0]))
    configured = any(address in network for network in networks)
    same_machine = address in _SAME_MACHINE
    allowed, trusted = configured or not networks, configured or same_machine
    return Peer(str(address), _key(address), allowed, trusted, same_machine)


def _plain(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def _key(address: IPv4Address | IPv6Address) -> str:
    return str(address) if isinstance(address, IPv4Address) else str(IPv6Network((address, 64), strict=False))
