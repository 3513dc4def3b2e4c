"""One connection to the smarthost and the transactions held over it, on aiosmtplib.

Addresses and octets go out as they are in the outbox: the library's mail() and data() would read addresses as header
text and rewrite the mail line by line, so its commands are given one by one. A connection that cannot be had is
HostTrouble; one that is lost is what aiosmtplib raises (`LOST`), and `in_doubt` then says whether the host may have the
mail.
"""

import re
import ssl
from contextlib import suppress

import aiosmtplib
from aiosmtplib import SMTPException, SMTPHeloError, SMTPResponse, SMTPResponseException, SMTPServerDisconnected

from mailgate.delivery.carrier import LeaseLost, StillOurs
from mailgate.delivery.result import DeliveryResult, Parcel, Verdict
from mailgate.delivery.smarthost import Smarthost
from mailgate.delivery.wireform import head_is_ascii, wire_form
from mailgate.errors import MailgateError

LOST = (SMTPException, ConnectionError)

_ENHANCED = re.compile(r"(?m)^([245]\.\d{1,3}\.\d{1,3})(?: +|$)")
_TEXT_CHARACTERS = 500
_WANTS_LOGIN = frozenset((530, 534, 535, 538))  # RFC 4954 6: our configuration, never the mail's fault
_GOODBYE_SECONDS = 5


class HostTrouble(MailgateError):
    """The host is not to be had now; `code` and `enhanced` are its reply where it gave one."""

    def __init__(self, text: str, code: int | None = None, enhanced: str | None = None) -> None:
        super().__init__(text)
        self.code = code
        self.enhanced = enhanced


class Dialogue:
    """An open connection, greeted and logged in. `used` says that a transaction was held over it before."""

    def __init__(self, client: aiosmtplib.SMTP, smarthost: Smarthost) -> None:
        self._client = client
        self._timeouts = smarthost.timeouts
        self._needs_reset = False
        self.used = False
        self.in_doubt = False

    @classmethod
    async def open(cls, smarthost: Smarthost, tls: ssl.SSLContext | None) -> "Dialogue":
        """Connect, start TLS, log in. Raises HostTrouble."""
        try:
            client = aiosmtplib.SMTP(
                hostname=smarthost.host,
                port=smarthost.port,
                local_hostname=smarthost.hostname,
                timeout=smarthost.timeouts.greeting,
                use_tls=smarthost.tls == "implicit",
                start_tls=smarthost.tls == "starttls",
                tls_context=tls,
                username=smarthost.user,
                password=smarthost.password,
            )
            await client.connect()
            if client.is_ehlo_or_helo_needed:
                with suppress(SMTPHeloError):
                    await client.ehlo()
            if client.is_ehlo_or_helo_needed:
                await client.helo()
        except (SMTPException, OSError, ValueError) as error:
            raise _trouble(error) from error
        return cls(client, smarthost)

    @property
    def is_open(self) -> bool:
        return self._client.is_connected

    async def deliver(self, parcel: Parcel, still_ours: StillOurs) -> DeliveryResult:
        """One transaction. Raises `LOST`, and LeaseLost when `still_ours` says no just before the mail goes out."""
        if self._needs_reset:
            await self._client.execute_command(b"RSET", timeout=self._timeouts.mail)
        self._needs_reset = True
        parameters = self._parameters(parcel)
        if parameters is None:
            return failure(parcel, "5.6.7", "The smarthost does not offer SMTPUTF8, which this mail needs")
        paths = (f"FROM:<{parcel.reverse_path or ''}>".encode(), f"TO:<{parcel.recipient}>".encode())
        timeouts = self._timeouts
        for command, timeout, good in (
            ((b"MAIL", paths[0], *parameters), timeouts.mail, 2),
            ((b"RCPT", paths[1]), timeouts.rcpt, 2),
            ((b"DATA",), timeouts.data, 3),
        ):
            reply = await self._client.execute_command(*command, timeout=timeout)
            if reply.code // 100 != good:
                if reply.code // 100 not in (4, 5):  # an answer to something else: whatever follows would be too
                    self._client.close()
                return refused(parcel, reply)
        if not await still_ours():
            raise LeaseLost(f"outbox {parcel.outbox_id}")
        return await self._send(parcel)

    async def quit(self) -> None:
        """Part as friends if the other side still listens."""
        with suppress(*LOST):
            await self._client.quit(timeout=_GOODBYE_SECONDS)
        self._client.close()

    def abandon(self) -> None:
        """Close at once, in the middle of whatever it is."""
        self._client.close()

    def _parameters(self, parcel: Parcel) -> list[bytes] | None:
        """The parameters of MAIL (RFC 1870, 6152, 6531); None if the mail needs one that is not offered.

        A mail with 8-bit content goes out as it is where 8BITMIME is missing: its bytes are fixed, and hosts without
        it that cannot take them have died out.
        """
        offers = self._client.supports_extension
        parameters = [b"SIZE=%d" % len(parcel.content)] if offers("size") else []
        if not parcel.content.isascii() and offers("8bitmime"):
            parameters.append(b"BODY=8BITMIME")
        if not (parcel.recipient.isascii() and (parcel.reverse_path or "").isascii() and head_is_ascii(parcel.content)):
            if not offers("smtputf8"):
                return None
            parameters.append(b"SMTPUTF8")
        return parameters

    async def _send(self, parcel: Parcel) -> DeliveryResult:
        protocol = self._client.protocol
        if protocol is None:
            raise SMTPServerDisconnected("connection lost before the mail was sent")
        octets = wire_form(parcel.content)
        self.in_doubt = True
        protocol.write(octets)
        reply = await protocol.read_response(self._timeouts.dot + len(octets) / self._timeouts.octets_per_second)
        self.in_doubt = False
        if reply.code // 100 != 2:
            return refused(parcel, reply)
        self._needs_reset = False
        enhanced, text = _words(reply.message)
        return DeliveryResult(parcel.outbox_id, "sent", reply.code, enhanced, text)


def failure(parcel: Parcel, enhanced: str, text: str) -> DeliveryResult:
    """What we know without the host's word: this mail can never go."""
    return DeliveryResult(parcel.outbox_id, "failed", None, enhanced, text)


def refused(parcel: Parcel, reply: SMTPResponse) -> DeliveryResult:
    """What a reply that is not a yes means (RFC 5321 4.2.1): 5yz for good, all else for now."""
    enhanced, text = _words(reply.message)
    trouble = reply.code == 421 or reply.code in _WANTS_LOGIN
    verdict: Verdict = "failed" if reply.code // 100 == 5 and not trouble else "deferred"
    return DeliveryResult(parcel.outbox_id, verdict, reply.code, enhanced, text, trouble)


def _trouble(error: Exception) -> HostTrouble:
    cause: BaseException | None = error
    while cause is not None and not isinstance(cause, ssl.SSLCertVerificationError):
        cause = cause.__cause__
    if cause is not None:
        return HostTrouble(f"certificate not trusted: {cause.verify_message}")
    if isinstance(error, SMTPResponseException):
        enhanced, text = _words(error.message)
        return HostTrouble(text, error.code, enhanced)
    return HostTrouble(_words(str(error) or type(error).__name__)[1])


def _words(message: str) -> tuple[str | None, str]:
    """Enhanced code and text of a reply, on one line that is safe to show."""
    found = _ENHANCED.search(message)
    text = _ENHANCED.sub("", message).replace("\n", " ")
    printable = "".join(character if character.isprintable() else "?" for character in text)
    return found[1] if found else None, printable[:_TEXT_CHARACTERS].strip()
