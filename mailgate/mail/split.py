"""What the writer wrote now, what he quoted, and his signature (spec/mail.md 2).

Conservative: the words of the three together are the words of the text, always; when a cut would be a guess, or would
leave nothing, the whole text is new and the split says "unsure". One pass over the lines, each pattern anchored and on
a bounded line.
"""

import re
from dataclasses import dataclass

from mailgate.mail.message import Split

AGENTS_MARKERS = (  # templates/*/_ticket.md and _customer.md: what stands below is nobody's but an agent's
    "below this line: for agents only",
    "unterhalb dieser zeile: nur für agenten",
    "debajo de esta línea: solo para agentes",
)
MARKERS = (
    "reply above this line",
    "bitte oberhalb dieser zeile antworten",
    "responda por encima de esta línea",
    "répondez au-dessus de cette ligne",
    "responda acima desta linha",
    "rispondi sopra questa riga",
    "antwoord boven deze regel",
    *AGENTS_MARKERS,
)
_MARKER_SIGNS = ("line", "Line", "LINE", "eile", "línea", "ligne", "linha", "riga", "regel")
MOST_LINES = 20_000
_LONGEST_LINE = 1_000
_SIGNATURE_LINES = 15
_ATTRIBUTION_LINES = 4

_SEPARATOR = re.compile(r"^\s?[-_]{4,}\s?([^-_]{3,60})\s?[-_]{4,}\s?$|^_{20,}$")
_ATTRIBUTION_END = re.compile(r"[:：]\s{0,3}$")
_FORWARDED = re.compile(
    r"forward|weitergeleitet|reenviad|transfér|transfer|inoltrat|encaminhad|doorgestuurd|przekazan|vidarebefordra|"
    r"videresend|edelleenlähet|přeposlan|пересыла|пересл|iletilen|转发|轉寄|転送",
    re.IGNORECASE,
)
_LABELS = {
    "from": "from von de da van od från fra lähettäjä odesílatel от kimden 发件人 寄件者 差出人 보낸사람",
    "date": "sent date gesendet datum enviado enviada el envoyé inviato data verzonden wysłano skickat sendt lähetetty "
    "odesláno отправлено дата gönderildi tarih 发送时间 发送日期 送信日時 日付 보낸날짜",
    "to": "to an para à a aan do till til vastaanottaja kuka komu кому kime 收件人 宛先 받는사람",
    "subject": "subject betreff asunto assunto objet oggetto onderwerp temat ämne emne aihe předmět "
    "тема konu 主题 件名 제목",
}
_KIND = {label: kind for kind, labels in _LABELS.items() for label in labels.split()} | {"от кого": "from"}
_LABEL = re.compile(r"^[\s*_>]{0,8}([^\s:：*_][^:：*_\n]{0,20}?)[\s*_]{0,4}[:：]")


@dataclass(frozen=True, slots=True)
class Pieces:
    """The three pieces of a text."""

    new_text: str
    quoted_text: str
    signature: str
    split: Split


def split(text: str) -> Pieces:
    """The pieces of a body text with LF line ends."""
    lines = text.split("\n")
    if len(lines) > MOST_LINES:
        return Pieces(text, "", "", "unsure")
    cut, sure = _cut(lines)
    if cut is None:
        new, signature = _signature(lines)
        return Pieces(_text(new), "", _text(signature), "none" if sure else "unsure")
    new, signature = _signature(lines[:cut])
    if not _says_something(new):
        return Pieces(text.strip("\n"), "", "", "unsure")
    return Pieces(_text(new), _text(lines[cut:]), _text(signature), "sure")


def _cut(lines: list[str]) -> tuple[int | None, bool]:
    """Where the quotation starts that runs to the end, or None; and whether that is beyond doubt."""
    for number, line in enumerate(lines):
        short = line[:_LONGEST_LINE]
        if " " in short and _is_marker(short):
            below = [each for each in lines[number + 1 :] if not each.startswith(">")]
            typed_below = line.startswith(">") and _says_something(_signature(below)[0])
            return (None, False) if typed_below else (_with_attribution(lines, _quoted_from(lines, number)), True)
        if _may_open_a_header_block(short) and _is_header_block(lines, number):
            return (None, True) if _FORWARDED.search(short) else (_with_separator(lines, number), True)
    return _trailing_quote(lines)


