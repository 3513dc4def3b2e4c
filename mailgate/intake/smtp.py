"""The SMTP door: it listens in the daemon's event loop and ends every mail in `accept`.

It starts or raises CannotStart; it stops by draining: no new connections, idle ones are told 421, mail on its way is
finished (RFC 5321 3.8, 4.2.5). Nobody inside waits for a name server: the host name is given.
"""

import asyncio
import errno
import logging
import os
import socket

from mailgate.clock import Clock
from mailgate.errors import CannotStart, Refusal
from mailgate.intake import replies, unix_socket
from mailgate.intake.limits import DoorLimits
from mailgate.intake.reception import Accept, Reception, Room, Rule, SmtpDoorSettings, Verdict, no_rule
from mailgate.intake.session import SmtpSession

__all__ = ["DoorLimits", "SmtpDoor", "SmtpDoorSettings"]

_WAITING = 512  # connections that the system keeps until we take them
_AT_ONCE = 1  # asyncio's backlog is also how often it tries accept() before anything else, and its failures, happen


class SmtpDoor:
    """One listener.

    `accept(submission)` commits a mail and returns its queue id ("S4711"); whatever it raises keeps the mail with its
    sender (451). `verdict(forward_path)` says whether an address, as it was given, is ours. `room(octets)` says at MAIL
    whether there is space for a mail of the announced size (0: not announced). `rule(asked)` is how an administrator's
    rule refuses a recipient that is ours; it must be quick.
    """

    def __init__(
        self,
        settings: SmtpDoorSettings,
        accept: Accept,
        verdict: Verdict,
        room: Room,
        clock: Clock,
        rule: Rule = no_rule,
    ) -> None:
        self._settings = settings
        self._reception = Reception(settings, accept, verdict, room, clock, rule)
        self._server: asyncio.Server | None = None

    @property
    def addresses(self) -> tuple[tuple[str, int], ...]:
        """Where it listens: host and port of each socket; the path and 0 for a unix socket."""
        if self._server is None:
            return ()
        if self._settings.unix_path is not None:
            return ((self._settings.unix_path, 0),)
        names = (listener.getsockname() for listener in self._server.sockets)
        return tuple((str(name[0]), int(name[1])) for name in names)

    async def start(self) -> None:
        """Listen. Raises CannotStart with one line: what is wrong (address, certificate) and what to do."""
        logging.getLogger("mail.log").setLevel(logging.WARNING)  # aiosmtpd tells every connection
        loop = asyncio.get_running_loop()
        settings = self._settings
        self._reception.open()

        def session() -> SmtpSession:
            return SmtpSession(self._reception, loop)

        try:
            if settings.unix_path is not None:
                unix_socket.clear_stale(settings.unix_path)
                self._server = await loop.create_unix_server(session, settings.unix_path, backlog=_AT_ONCE)
                unix_socket.admit_group(settings.unix_path)
            else:
                self._server = await loop.create_server(session, settings.host, settings.port, backlog=_AT_ONCE)
        except OSError as error:
            where = settings.unix_path or f"{settings.host}:{settings.port}"
            raise CannotStart(f"door {settings.name} cannot listen on {where}: {_mend(error)}") from error
        for listener in self._server.sockets:
            with socket.socket(fileno=os.dup(listener.fileno())) as same:
                same.listen(_WAITING)

    async def drain(self, seconds: float) -> None:
        """Stop: nothing new from now on; mail being received has `seconds` to end, then the rest is cut off (421).

        Commits under way are waited for within the same time; one that takes longer goes on by itself.
        """
        reception = self._reception
        reception.draining = True
        if self._server is not None:
            self._server.close()
        if self._settings.unix_path is not None:
            unix_socket.remove(self._settings.unix_path)
        for guest in tuple(reception.guests):
            if guest.idle_since is not None:
                guest.hang_up(replies.REFUSALS[Refusal.SHUTTING_DOWN])
        loop = asyncio.get_running_loop()
        deadline = loop.time() + seconds
        await reception.wait_until_empty(seconds)
        for guest in tuple(reception.guests):
            guest.hang_up(replies.REFUSALS[Refusal.SHUTTING_DOWN])
        if reception.commits:
            await asyncio.wait(reception.commits, timeout=max(0.0, deadline - loop.time()))


def _mend(error: OSError) -> str:
    match error.errno:
        case errno.EADDRINUSE:
            return "another program listens there; stop it (ss -ltnxp shows it) or change listen"
        case errno.EACCES | errno.EPERM:
            return "not permitted; a port below 1024 needs CAP_NET_BIND_SERVICE, a socket a directory we may write to"
        case errno.EADDRNOTAVAIL:
            return "this machine has no such address; change listen (0.0.0.0 is any)"
        case errno.ENOENT:
            return "its directory does not exist; make it or change listen"
        case _:
            return f"{error.strerror or error}; change listen"
