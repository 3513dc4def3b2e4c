"""The addresses that rules may call: `https://erp.example.com/hook`, in one spelling, so that no two readers differ.

Only ASCII, no user, no fragment, no backslash; a host is a DNS name or an IP address as everybody writes it, so that
2130706433, 0x7f.1 and 127.1 are none (RFC 3986 is kinder, and its readers disagree).
"""

import re
from dataclasses import dataclass
from ipaddress import ip_address

from mailgate.rules.reach import Address

PORTS = {"https": 443, "http": 80}
MAX_LENGTH = 2_000
EXAMPLE = 'write it like "https://erp.example.com/hook"'

_FORM = re.compile(
    r"(https?)://(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::([0-9]{1,5}))?((?:/[^?#]*)?(?:\?[^#]*)?)", re.I | re.A
)
_TARGET = re.compile(r"[A-Za-z0-9._~:/?\[\]@!$&'()*+,;=%-]*", re.ASCII)
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?", re.ASCII)
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*", re.ASCII)


@dataclass(frozen=True, slots=True)
class WebAddress:
    """A URL in its parts. `host` is in small letters, an IPv6 address without brackets; `target` begins with "/"."""

    scheme: str
    host: str
    port: int
    target: str

    @property
    def origin(self) -> tuple[str, str, int]:
        """What is called: two URLs of one origin differ in path and query only."""
        return self.scheme, self.host, self.port

    @property
    def literal(self) -> Address | None:
        """The host where it is an IP address."""
        try:
            return ip_address(self.host)
        except ValueError:
            return None

    @property
    def authority(self) -> str:
        """What stands in the Host field (RFC 9110 7.2)."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"

    def __str__(self) -> str:
        return f"{self.scheme}://{self.authority}{self.target}"


def parse_web_address(text: str) -> WebAddress:
    """Read a URL. Raises ValueError, in words."""
    found = _FORM.fullmatch(text)
    if found is None or not _TARGET.fullmatch(found[4]) or re.search("%(?![0-9A-Fa-f]{2})", found[4]):
        raise ValueError("it is not a web address that is taken here")
    if len(text) > MAX_LENGTH:
        raise ValueError(f"it is longer than {MAX_LENGTH:,} characters")
    scheme, target = found[1].lower(), found[4] or "/"
    port = int(found[3]) if found[3] else PORTS[scheme]
    if not 0 < port < 65_536:
        raise ValueError(f"{port} is no port")
    if _climbs(target):
        raise ValueError('"." and ".." are no parts of a path here')
    return WebAddress(scheme, _host(found[2].lower()), port, target if target.startswith("/") else f"/{target}")


def _host(text: str) -> str:
    labels = text.split(".")
    if text.startswith("[") or _NUMBER.fullmatch(labels[-1]):
        try:
            return str(ip_address(text.strip("[]")))
        except ValueError:
            raise ValueError(f"{text} is not an IP address as it is usually written") from None
    if len(text) > 253 or not all(map(_LABEL.fullmatch, labels)):
        raise ValueError(f"{text} is not the name of a host")
    return text


def _climbs(target: str) -> bool:
    path = re.sub("%2e", ".", target.partition("?")[0], flags=re.IGNORECASE)
    return any(part in (".", "..") for part in path.split("/"))
