"""From an `in-*.eml` as it lies in the repository to the octets that its mail program would hand to the network.

The files are legible: line ends are LF, header fields are not encoded, and text parts are decoded whatever their
Content-Transfer-Encoding says; here they become what they claim to be. What the writer got before stands in them as
placeholders, filled from the mail itself, so that a reply quotes what we really sent as that program quotes it:

    {reply_to:1}            the address that Reply-To (or From) of the first mail that the writer got names
    {reply_to:nina:last}    of the last one that nina got
    {subject:1} {message_id:1} {references:1} {from_name:1}; {mid:1}: the id without its brackets
    {text:1} {quote:1}      its text; with "> " before each line, as mutt and Thunderbird do
    {rendered:1} {quote_rendered:1}   its HTML as the text that Gmail, Apple and Outlook make of it
    {html:1}                what stands in the body of its HTML
    {html_word:1} {html_owa:1}        the same as Outlook on the desktop and on the web rewrite it
    {link:1:Note} {link_subject:1:Note} {link_body:1:Note}    of the mailto: link with that name
"""

import base64
import html
import quopri
import re
from collections.abc import Callable, Mapping, Sequence
from email import message_from_bytes, policy
from email.header import Header
from email.message import EmailMessage
from email.utils import parseaddr
from html.parser import HTMLParser
from urllib.parse import unquote

Mailboxes = Mapping[str, Sequence[bytes]]  # person -> what he got, in order

_PLACEHOLDER = re.compile(r"\{([a-z_]+)(?::([a-z]+))?:(\d+|last)(?::([^{}:]+))?\}")
_LINK = re.compile(r"<a\b[^>]*\bhref=\"mailto:([^\"?]*)\?([^\"]*)\"[^>]*>(.*?)</a>", re.DOTALL)
_BODY = re.compile(r"<body\b[^>]*>(.*)</body>", re.DOTALL)


def written(source: str, writer: str, mailboxes: Mailboxes) -> bytes:
    """The mail. A placeholder of a mail that nobody got is an AssertionError."""

    def fill(found: re.Match[str]) -> str:
        name, person, number, more = found.groups()
        if name not in _FILLED and not name.startswith("link"):
            return found[0]  # a style sheet
        person = writer if person in (None, "last") else person
        got = mailboxes.get(person, ())
        assert number == "last" or 1 <= int(number) <= len(got), f"{found[0]}: {person} got {len(got)} mails"
        mail = _parsed(got[-1] if number == "last" else got[int(number) - 1])
        return _FILLED[name](mail) if name in _FILLED else _link(mail, name, more, found[0])

    return encoded(_PLACEHOLDER.sub(fill, source))


def encoded(text: str) -> bytes:
    """Every part as its Content-Transfer-Encoding says, every field in ASCII, CRLF."""
    lines = text.split("\n")
    out: list[bytes] = []
    boundaries: list[str] = []
    at = 0
    while at < len(lines):
        end = next((n for n in range(at, len(lines)) if not lines[n]), len(lines))
        head, at = lines[at:end], end + 1
        fields = _fields(head)
        out += [*(line for each in head for line in _field(each)), b""]
        if found := re.search(r'boundary="?([^";]+)', fields.get("content-type", "")):
            boundaries.append(found[1])
        stop = next((n for n in range(at, len(lines)) if _delimits(lines[n], boundaries)), len(lines))
        out += _body(lines[at:stop], fields)
        at = stop
        while at < len(lines) and (_ends(lines[at], boundaries) or (out and not lines[at])):
            out.append(lines[at].encode())
            at += 1
        if at < len(lines):
            out.append(lines[at].encode())
            at += 1
    return b"\r\n".join(out)


def decoded(raw: bytes) -> str:
    """A mail as its reader would see it: the fields, then each part; for diffs and for people."""
    mail = _parsed(raw)
    lines = [f"{name}: {' '.join(str(value).split())}" for name, value in mail.items()]
    for part in mail.walk():
        if part.is_multipart():
            continue
        lines += ["", f"--- {part.get_content_type()} {part.get_filename() or ''}".rstrip()]
        content = part.get_content() if part.get_content_maintype() == "text" else repr(part.get_content())
        lines += str(content).splitlines()
    return "\n".join(lines) + "\n"


