"""What is promised of every message, and mail that puts it to the test: for the suite and for `make fuzz`."""

import re
from collections.abc import Iterable, Iterator

from mailgate.mail.message import Message
from tests.mail.conftest import SAMPLE

FORBIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def shown_values(message: Message) -> Iterator[str]:
    """Every value but the body that somebody may print, log or put in a header of his own."""
    boxes = (*message.authors, *message.sender, *message.reply_to, *message.to, *message.cc)
    yield message.subject
    for name, value in message.headers:
        yield from (name, value)
    for box in boxes:
        yield from (box.name, box.address)
    for each in message.attachments:
        yield from (each.filename, each.content_id or "", each.content_type, each.part)
    yield from (*message.defects, *message.automatic.reasons)
    if message.bounce:
        for recipient in message.bounce.recipients:
            yield from (recipient.address, recipient.diagnostic)
    if message.forward:
        yield from (message.forward.author.name, message.forward.author.address, message.forward.subject)


def unfit(values: Iterable[str]) -> str | None:
    """The first value that holds a control, a bidi override or a lone surrogate."""
    return next((value for value in values if FORBIDDEN.search(value)), None)


def seeds() -> tuple[bytes, ...]:
    """Small mails, one a trait of the reader, to start a search from."""
    head = b"From: =?utf-8?q?J=C3=BCrgen?= (x) <j@a.example>, g: b@a.example;\r\nSubject: =?gb2312?B?1tDOxA==?=\r\n"
    typed = b"MIME-Version: 1.0\r\nContent-Type: "
    return (
        SAMPLE,
        head + b"\r\nbegin 644 a.txt\n#86)C\n`\nend\n\n=ybegin line=128 size=3 name=b.bin\nabc\n=yend size=3\n",
        head + typed + b"text/plain; format=flowed; delsp=yes\r\n\r\n> a \n> b\n -- \nc \nd\n",
        head + typed + b'text/html; charset=iso-2022-jp\r\n\r\n<p>\x1b$B$"\x1b(B</p><blockquote>x</blockquote>',
        head + typed + b"text/calendar; method=REQUEST\r\n\r\nBEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:x\n"
        b"DTSTART;TZID=a:20260302T100000\n"
        b"END:VEVENT\nEND:VCALENDAR\n",
        head + typed + b"application/ms-tnef; name=winmail.dat\r\nContent-Transfer-Encoding: base64\r\n\r\neJ8+IgEA",
        head + typed + b"message/rfc822\r\n\r\nFrom: b@a.example\r\nSubject: in\r\n\r\nx\r\n",
        head + typed + b"multipart/report; boundary=r\r\n\r\n--r\r\nContent-Type: message/delivery-status\r\n\r\n"
        b"Reporting-MTA: dns; a\r\n\r\n"
        b"Final-Recipient: rfc822; b@a.example\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n--r--",
        head + b"Content-Disposition: attachment; filename*0*=utf-8''%E2%82; filename*1*=%AC.txt\r\n\r\nx",
    )
