"""The commands of an SMTP dialogue (RFC 5321 4.1.1): from EHLO to the 250 that makes a mail ours.

250 after DATA is said when the spool has committed the mail, and only then (RFC 5321 6.1). A hook that fails is
answered 451 by the connection. After STARTTLS (RFC 3207) nothing of before counts; AUTH (RFC 4954) is for agents, who
are known by it but may write nowhere that others may not: nothing is relayed.
"""

import logging

from mailgate.errors import Refusal
from mailgate.intake import replies
from mailgate.intake.connection import ClientGone, Connection
from mailgate.intake.hops import hops
from mailgate.intake.limits import BAD_LOGINS_IN_A_SESSION
from mailgate.intake.paths import PathArgument, forward_path, reverse_path
from mailgate.intake.reception import Asked
from mailgate.intake.sasl import Credentials, Logins, read_credentials
from mailgate.intake.wire import MailData
from mailgate.mail.envelope import Envelope, Submission

log = logging.getLogger(__name__)

_HELO_CHARACTERS = 255
_SIZE_DIGITS = 20  # RFC 1870 3
_PARAMETERS = frozenset(("SIZE", "BODY", "SMTPUTF8"))
_PARAMETERS_OF_SUBMISSION = _PARAMETERS | {"AUTH"}


class Transaction:
    """A mail between its MAIL and the end of its DATA."""

    __slots__ = ("forward_paths", "reverse_path", "size", "utf8")

    def __init__(self, reverse_path: str | None, utf8: bool, size: int) -> None:
        self.reverse_path = reverse_path
        self.utf8 = utf8
        self.size = size  # as announced (RFC 1870); 0: not at all
        self.forward_paths: list[str] = []


