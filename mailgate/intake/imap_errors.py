"""What can go wrong between us and an IMAP server. The texts are an operator's: what happened, and the next step."""

from mailgate.errors import MailgateError


class ImapError(MailgateError):
    """Anything that ends or spoils a conversation with an IMAP server."""


class Lost(ImapError):
    """The connection is gone: broken, too slow, or dropped by us. A new one may do better."""


class TooMuch(Lost):
    """The server sent, or announced, more than it was asked for; the connection was dropped before it cost memory."""


class Refused(ImapError):
    """The server said NO or BAD to one command (RFC 9051 7.1). `code` is its response code, as in "TRYCREATE"."""

    def __init__(self, text: str, code: str = "") -> None:
        super().__init__(text)
        self.code = code


class Unusable(ImapError):
    """A person must mend it: a wrong password, an unknown certificate, a missing folder."""


class LoginRefused(Unusable):
    """A wrong user or password; a server that is asked too often may shut us out."""
