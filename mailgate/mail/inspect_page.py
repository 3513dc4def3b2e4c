"""What was read of a mail, as a page for a person at a terminal of 80 columns: verdicts in words, then the texts."""

import textwrap
from collections.abc import Iterable, Iterator
from typing import Any

from mailgate.mail.inspect import as_json
from mailgate.mail.message import Message
from mailgate.mail.pictures import is_trimming

WIDTH = 80
_LABEL = 12
_NEW_LINES = 60
_OTHER_LINES = 12
_LONGEST_LINE = 2_000
LANGUAGES = {
    "af": "Afrikaans", "ar": "Arabic", "bg": "Bulgarian", "bn": "Bengali", "ca": "Catalan", "cs": "Czech",
    "da": "Danish", "de": "German", "el": "Greek", "en": "English", "es": "Spanish", "fa": "Persian", "fi": "Finnish",
    "fr": "French", "he": "Hebrew", "hi": "Hindi", "hr": "Croatian", "hu": "Hungarian", "hy": "Armenian",
    "id": "Indonesian", "it": "Italian", "ja": "Japanese", "ka": "Georgian", "ko": "Korean", "nl": "Dutch",
    "no": "Norwegian", "pl": "Polish", "pt": "Portuguese", "ro": "Romanian", "ru": "Russian", "sk": "Slovak",
    "sv": "Swedish", "ta": "Tamil", "th": "Thai", "tr": "Turkish", "uk": "Ukrainian", "zh": "Chinese",
    "und": "language unknown",
}  # fmt: skip
_KINDS = {
    "auto-reply": "a machine's answer (out of office, acknowledgement)",
    "auto-generated": "a system's mail",
    "bounce": "a delivery report",
    "disposition": "a receipt (disposition notification)",
    "feedback": "an abuse report",
}
_SPLITS = {"sure": "", "unsure": " (where the quotation begins is unsure: all is kept)", "none": ""}


def page(message: Message, facts: dict[str, Any] | None = None) -> str:
    """The page. `facts`: the JSON of the same mail where the caller knows more than the mail (its desk's tags)."""
    found = as_json(message) if facts is None else facts
    lines = [*_head(message, found), "", *_verdicts(message, found)]
    lines += _files(message)
    body = message.body
    lines += _section(f"New text{_SPLITS[body.split]}", body.new_text or "(none)", _NEW_LINES)
    lines += _section("Put away: what is quoted", body.quoted_text, _OTHER_LINES)
    lines += _section("Put away: signature", body.signature, _OTHER_LINES)
    return "\n".join(lines) + "\n"


def _head(message: Message, found: dict[str, Any]) -> list[str]:
    date = message.date.strftime("%a %d %b %Y %H:%M %z") if message.date else "none"
    rows = [
        ("Subject", message.subject or "none"),
        ("From", ", ".join(map(str, message.authors)) or "nobody"),
        ("Reply-To", ", ".join(map(str, message.reply_to))),
        ("To", ", ".join(map(str, message.to))),
        ("Cc", ", ".join(map(str, message.cc))),
        ("Date", date),
        ("Message-ID", message.message_id or "none"),
        ("Answers", ", ".join(message.in_reply_to)),
        ("Ticket", ", ".join(f"number {each} stands in the subject" for each in found["ticket_tokens"])),
    ]
    return [line for label, text in rows if text for line in _row(label, text)]


def _verdicts(message: Message, found: dict[str, Any]) -> Iterator[str]:
    automatic = found["automatic"]
    what = _KINDS.get(automatic["kind"], "a machine's mail" if automatic["is_automatic"] else "a person's mail")
    yield from _row("It is", what + (", by way of a list" if automatic["is_list"] else ""))
    why = "; ".join(automatic["reasons"])
    if automatic["may_answer"]:
        yield from _row("Answer", "an automatic answer may go out" + (f" ({why})" if why else ""))
    else:
        yield from _row("Answer", f"no automatic answer: {why or 'nothing says why'}")
    yield from _row("Sender", _sender(message, found["authenticity"]))
    yield from _row("Text", _text(message))
    if message.bounce is not None:
        if message.bounce.original_message_id:
            yield from _row("Bounce", f"of {message.bounce.original_message_id}")
        for each in message.bounce.recipients:
            how = "for good" if each.permanent else "for now" if each.action in ("failed", "delayed") else ""
            said = " ".join(filter(None, (each.address or "somebody", each.action, how, each.status or "")))
            yield from _row("Bounce", f"{said}: {each.diagnostic}" if each.diagnostic else said)
    if message.notice is not None:
        of = message.notice.original_message_id or "a mail that it does not name"
        what = " ".join(
            filter(None, (message.notice.kind, message.notice.recipient and f"by {message.notice.recipient}"))
        )
        yield from _row("Report", f"{what}, of {of}: {message.notice.detail}")
    if message.forward is not None:
        where = "attached" if message.forward.attached else "in the text"
        author = message.forward.author
        whose = str(author) if author.name or author.address else "somebody"
        yield from _row("Forward", f"of {whose} ({where}): {message.forward.subject}")
    for defect in message.defects:
        yield from _row("Odd", defect)


def _sender(message: Message, checked: dict[str, Any]) -> str:
    ambiguous = "From is ambiguous and never trusted; " if message.ambiguous_author else ""
    if not checked["by"]:
        return f"{ambiguous}not checked by anybody we trust"
    results = ", ".join(f"{name} {checked[name]}" for name in ("dmarc", "dkim", "spf"))
    sealed = f"; passed when {checked['sealer']} saw it, whose seal is trusted" if checked["sealer"] else ""
    return f"{ambiguous}{results} (says {checked['by']}){sealed}"


def _text(message: Message) -> str:
    body = message.body
    form = "with HTML" if body.html is not None else "plain"
    language = LANGUAGES.get(body.language, body.language)
    return ", ".join(filter(None, (language, body.charset, form)))


def _files(message: Message) -> Iterator[str]:
    trimmings = [each for each in message.attachments if is_trimming(each, message.body)]
    for each in message.attachments:
        if each not in trimmings:
            inline = ", shown in the text" if each.inline else ""
            yield from _row("Attached", f"{each.filename} ({each.content_type}, {_size(each.size)}{inline})")
    if trimmings:
        names = ", ".join(each.filename for each in trimmings)
        yield from _row("Folded", f"{len(trimmings)} small or quoted pictures: {names}")


def _size(octets: int) -> str:
    for unit, limit in (("MB", 1_000_000), ("kB", 1_000)):
        if octets >= limit:
            return f"{octets / limit:.1f} {unit}"
    return f"{octets} octets"


def _section(title: str, text: str, most: int) -> Iterable[str]:
    if not text.strip():
        return
    yield ""
    yield f"-- {title} ".ljust(WIDTH, "-")
    lines = text.split("\n")
    for line in lines[:most]:
        yield from _wrapped(line)
    if len(lines) > most:
        yield f"... {len(lines) - most:,} more lines"


def _wrapped(line: str) -> list[str]:
    shown = line if len(line) <= _LONGEST_LINE else f"{line[:_LONGEST_LINE]} ..."
    indent = line[: len(line) - len(line.lstrip(" >"))][: WIDTH // 2]
    return textwrap.wrap(
        shown, WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False, drop_whitespace=True
    ) or [""]


def _row(label: str, text: str) -> list[str]:
    indent = " " * _LABEL
    return textwrap.wrap(
        text[:_LONGEST_LINE],
        WIDTH,
        initial_indent=label.ljust(_LABEL),
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    ) or [label]
