"""From the name of a host to addresses that may be called: the one that is connected to is the one that was judged
(spec/safety.md R54), so a name that says something else a moment later changes nothing."""

import asyncio
import socket
from collections.abc import Iterable, Sequence
from ipaddress import ip_address

from mailgate.errors import MailgateError
from mailgate.rules.reach import Address, Network, why_not


class NotAllowed(MailgateError):
    """Every address of the host is one that rules do not call."""


async def reachable(host: str, port: int, allowed: Iterable[Network]) -> Sequence[Address]:
    """The addresses of `host` that may be called, in the resolver's order; a literal needs no resolver.

    Raises NotAllowed, or OSError where the name cannot be resolved.
    """
    found = await _addresses(host, port)
    refused = {address: why_not(address, allowed) for address in found}
    if may := [address for address in found if not refused[address]]:
        return may
    told = ", ".join(f"{address} is {why}" for address, why in refused.items())
    raise NotAllowed(f"{host} is not called: {told} (allow_networks in [webhooks] can allow it)")


async def _addresses(host: str, port: int) -> Sequence[Address]:
    try:
        return [ip_address(host)]
    except ValueError:
        pass
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(ip_address(place[0]) for *_, place in found))
