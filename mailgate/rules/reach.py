"""Which addresses rules may make us call: those of the public Internet, and networks that the configuration allows
(spec/safety.md R54, A21).

An IPv6 address that leads to an IPv4 one (mapped, NAT64, 6to4, ISATAP) is judged by where it leads. Sources: the
special-purpose registries of IANA (RFC 6890), RFC 4291, 6052, 3056, 5214.
"""

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_NOT_PUBLIC: tuple[tuple[Network, str], ...] = tuple(
    (ip_network(network), why)
    for network, why in (
        ("0.0.0.0/8", "an unspecified address"),
        ("10.0.0.0/8", "a private address"),
        ("100.64.0.0/10", "a shared address of providers"),
        ("127.0.0.0/8", "a loopback address"),
        ("168.63.129.16/32", "an address of cloud metadata"),
        ("169.254.0.0/16", "a link-local address"),
        ("172.16.0.0/12", "a private address"),
        ("192.0.0.0/24", "a reserved address"),
        ("192.0.2.0/24", "an address for documentation"),
        ("192.88.99.0/24", "a reserved address"),
        ("192.168.0.0/16", "a private address"),
        ("198.18.0.0/15", "an address for benchmarks"),
        ("198.51.100.0/24", "an address for documentation"),
        ("203.0.113.0/24", "an address for documentation"),
        ("224.0.0.0/4", "a multicast address"),
        ("240.0.0.0/4", "a reserved address"),
        ("::/128", "an unspecified address"),
        ("::1/128", "a loopback address"),
        ("fc00::/7", "a private address"),
        ("fe80::/10", "a link-local address"),
        ("fec0::/10", "a private address"),
        ("ff00::/8", "a multicast address"),
        ("2001::/23", "a reserved address"),
        ("2001:db8::/32", "an address for documentation"),
        ("3fff::/20", "an address for documentation"),
    )
)
_GLOBAL_UNICAST = IPv6Network("2000::/3")
_NAT64 = IPv6Network("64:ff9b::/96")
_LAST_32_BITS = 0xFFFF_FFFF
_ISATAP = 0x0000_5EFE  # before the IPv4 address; the bit that is masked says whether that is a public one
_ISATAP_MASK = 0xFDFF_FFFF


def why_not(address: Address, allowed: Iterable[Network] = ()) -> str:
    """What is wrong with calling `address`, in words; empty where it may be called."""
    target = _target(address)
    if any(each in network for network in allowed for each in (address, target)):
        return ""
    if why := _not_public(target):
        return why if target is address else f"{why} in another form ({target})"
    if isinstance(address, IPv6Address) and address.ipv4_mapped is None and address not in _NAT64:
        return _not_public(address)
    return ""


def _target(address: Address) -> Address:
    """Where the address really leads."""
    if isinstance(address, IPv4Address):
        return address
    number = int(address)
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address in _NAT64 or (number >> 32) & _ISATAP_MASK == _ISATAP:
        return IPv4Address(number & _LAST_32_BITS)
    return address.sixtofour or address


def _not_public(address: Address) -> str:
    for network, why in _NOT_PUBLIC:
        if address in network:
            return why
    if isinstance(address, IPv6Address) and address not in _GLOBAL_UNICAST:
        return "a reserved address"
    return ""
