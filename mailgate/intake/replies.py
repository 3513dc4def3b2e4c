"""What the SMTP door says about the dialogue itself, each reply with its enhanced code (RFC 2034).

Refusals of a mail are in mailgate.errors. All is ready for the wire, because most of it is said for every mail.
"""

from base64 import b64encode

from mailgate.errors import Refusal, SmtpReply


def line(code: int, enhanced: str, text: str) -> bytes:
    return f"{SmtpReply(code, enhanced, text)}\r\n".encode()


REFUSALS = {refusal: f"{refusal}\r\n".encode() for refusal in Refusal}

OK = line(250, "2.0.0", "Ok")
SENDER_OK = line(250, "2.1.0", "Sender ok")
RECIPIENT_OK = line(250, "2.1.5", "Recipient ok")
START_MAIL = b"354 End data with <CR><LF>.<CR><LF>\r\n"
BYE = line(221, "2.0.0", "Bye")
HELP = line(214, "2.0.0", "See RFC 5321")
CANNOT_VERIFY = line(252, "2.5.0", "Cannot verify, but will accept mail for known addresses")

START_TLS = line(220, "2.0.0", "Ready to start TLS")
LOGGED_IN = line(235, "2.7.0", "Authentication successful")

NO_SUCH_COMMAND = line(500, "5.5.2", "Command not recognized")
NOT_IMPLEMENTED = line(502, "5.5.1", "Command not implemented")
LINE_TOO_LONG = line(500, "5.5.2", "Line too long")
BAD_ARGUMENT = line(501, "5.5.4", "Bad argument")
BAD_PARAMETER = line(555, "5.5.4", "Parameter not recognized")
HELLO_FIRST = line(503, "5.5.1", "Send EHLO first")
MAIL_FIRST = line(503, "5.5.1", "Send MAIL first")
RECIPIENT_FIRST = line(503, "5.5.1", "No valid recipients")
ONE_MAIL_AT_A_TIME = line(503, "5.5.1", "Sender already given")
NEEDS_SMTPUTF8 = line(553, "5.6.7", "Address needs SMTPUTF8")

ALREADY_SECURE = line(503, "5.5.1", "TLS is already in use")
ALREADY_LOGGED_IN = line(503, "5.5.1", "Already authenticated")
NOT_IN_A_MAIL = line(503, "5.5.1", "Not during a mail transaction")
STARTTLS_FIRST = line(538, "5.7.11", "Encryption required: send STARTTLS first")
NO_SUCH_MECHANISM = line(504, "5.5.4", "Authentication mechanism not supported")
AUTH_LINE_TOO_LONG = line(500, "5.5.6", "Authentication exchange line is too long")
AUTH_CANCELLED = line(501, "5.7.0", "Authentication cancelled")
CANNOT_DECODE = line(501, "5.5.2", "Cannot decode the response")
WRONG_CREDENTIALS = line(535, "5.7.8", "Authentication credentials invalid")

TOO_MANY_ERRORS = line(421, "4.7.0", "Too many errors")
NOT_SMTP = line(421, "4.7.0", "This is a mail server")
TIMED_OUT = line(421, "4.4.2", "Timeout")


def greeting(hostname: str) -> bytes:
    return f"220 {hostname} ESMTP mailgate\r\n".encode()


def hello(hostname: str) -> bytes:
    """The reply to HELO."""
    return f"250 {hostname}\r\n".encode()


def extensions(hostname: str, size: int, *more: str) -> bytes:
    """The reply to EHLO; `size` in octets (RFC 1870)."""
    offered = (*more, "PIPELINING", f"SIZE {size}", "8BITMIME", "ENHANCEDSTATUSCODES", "SMTPUTF8")
    first, last = (hostname, *offered[:-1]), offered[-1]
    return "".join(f"250-{text}\r\n" for text in first).encode() + f"250 {last}\r\n".encode()


def challenge(text: str) -> bytes:
    """What an AUTH dialogue asks next (RFC 4954 4)."""
    return b"334 " + b64encode(text.encode()) + b"\r\n"


def queued(queue_id: str) -> bytes:
    return f"250 2.0.0 Ok: queued as {queue_id}\r\n".encode()
