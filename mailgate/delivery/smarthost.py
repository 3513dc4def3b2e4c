"""The one host that takes our mail, and what may be known of it before a connection is made."""

from dataclasses import dataclass, field
from typing import Literal

Tls = Literal["none", "starttls", "implicit"]


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds to wait for an answer (RFC 5321 4.5.3.2). `dot` is the wait after the last octet of a mail was handed to
    the system; `octets_per_second` is the slowest line on which a mail may still be under way by then.
    """

    greeting: float = 300
    mail: float = 300
    rcpt: float = 300
    data: float = 120
    dot: float = 600
    octets_per_second: float = 10_000


@dataclass(frozen=True, slots=True)
class Smarthost:
    """Where and how. `hostname` is our name in EHLO. TLS is verified, against `ca_file` or the system's roots."""

    host: str
    port: int
    tls: Tls
    hostname: str
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    timeouts: Timeouts = field(default_factory=Timeouts)
    ca_file: str | None = None
