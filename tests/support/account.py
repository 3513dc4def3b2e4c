"""What a person types into her mail client once: who she is, and the servers that it speaks to."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Account:
    """`user` logs in at the IMAP server with `password`; both servers are on loopback, without TLS."""

    user: str
    name: str
    address: str
    password: str
    imap_port: int
    smtp_port: int

    @property
    def machine(self) -> str:
        """What her machine calls itself: it stands in her Message-IDs, and is nobody else's business."""
        return f"{self.user}-laptop.{self.address.partition('@')[2]}"
