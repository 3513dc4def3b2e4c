"""What all sessions of one SMTP door share: its settings, its hooks, its counters, and the commits under way.

Who may come in is decided here. A commit belongs to the door, not to the session: a client that vanishes does not
stop it (it will send again, and the identity of the mail makes the second copy a duplicate).
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from mailgate.clock import Clock
from mailgate.errors import InDoubt, Outage, Refusal, SmtpReply
from mailgate.intake import replies
from mailgate.intake.certificate import Certificate
from mailgate.intake.limits import BAD_ADDRESSES, BAD_LOGINS, DoorLimits, InFlight, PenaltyBox, RateLimit
from mailgate.intake.peer import Networks, Peer
from mailgate.intake.sasl import MECHANISMS, Logins
from mailgate.mail.envelope import Submission

log = logging.getLogger(__name__)

Accept = Callable[[Submission], Awaitable[str]]
Verdict = Callable[[str], Awaitable[Refusal | None]]
Room = Callable[[int], Refusal | None]


@dataclass(frozen=True, slots=True)
class Asked:
    """All that is known at RCPT, for the rules that refuse there. `size` as announced, 0: not at all."""

    forward_path: str
    reverse_path: str | None
    peer: str
    authenticated_as: str | None
    size: int


Rule = Callable[[Asked], SmtpReply | None]


def no_rule(_: Asked) -> SmtpReply | None:
    """Nobody is refused."""
    return None


@dataclass(frozen=True, slots=True)
class SmtpDoorSettings:
    """One `[[in]]` door of type smtp. `port` 0 takes any free one; with `unix_path` host and port are not used.

    `hostname` is how we name ourselves. `peers` says who may connect; empty is anybody. STARTTLS is offered with
    `tls_cert` and `tls_key` (PEM files, both or none), AUTH within TLS and with `logins`.
    """

    name: str
    hostname: str
    host: str = "127.0.0.1"
    port: int = 0
    unix_path: str | None = None
    peers: Networks = ()
    limits: DoorLimits = field(default_factory=DoorLimits)
    tls_cert: Path | None = None
    tls_key: Path | None = None
    logins: Logins | None = None


class Guest(Protocol):
    """A session as its door sees it."""

    peer: Peer

    @property
    def idle_since(self) -> float | None:
        """The loop's time since when it has waited for a command; None while it does something."""
        ...

    def hang_up(self, reply: bytes) -> None:
        """Say the last word and close."""
        ...


