"""The pipe: an MTA starts us with one mail on stdin and its envelope as arguments, and reads an exit code.

The codes are those of sysexits.h. What is told begins with an enhanced code (RFC 3463): Postfix goes by it (pipe(8))
and keeps the mail for 4.x.x, whatever the exit code. Nothing of our inside is told: it ends up in the sender's bounce.
"""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import datetime

from mailgate.errors import Refusal, SmtpReply
from mailgate.intake.hops import hops
from mailgate.intake.limits import DoorLimits
from mailgate.intake.paths import forward_path, reverse_path
from mailgate.mail.address import read_addresses
from mailgate.mail.envelope import Envelope, Submission
from mailgate.mail.head import canonical, cut
from mailgate.mail.headers import Headers

EX_USAGE, EX_DATAERR, EX_NOUSER, EX_TEMPFAIL, EX_CONFIG = 64, 65, 67, 75, 78
SOURCE = "pipe"

_EXIT_CODES = {
    Refusal.UNKNOWN_RECIPIENT: EX_NOUSER,
    Refusal.RELAY_DENIED: EX_NOUSER,
    Refusal.TOO_BIG: EX_DATAERR,
    Refusal.LOOP: EX_DATAERR,
}
_WRITTEN_BY_THE_MTA = ("delivered-to", "x-original-to")
_WRITTEN_BY_THE_SENDER = ("to", "cc")
_NULL_SENDER = "mailer-daemon"  # what Postfix puts for <> unless it is told null_sender=

Verdict = Callable[[str], Awaitable[Refusal | None]]


class Refused(Exception):
    """The mail is not taken: `exit_code` and `said`, one line, for the MTA."""

    def __init__(self, exit_code: int, enhanced: str, text: str) -> None:
        super().__init__(text)
        self.exit_code = exit_code
        self.said = f"{enhanced} {text}"

    @classmethod
    def by(cls, refusal: Refusal, about: str = "") -> "Refused":
        reply: SmtpReply = refusal.value
        text = f"{reply.text}: {about}" if about else reply.text
        return cls(_EXIT_CODES.get(refusal, EX_TEMPFAIL), reply.enhanced, text)


async def submission(
    raw: bytes, sender: str | None, recipients: Sequence[str], verdict: Verdict, limits: DoorLimits, now: datetime
) -> Submission:
    """The mail as a door takes it. Raises Refused; what `verdict` raises comes through.

    `sender` None and no `recipients`: not given, so they are looked for in what the MTA has written into the mail. One
    exit code speaks for all recipients: those that are given must all be ours. Only an mbox "From " line is removed.
    """
    separator, content = _without_separator(raw)
    if not content.strip():
        raise Refused(EX_DATAERR, "5.6.0", "There is no mail on the standard input")
    if len(content) > limits.message:
        raise Refused.by(Refusal.TOO_BIG)
    if hops(content) > limits.hops:
        raise Refused.by(Refusal.LOOP)
    headers = Headers(cut(canonical(content)).fields)
    forward_paths = await (_all_ours(recipients, verdict) if recipients else _those_that_are_ours(headers, verdict))
    if sender is None:
        sender = separator or next((text for text in headers.texts("return-path")), "")
    return Submission(Envelope(_reverse_path(sender), forward_paths, SOURCE, now, protocol="local"), content)


def _without_separator(raw: bytes) -> tuple[str, bytes]:
    """The address in an mbox "From " line, and the mail without it."""
    if not raw.startswith(b"From "):
        return "", raw
    line, _, content = raw.partition(b"\n")
    words = line.decode("utf-8", "replace").split()
    return words[1] if len(words) > 1 else "", content


def _reverse_path(text: str) -> str | None:
    """None for the null one, and for what is no address: nobody could be answered there."""
    read = None if text.lower() == _NULL_SENDER else reverse_path(f"FROM:<{_unbracketed(text)}>")
    return (read.path or None) if read is not None else None


async def _all_ours(recipients: Iterable[str], verdict: Verdict) -> tuple[str, ...]:
    paths = []
    for text in recipients:
        read = forward_path(f"TO:<{_unbracketed(text)}>")
        refusal = Refusal.UNKNOWN_RECIPIENT if read is None else await verdict(read.path)
        if read is None or refusal is not None:
            raise Refused.by(refusal or Refusal.UNKNOWN_RECIPIENT, ascii(text)[1:-1][:256])
        paths.append(read.path)
    return tuple(dict.fromkeys(paths))


async def _those_that_are_ours(headers: Headers, verdict: Verdict) -> tuple[str, ...]:
    """What the MTA wrote decides; the sender's own words only where that names nobody here."""
    for names in (_WRITTEN_BY_THE_MTA, _WRITTEN_BY_THE_SENDER):
        values = (text for name in names for text in headers.texts(name)[:20])
        named = dict.fromkeys(each.address for value in values for each in read_addresses(value).mailboxes)
        paths = [read.path for address in list(named)[:1000] if (read := forward_path(f"TO:<{address}>"))]
        if ours := tuple([path for path in paths if await verdict(path) is None]):
            return ours
    raise Refused(EX_NOUSER, "5.1.1", "No address here is named; give the recipient as an argument")


def _unbracketed(text: str) -> str:
    text = text.strip()
    return text[1:-1] if text.startswith("<") and text.endswith(">") else text