def _quoted_from(lines: list[str], number: int) -> int:
    """The first line of the `>` block that a line is in, or that line: what stands above our mark is quoted with it."""
    if not lines[number].startswith(">"):
        return number
    start = number
    while start and (lines[start - 1].startswith(">") or not lines[start - 1].strip()):
        start -= 1
    while not lines[start].startswith(">"):
        start += 1
    return start


def _may_open_a_header_block(line: str) -> bool:
    if line[:2].strip()[:1] in ("-", "_"):
        return _SEPARATOR.match(line) is not None
    return (":" in line[:40] or "：" in line[:40]) and _kind(line) == "from"


def _is_marker(line: str) -> bool:
    if len(line) > 200 or not any(first in line for first in _MARKER_SIGNS):
        return False
    words = " ".join(line.casefold().strip(" >-–—_*#=[]|\t").split())
    return words in MARKERS


def _trailing_quote(lines: list[str]) -> tuple[int | None, bool]:
    """A block of `>` lines to which nothing but a signature follows, with the attribution above it."""
    quoted = [number for number, line in enumerate(lines) if line.startswith(">")]
    if not quoted:
        return None, True
    tail = lines[quoted[-1] + 1 :]
    if _says_something(_signature(tail)[0]):
        return None, False  # answers below or between what they answer: all of it stays
    start = _quoted_from(lines, quoted[-1])
    if any(each < start for each in quoted):
        return None, False
    return _with_attribution(lines, start), True


def _with_attribution(lines: list[str], start: int) -> int:
    """Up over the line or lines that say who wrote what follows; they end in a colon."""
    end = start - 1
    while end >= 0 and not lines[end].strip():
        end -= 1
    if end < 0 or start - end > 3 or not _ATTRIBUTION_END.search(lines[end][-_LONGEST_LINE:]):
        return start
    first = end
    while first and end - first + 1 < _ATTRIBUTION_LINES and lines[first - 1].strip() and not _opens(lines[first]):
        first -= 1
    paragraph = lines[first : end + 1]
    if not any(char.isdigit() or char == "@" for line in paragraph for char in line[:_LONGEST_LINE]):
        return start
    return first


def _opens(line: str) -> bool:
    """The first words of an attribution, or a line too short to be the middle of one."""
    return re.match(r"(?:On|Am|Le|El|Il|Em|Op|W dniu|Den|Dnia|Dne|Em|В|在|\d{1,4}[-./]\d)\b", line.strip()) is not None


def _is_header_block(lines: list[str], start: int) -> bool:
    """Three of From, Sent, To, Subject within the next lines, From among them, as Outlook puts above what it quotes."""
    found: set[str] = set()
    seen = 0
    for line in lines[start : start + 14]:
        if not line.strip():
            if found:
                seen += 1
                if seen > 3:
                    break
            continue
        kind = _kind(line[:_LONGEST_LINE])
        if kind:
            found.add(kind)
        elif len(found) == 1 and line is not lines[start]:
            break
    return "from" in found and len(found) >= 3


def _kind(line: str) -> str:
    label = _LABEL.match(line)
    return _KIND.get(label[1].strip().casefold(), "") if label else ""


def _with_separator(lines: list[str], start: int) -> int:
    above = start - 1
    while above >= 0 and not lines[above].strip():
        above -= 1
    return above if above >= 0 and _SEPARATOR.match(lines[above][:_LONGEST_LINE]) else start


def _signature(lines: list[str]) -> tuple[list[str], list[str]]:
    """The lines without and with the signature that follows the last "-- " (RFC 3676 4.3)."""
    for number in range(len(lines) - 1, max(-1, len(lines) - 2 - _SIGNATURE_LINES), -1):
        if lines[number] in ("-- ", "--", "—"):
            return lines[:number], lines[number:]
    return lines, []


def _says_something(lines: list[str]) -> bool:
    return any(char.isalnum() or ord(char) > 0x2000 for line in lines for char in line)


def _text(lines: list[str]) -> str:
    return "\n".join(lines).strip("\n")
