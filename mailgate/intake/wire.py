"""Octets as they come from an SMTP client, made into command lines and mail; both are bounded, whatever is sent.

Pure and synchronous: a connection feeds chunks as they arrive. A line that is too long and a mail that is refused are
swallowed, not stored, so that an endless one costs no memory. End of data is CR LF dot CR LF and nothing else (RFC 5321
4.1.1.4): with bare CR or LF around the dot it is content.
"""

from mailgate.errors import Refusal
from mailgate.intake.limits import InFlight

COMMAND_OCTETS = 1024  # RFC 5321 4.5.3.1.4 asks for 512, and for more where extensions add parameters
AUTH_OCTETS = 12_288  # RFC 4954 4: the lines of an AUTH dialogue
END_OF_DATA = b"\r\n.\r\n"
_OVERLAP = len(END_OF_DATA) - 1


class LineTooLong(Exception):
    """A command line passed the limit; it has been swallowed and the next one can be taken."""


class CommandLines:
    """The command lines of one client. A bare LF ends a line too: what talks to a door by hand sends it."""

    __slots__ = ("_buffer", "_overlong")

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._overlong = False

    def __len__(self) -> int:
        return len(self._buffer)

    def feed(self, chunk: bytes) -> None:
        self._buffer += chunk

    def take(self, answer: bool = False) -> bytes | None:
        """The next line without its end, or None until there is a whole one. Raises LineTooLong.

        `answer`: it answers a challenge of an AUTH dialogue.
        """
        buffer = self._buffer
        end = buffer.find(b"\n")
        size = end if end >= 0 else len(buffer)
        if size >= COMMAND_OCTETS and size >= self._longest(answer):
            self._overlong = True
        if end < 0:
            if self._overlong:
                buffer.clear()
            return None
        line = bytes(buffer[:end])
        del buffer[: end + 1]
        if self._overlong:
            self._overlong = False
            raise LineTooLong
        return line.removesuffix(b"\r")

    def _longest(self, answer: bool) -> int:
        return AUTH_OCTETS if answer or self._buffer[:5].upper() == b"AUTH " else COMMAND_OCTETS

    def clear(self) -> bytes:
        """Everything that has not been taken; it is forgotten here."""
        rest = bytes(self._buffer)
        self._buffer.clear()
        return rest


class MailData:
    """The mail that comes after DATA, until its dot.

    `limit` is in octets. The memory it takes is reserved in `in_flight` as it arrives, until `release` or, with a
    refusal, at once; `hand_over` leaves the reservation to whoever takes the content on.
    """

    __slots__ = ("_buffer", "_held", "_in_flight", "_limit", "_searched", "refusal")

    def __init__(self, limit: int, in_flight: InFlight) -> None:
        self._limit = limit
        self._in_flight = in_flight
        self._held = 0
        self._buffer = bytearray(b"\r\n")  # so that the dot of an empty mail is found like any other
        self._searched = 0
        self.refusal: Refusal | None = None

    def feed(self, chunk: bytes) -> bytes | None:
        """Take in a chunk. None: the mail goes on; else what came behind its end (commands in a pipeline)."""
        if self.refusal is None:
            if self._in_flight.reserve(len(chunk)):
                self._held += len(chunk)
            else:
                self._refuse(Refusal.BUSY)
        buffer = self._buffer
        buffer += chunk
        end = buffer.find(END_OF_DATA, self._searched)
        received = end if end >= 0 else len(buffer) - _OVERLAP - 2  # an end may be in the making
        if self.refusal is None and received > self._limit:
            self._refuse(Refusal.TOO_BIG)
        if end >= 0:
            rest = bytes(buffer[end + len(END_OF_DATA) :])
            del buffer[end + 2 :]
            return rest
        if self.refusal is not None:
            del buffer[:-_OVERLAP]
        self._searched = max(0, len(buffer) - _OVERLAP)
        return None

    def content(self) -> bytes:
        """The mail as it was sent, dots unstuffed (RFC 5321 4.5.2); once, after its end, and if it was not refused."""
        if self._buffer.find(b"\r\n.") >= 0:
            self._buffer = self._buffer.replace(b"\r\n.", b"\r\n")
        with memoryview(self._buffer) as view:
            content = bytes(view[2:])
        self._buffer = bytearray()
        return content

    def hand_over(self) -> int:
        """The octets that stay reserved; somebody else gives them back from now on."""
        held, self._held = self._held, 0
        return held

    def release(self) -> None:
        self._in_flight.release(self.hand_over())

    def _refuse(self, refusal: Refusal) -> None:
        self.refusal = refusal
        self.release()
