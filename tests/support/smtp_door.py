"""A real SMTP door on a free port of 127.0.0.1, behind which a desk of a few known addresses keeps what comes in."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from ipaddress import ip_network
from pathlib import Path

from mailgate.clock import ManualClock
from mailgate.errors import Refusal
from mailgate.intake.sasl import Logins
from mailgate.intake.smtp import DoorLimits, SmtpDoor, SmtpDoorSettings
from mailgate.mail.envelope import Submission


class Desk:
    """What the door asks and where its mail goes. Set an attribute to change the answer."""

    def __init__(self) -> None:
        self.clock = ManualClock(datetime(2026, 1, 1, tzinfo=UTC))
        self.accepted: list[Submission] = []
        self.begun = asyncio.Event()
        self.go_on = asyncio.Event()
        self.go_on.set()
        self.failure: Exception | None = None
        self.space: Refusal | None = None
        self.announced: list[int] = []

    async def accept(self, submission: Submission) -> str:
        self.begun.set()
        await self.go_on.wait()
        if self.failure is not None:
            raise self.failure
        self.accepted.append(submission)
        return f"S{4710 + len(self.accepted)}"

    async def verdict(self, path: str) -> Refusal | None:
        if self.failure is not None:
            raise self.failure
        local, _, domain = path.rpartition("@")
        if path.casefold() == "postmaster":
            return None
        if domain != "example.com":
            return Refusal.RELAY_DENIED
        return None if local.partition("+")[0] in ("support", "postmaster", "ü") else Refusal.UNKNOWN_RECIPIENT

    def room(self, octets: int) -> Refusal | None:
        if self.failure is not None:
            raise self.failure
        self.announced.append(octets)
        return self.space


class OpenDoor:
    """A started door and its desk."""

    def __init__(self, door: SmtpDoor, desk: Desk) -> None:
        self.door = door
        self.desk = desk

    @property
    def port(self) -> int:
        return self.door.addresses[0][1]


@asynccontextmanager
async def open_door(
    limits: DoorLimits | None = None,
    peers: tuple[str, ...] = (),
    certificate: Path | None = None,
    logins: Logins | None = None,
) -> AsyncIterator[OpenDoor]:
    """`certificate`: the directory of server.pem and server.key, as tests.support.tls makes them."""
    desk = Desk()
    networks = tuple(ip_network(peer) for peer in peers)
    settings = SmtpDoorSettings(
        "front",
        "desk.example.com",
        peers=networks,
        limits=limits or DoorLimits(),
        tls_cert=certificate and certificate / "server.pem",
        tls_key=certificate and certificate / "server.key",
        logins=logins,
    )
    door = SmtpDoor(settings, desk.accept, desk.verdict, desk.room, desk.clock)
    await door.start()
    try:
        yield OpenDoor(door, desk)
    finally:
        desk.go_on.set()
        await door.drain(0)
        await asyncio.sleep(0)  # the transports' last callbacks