class Reception:
    """The live part of a door."""

    def __init__(
        self, settings: SmtpDoorSettings, accept: Accept, verdict: Verdict, room: Room, clock: Clock, rule: Rule
    ) -> None:
        limits = settings.limits
        self.settings = settings
        self.limits = limits
        self.verdict = verdict
        self.rule = rule
        self.room = room
        self.clock = clock
        self.in_flight = InFlight(limits.in_flight)
        self.rates = RateLimit(limits.per_sender, clock)
        self.penalties = PenaltyBox(clock, BAD_ADDRESSES)
        self.failed_logins = PenaltyBox(clock, BAD_LOGINS)
        self.logins = settings.logins
        self.certificate: Certificate | None = None
        self.guests: dict[Guest, None] = {}
        self.commits: set[asyncio.Task[bytes | None]] = set()
        self.draining = False
        self._emptied = asyncio.Event()
        self.greeting = replies.greeting(settings.hostname)
        self.hello = replies.hello(settings.hostname)
        self._accept = accept
        self._per_peer: Counter[str] = Counter()

    def open(self) -> None:
        """Read what the door needs from disk. Raises CannotStart."""
        settings = self.settings
        if settings.tls_cert is not None and settings.tls_key is not None:
            self.certificate = Certificate(settings.name, settings.tls_cert, settings.tls_key)
        plainly = ("STARTTLS",) if self.certificate is not None else ()
        hostname, size = settings.hostname, self.limits.message
        self._extensions = replies.extensions(hostname, size, *plainly)
        self._extensions_in_tls = replies.extensions(hostname, size)
        self._extensions_with_auth = replies.extensions(hostname, size, f"AUTH {' '.join(MECHANISMS)}")

    def extensions(self, secured: bool) -> bytes:
        """The reply to EHLO, before and within TLS."""
        if not secured:
            return self._extensions
        return self._extensions_with_auth if self.offers_auth else self._extensions_in_tls

    @property
    def offers_auth(self) -> bool:
        """Whether anybody can log in here, within TLS."""
        return self.certificate is not None and self.logins is not None and self.logins.anybody()

    def admit(self, guest: Guest) -> Refusal | None:
        """Let a new connection in, or say why not. A full house sends its longest idle guest away instead."""
        peer = guest.peer
        if self.draining:
            return Refusal.SHUTTING_DOWN
        if not peer.allowed:
            return Refusal.PEER_NOT_ALLOWED
        if not peer.trusted:
            if self.penalties.shut(peer.key):
                return Refusal.TOO_MANY_BAD_ADDRESSES
            if self.failed_logins.shut(peer.key):
                return Refusal.TOO_MANY_BAD_LOGINS
            if self._per_peer[peer.key] >= self.limits.per_peer:
                return Refusal.TOO_MANY_CONNECTIONS
        if len(self.guests) >= self.limits.connections and not self._send_one_away():
            return Refusal.TOO_MANY_CONNECTIONS
        self.guests[guest] = None
        self._per_peer[peer.key] += 1
        return None

    def leave(self, guest: Guest) -> None:
        """Forget a connection; harmless for one that was never let in."""
        if guest not in self.guests:
            return
        del self.guests[guest]
        if not self.guests:
            self._emptied.set()
        self._per_peer[guest.peer.key] -= 1
        if not self._per_peer[guest.peer.key]:
            del self._per_peer[guest.peer.key]

    async def wait_until_empty(self, seconds: float) -> None:
        """Return when the last guest has left, or after `seconds`."""
        self._emptied.clear()
        if self.guests:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._emptied.wait(), seconds)

    def count_bad_address(self, peer: Peer) -> None:
        if not peer.trusted and self.penalties.failed(peer.key):
            log.warning(
                "door %s: %s named too many unknown addresses and is shut out for ten minutes;"
                " if it is a relay of yours, add it to peers",
                self.settings.name,
                peer.address,
            )

    def may_log_in(self, peer: Peer) -> bool:
        """Whether somebody there may still try a password: a configured peer, too, may be a guesser."""
        return peer.same_machine or not self.failed_logins.shut(peer.key)

    def count_bad_login(self, peer: Peer) -> None:
        if not peer.same_machine and self.failed_logins.failed(peer.key):
            log.warning(
                "door %s: %s tried too many wrong passwords and is shut out for ten minutes",
                self.settings.name,
                peer.address,
            )

    def sender_keys(self, peer: Peer, reverse_path: str | None) -> tuple[str, ...]:
        """By what the intake limit counts a mail: its reverse-path (but `<>`, which all bounces share) and its peer."""
        by_path = () if reverse_path is None else (f"<{reverse_path.casefold()}>",)
        return by_path if peer.trusted else (*by_path, peer.key)

    async def commit(self, submission: Submission, held: int) -> bytes | None:
        """Hand a mail to the spool and give the reply; `held` octets of memory are given back when it is through.

        None where nobody knows whether it is stored: a 4yz would forbid us to have it (RFC 5321 4.2.5), so that the
        client must hear nothing and come again.
        """
        task = asyncio.create_task(self._commit(submission, held))
        self.commits.add(task)
        task.add_done_callback(self.commits.discard)
        return await asyncio.shield(task)

    async def _commit(self, submission: Submission, held: int) -> bytes | None:
        try:
            return replies.queued(await self._accept(submission))
        except InDoubt as doubt:
            log.error(
                "door %s: a mail may be accepted or not; its sender hears nothing (%s)", self.settings.name, doubt
            )
            return None
        except Exception as error:
            trace = not isinstance(error, Outage)  # an outage is told in a line
            log.error(
                "door %s: a mail could not be accepted; its sender keeps it (%s)",
                self.settings.name,
                error,
                exc_info=trace,
            )
            return replies.REFUSALS[Refusal.TROUBLE]
        finally:
            self.in_flight.release(held)

    def _send_one_away(self) -> bool:
        idle = [(since, guest) for guest in self.guests if (since := guest.idle_since) is not None]
        if not idle:
            return False
        _, guest = min(idle, key=lambda pair: pair[0])
        self.leave(guest)
        guest.hang_up(replies.REFUSALS[Refusal.TOO_MANY_CONNECTIONS])
        return True