class SmtpSession(Connection):
    """One client and its mails."""

    COMMANDS = (
        *("EHLO", "HELO", "STARTTLS", "AUTH", "MAIL", "RCPT", "DATA", "RSET"),
        *("NOOP", "QUIT", "VRFY", "EXPN", "HELP"),
    )

    _helo = ""
    _extended = False
    _mail: Transaction | None = None
    _agent: str | None = None
    _failed_logins = 0

    async def smtp_EHLO(self, argument: str) -> None:
        self._greet(argument, extended=True)

    async def smtp_HELO(self, argument: str) -> None:
        self._greet(argument, extended=False)

    def _greet(self, name: str, extended: bool) -> None:
        if not name:
            return self._complain(replies.BAD_ARGUMENT)
        self._mail = None
        self._helo = "".join(c if c.isprintable() else "?" for c in name[:_HELO_CHARACTERS])
        self._extended = extended
        self._say(self._reception.extensions(self._secured) if extended else self._reception.hello)

    async def smtp_STARTTLS(self, argument: str) -> None:
        certificate = self._reception.certificate
        if certificate is None:
            return self._complain(replies.NO_SUCH_COMMAND)
        if argument:
            return self._complain(replies.BAD_ARGUMENT)
        if self._secured:
            return self._complain(replies.ALREADY_SECURE)
        self._say(replies.START_TLS)
        await self._secure(certificate.context())
        self._helo, self._extended, self._mail = "", False, None

    async def smtp_AUTH(self, argument: str) -> None:
        logins = self._reception.logins
        if logins is None or not self._reception.offers_auth:
            return self._complain(replies.NO_SUCH_COMMAND)
        complaint = self._complaint_about_login(argument)
        if complaint is not None:
            return self._complain(complaint)
        credentials = await read_credentials(argument, self._answer_to)
        if isinstance(credentials, bytes):
            return self._complain(credentials)
        if not self._reception.may_log_in(self.peer):
            return self.hang_up(replies.REFUSALS[Refusal.TOO_MANY_BAD_LOGINS])
        await self._log_in(credentials, logins)

    def _complaint_about_login(self, argument: str) -> bytes | None:
        if not self._secured:
            return replies.STARTTLS_FIRST
        if not self._extended:
            return replies.HELLO_FIRST
        if self._agent is not None:
            return replies.ALREADY_LOGGED_IN
        if self._mail is not None:
            return replies.NOT_IN_A_MAIL
        return None if argument else replies.BAD_ARGUMENT

    async def _log_in(self, credentials: Credentials, logins: Logins) -> None:
        self._our_turn = True
        self._agent = await logins.check(credentials.user, credentials.password)
        if self._agent is not None:
            return self._say(replies.LOGGED_IN)
        self._failed_logins += 1
        self._reception.count_bad_login(self.peer)
        log.info("door %s: a login from %s failed", self._reception.settings.name, self.peer.address)
        if self._failed_logins >= BAD_LOGINS_IN_A_SESSION or not self._reception.may_log_in(self.peer):
            return self.hang_up(replies.REFUSALS[Refusal.TOO_MANY_BAD_LOGINS])
        self._say(replies.WRONG_CREDENTIALS)

    async def smtp_MAIL(self, argument: str) -> None:
        if not self._helo:
            return self._complain(replies.HELLO_FIRST)
        if self._mail is not None:
            return self._complain(replies.ONE_MAIL_AT_A_TIME)
        read = reverse_path(argument)
        if read is None:
            return self._complain(replies.REFUSALS[Refusal.BAD_SENDER_SYNTAX])
        complaint = _complaint_about(read, self._parameters)
        if complaint is not None:
            return self._complain(complaint)
        path = read.path or None
        size = int(read.parameters.get("SIZE") or 0)
        refusal = self._refuse_mail(path, size)
        if refusal is not None:
            return self._say(replies.REFUSALS[refusal])
        self._mail = Transaction(path, "SMTPUTF8" in read.parameters, size)
        self._say(replies.SENDER_OK)

    @property
    def _parameters(self) -> frozenset[str]:
        """Which parameters MAIL may have. AUTH= is part of offering AUTH (RFC 4954 5); we trust nobody's word in it."""
        if not self._extended:
            return frozenset()
        return _PARAMETERS_OF_SUBMISSION if self._secured and self._reception.offers_auth else _PARAMETERS

    def _refuse_mail(self, path: str | None, size: int) -> Refusal | None:
        if size > self._limits.message:
            return Refusal.TOO_BIG
        if not self._reception.in_flight.fits(size):
            return Refusal.BUSY
        if self._reception.rates.exceeded(*self._reception.sender_keys(self.peer, path)):
            return Refusal.SENDER_TOO_FAST
        return self._reception.room(size)

    async def smtp_RCPT(self, argument: str) -> None:
        mail = self._mail
        if mail is None:
            return self._complain(replies.MAIL_FIRST)
        if not self.peer.trusted and self._reception.penalties.shut(self.peer.key):
            return self.hang_up(replies.REFUSALS[Refusal.TOO_MANY_BAD_ADDRESSES])
        read = forward_path(argument)
        if read is None:
            return self._complain(replies.REFUSALS[Refusal.BAD_RECIPIENT_SYNTAX])
        if read.parameters:
            return self._complain(replies.BAD_PARAMETER)
        if not mail.utf8 and not read.path.isascii():
            return self._complain(replies.NEEDS_SMTPUTF8)
        if len(mail.forward_paths) >= self._limits.recipients:
            return self._say(replies.REFUSALS[Refusal.TOO_MANY_RECIPIENTS])
        self._our_turn = True
        refusal = await self._reception.verdict(read.path)
        if refusal is not None:
            if refusal.value.code == 550:
                self._reception.count_bad_address(self.peer)
            return self._say(replies.REFUSALS[refusal])
        asked = Asked(read.path, mail.reverse_path, self.peer.address, self._agent, mail.size)
        if (by_rule := self._reception.rule(asked)) is not None:
            return self._say(replies.line(by_rule.code, by_rule.enhanced, by_rule.text))
        mail.forward_paths.append(read.path)
        self._say(replies.RECIPIENT_OK)

    async def smtp_DATA(self, argument: str) -> None:
        mail = self._mail
        if argument:
            return self._complain(replies.BAD_ARGUMENT)
        if mail is None:
            return self._complain(replies.MAIL_FIRST)
        if not mail.forward_paths:
            return self._complain(replies.RECIPIENT_FIRST)
        senders = self._reception.sender_keys(self.peer, mail.reverse_path)
        if self._reception.rates.exceeded(*senders):
            return self._say(replies.REFUSALS[Refusal.SENDER_TOO_FAST])
        self._reception.rates.count(*senders)
        self._say(replies.START_MAIL)
        self._mail = None
        reply = await self._take_in(mail)
        if reply is None:
            raise ClientGone
        self._say(reply)

    async def _take_in(self, mail: Transaction) -> bytes | None:
        """Receive the content and have it committed; the reply, None where the client must not hear any."""
        data = MailData(self._limits.message, self._reception.in_flight)
        try:
            await self._receive(data)
            if data.refusal is not None:
                return replies.REFUSALS[data.refusal]
            content = data.content()
            if hops(content) > self._limits.hops:
                return replies.REFUSALS[Refusal.LOOP]
            self._our_turn = True
            return await self._reception.commit(Submission(self._envelope(mail), content), data.hand_over())
        finally:
            data.release()

    def _envelope(self, mail: Transaction) -> Envelope:
        return Envelope(
            reverse_path=mail.reverse_path,
            forward_paths=tuple(mail.forward_paths),
            source=self._reception.settings.name,
            received_at=self._reception.clock.now(),
            peer=self.peer.address,
            helo=self._helo,
            protocol=self._protocol(mail.utf8),
            authenticated_as=self._agent,
        )

    def _protocol(self, utf8: bool) -> str:
        """The WITH clause (RFC 3848, RFC 6531 3.7.3)."""
        if not self._extended:
            return "SMTP"
        words = "UTF8SMTP" if utf8 else "ESMTP"
        return f"{words}{'S' if self._secured else ''}{'A' if self._agent is not None else ''}"

    async def smtp_RSET(self, argument: str) -> None:
        self._mail = None
        self._say(replies.OK)

    async def smtp_NOOP(self, argument: str) -> None:
        self._say(replies.OK)

    async def smtp_QUIT(self, argument: str) -> None:
        self.hang_up(replies.BYE)

    async def smtp_VRFY(self, argument: str) -> None:
        self._say(replies.CANNOT_VERIFY if argument else replies.BAD_ARGUMENT)

    async def smtp_EXPN(self, argument: str) -> None:
        self._say(replies.NOT_IMPLEMENTED)

    async def smtp_HELP(self, argument: str) -> None:
        self._say(replies.HELP)


def _complaint_about(read: PathArgument, known: frozenset[str]) -> bytes | None:
    """What is wrong with the parameters of MAIL (RFC 1870, 6152, 6531)."""
    parameters = read.parameters
    if not parameters.keys() <= known:
        return replies.BAD_PARAMETER
    size = parameters.get("SIZE", "0")
    if size is None or len(size) > _SIZE_DIGITS or not (size.isascii() and size.isdigit()):
        return replies.BAD_ARGUMENT
    if (parameters.get("BODY", "7BIT") or "").upper() not in ("7BIT", "8BITMIME"):
        return replies.BAD_ARGUMENT
    if parameters.get("SMTPUTF8") is not None:
        return replies.BAD_ARGUMENT
    if "SMTPUTF8" not in parameters and not read.path.isascii():
        return replies.NEEDS_SMTPUTF8
    return None
