"""The dialogue of AUTH (RFC 4954): challenges and answers in base64, a name and a password in the end.

Whatever the client sends gives credentials or a reply that says what was wrong, never another exception.
"""

import binascii
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from mailgate.intake import replies
from mailgate.intake.wire import LineTooLong

MECHANISMS = ("PLAIN", "LOGIN")
_CANCEL = b"*"
_EMPTY = b"="  # an initial response without any octet (RFC 4954 4)

Ask = Callable[[bytes], Awaitable[bytes]]


@dataclass(frozen=True, slots=True)
class Credentials:
    """Who somebody says she is, and her password; it shows in no repr and so in no log."""

    user: str
    password: str

    def __repr__(self) -> str:
        return "Credentials(...)"


class Logins(Protocol):
    """Who may submit mail."""

    def anybody(self) -> bool:
        """Whether there is anybody who can log in; AUTH is offered only then."""
        ...

    async def check(self, user: str, password: str) -> str | None:
        """The agent whose name (or address) and password these are; None for nobody."""
        ...


class _NoCredentials(Exception):
    """The dialogue ended without; `reply` says why."""

    def __init__(self, reply: bytes) -> None:
        super().__init__()
        self.reply = reply


async def read_credentials(argument: str, ask: Ask) -> Credentials | bytes:
    """What follows "AUTH ": a mechanism and perhaps its first answer; else the reply that says what was wrong.

    `ask` says a challenge, ready for the wire, and gives the client's line; it may raise LineTooLong.
    """
    mechanism, _, initial = argument.partition(" ")
    first = initial.encode("utf-8", "surrogateescape")
    try:
        match mechanism.upper():
            case "PLAIN":
                return plain(await _answer(first, "", ask))
            case "LOGIN":
                user = await _answer(first, "Username:", ask)
                return Credentials(user, await _answer(b"", "Password:", ask))
            case _:
                return replies.NO_SUCH_MECHANISM
    except LineTooLong:
        return replies.AUTH_LINE_TOO_LONG
    except _NoCredentials as none:
        return none.reply


def plain(response: str) -> Credentials:
    """[authzid] NUL authcid NUL password (RFC 4616 2). Nobody acts for another here: an authzid is one's own name."""
    match response.split("\0"):
        case [authzid, user, password] if user and password and authzid in ("", user):
            return Credentials(user, password)
        case _:
            raise _NoCredentials(replies.CANNOT_DECODE)


async def _answer(initial: bytes, challenge: str, ask: Ask) -> str:
    line = initial or await ask(replies.challenge(challenge))
    if line == _CANCEL:
        raise _NoCredentials(replies.AUTH_CANCELLED)
    try:
        return binascii.a2b_base64(b"" if initial == _EMPTY else line, strict_mode=True).decode()
    except ValueError:  # binascii.Error and UnicodeDecodeError
        raise _NoCredentials(replies.CANNOT_DECODE) from None