def as_text(markup: str) -> str:
    """HTML as the text that a mail program makes of it: links with their addresses, blocks on lines of their own."""
    reader = _Text()
    reader.feed(markup)
    reader.close()
    lines = [" ".join(line.split()) for line in "".join(reader.pieces).split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n")


def text_of(raw: bytes) -> str:
    return _text(_parsed(raw))


def html_of(raw: bytes) -> str:
    return _html(_parsed(raw))


def _parsed(raw: bytes) -> EmailMessage:
    mail = message_from_bytes(raw, policy=policy.default)
    assert isinstance(mail, EmailMessage)
    return mail


class _Text(HTMLParser):
    _BLOCKS = frozenset("p div table tr blockquote pre h1 h2 h3 h4 ul ol li hr".split())

    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[str] = []
        self._target = ""
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("style", "head", "title"):
            self._silent += 1
        if tag in self._BLOCKS or tag == "br":
            self.pieces.append("\n")
        if tag == "a":
            self._target = (dict(attrs).get("href") or "").removeprefix("mailto:")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("style", "head", "title"):
            self._silent -= 1
        if tag in self._BLOCKS:
            self.pieces.append("\n")
        if tag == "a" and self._target:
            self.pieces.append(f" <{self._target}>")
            self._target = ""

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.pieces.append(data.replace("\n", " "))


def _text(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    return "" if part is None else str(part.get_content()).replace("\r\n", "\n").strip("\n")


def _html(mail: EmailMessage) -> str:
    part = mail.get_body(("html",))
    source = "" if part is None else str(part.get_content()).replace("\r\n", "\n")
    inside = _BODY.search(source)
    return (inside[1] if inside else source).strip("\n")


def _rendered(mail: EmailMessage) -> str:
    return as_text(_html(mail))


def _quoted(text: str) -> str:
    return "\n".join(f">{line}" if line.startswith(">") or not line else f"> {line}" for line in text.split("\n"))


def _link(mail: EmailMessage, name: str, words: str, placeholder: str) -> str:
    for address, query, shown in _LINK.findall(html.unescape(_html(mail))):
        if shown.strip() == words:
            values = dict(each.split("=", 1) for each in query.split("&"))
            values["address"] = address
            return unquote(values[{"link": "address"}.get(name, name.removeprefix("link_"))])
    raise AssertionError(f"{placeholder}: no such link in that mail")


def _references(mail: EmailMessage) -> str:
    return "\n ".join([*str(mail.get("References", "")).split(), str(mail["Message-ID"])])


_FILLED: Mapping[str, Callable[[EmailMessage], str]] = {
    "reply_to": lambda mail: parseaddr(str(mail["Reply-To"] or mail["From"]))[1],
    "from_name": lambda mail: parseaddr(str(mail["From"]))[0],
    "subject": lambda mail: str(mail["Subject"]),
    "message_id": lambda mail: str(mail["Message-ID"]),
    "mid": lambda mail: str(mail["Message-ID"]).strip("<>"),
    "references": _references,
    "text": _text,
    "quote": lambda mail: _quoted(_text(mail)),
    "rendered": _rendered,
    "quote_rendered": lambda mail: _quoted(_rendered(mail)),
    "html": _html,
    "html_word": lambda mail: re.sub(r' (?:class|id)="[^"]*"', "", _html(mail)),
    "html_owa": lambda mail: re.sub(r'(class|id)="([^"]*)"', r'\1="x_\2"', _html(mail)),
}


def _fields(head: list[str]) -> dict[str, str]:
    unfolded = re.sub(r"\n[ \t]+", " ", "\n".join(head)).split("\n")
    return {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in unfolded)}


def _field(line: str) -> list[bytes]:
    """A line of a head; what is beyond ASCII becomes encoded words, phrases apart from addresses."""
    if line.isascii():
        return [line.encode()]
    name, colon, value = line.partition(": ")
    phrase, bracket, rest = value.partition(" <")
    words = Header(phrase.strip('"'), "utf-8", header_name=name).encode(linesep="\r\n")
    return f"{name}{colon}{words}{bracket}{rest}".encode().split(b"\r\n")


def _body(lines: list[str], fields: Mapping[str, str]) -> list[bytes]:
    kind = fields.get("content-type", "text/plain")
    if not kind.startswith("text/"):
        return [line.encode() for line in lines]
    found = re.search(r'charset="?([^";\s]+)', kind)
    octets = "\n".join(lines).encode(found[1] if found else "utf-8")
    match fields.get("content-transfer-encoding", "8bit").lower():
        case "quoted-printable":
            octets = quopri.encodestring(octets)
        case "base64":
            octets = base64.encodebytes(octets.replace(b"\n", b"\r\n")).rstrip(b"\n")
    return octets.split(b"\n")


def _delimits(line: str, boundaries: list[str]) -> bool:
    return any(line in (f"--{each}", f"--{each}--") for each in boundaries)


def _ends(line: str, boundaries: list[str]) -> bool:
    return any(line == f"--{each}--" for each in boundaries)
