"""Mailboxes of an address field (RFC 5322 3.4, obsolete forms too), read leniently and marked where they are odd.

One pass over the undecoded text, linear in its length. Names are decoded after the split (R14), addresses never. What
is ambiguous (R15: groups, an address inside a display name, unclosed quotes, CVE-2023-27043) is read as well as a
person would and reported as odd, so that it is a sender to show and never one to trust.
"""

import re
import unicodedata
from dataclasses import dataclass, field

from mailgate.mail.encoded_words import decode_words
from mailgate.mail.headers import scrub, without_comments
from mailgate.mail.message import Mailbox

MOST_ADDRESSES = 1_000
_LONGEST_FIELD = 64 * 1024  # characters that are read of one field
_MOST_FIELDS = 20
_LONGEST_NAME = 500

_PLAIN = re.compile(r'[^"(),:;<>\\\[\]=]+')
_ENCODED_WORD = re.compile(r"=\?[^?\s]{1,60}\?[bBqQ]\?[^?\s]{0,2000}\?=")
_SIMPLE = re.compile(
    r'(?:"(?P<quoted>[^"\\]*)"|(?P<phrase>[^"(),:;<>\\\[\]@=]*))\s?<(?P<address>[^\s"(),:;<>\\\[\]]+)>'
)
_QUOTED_STRING = r'"(?:[^"\\]|\\.){0,64}"'
_ADDRESS = re.compile(
    rf'(?:[^\s"(),:;<>@\[\]\\]{{1,256}}|{_QUOTED_STRING})@(?:[^\s"(),:;<>@\[\]\\]{{1,255}}|\[[0-9A-Za-z:.]{{3,60}}\])'
)
_ATOM, _LABEL = "[A-Za-z0-9_+-]{1,64}+", "[A-Za-z0-9-]{1,63}+"
_NAME = r"[A-Za-z0-9_.-]{1,60}+|=\?[A-Za-z0-9-]{1,20}\?[BbQq]\?[A-Za-z0-9+/=_.-]{0,75}+\?="
_BEYOND_DOUBT = re.compile(
    rf'(?:(?:(?:{_NAME})(?: |(?=<)))*+|"[A-Za-z0-9 ,_.-]{{0,200}}+" ?)'
    rf"<{_ATOM}(?:\.{_ATOM}){{0,8}}@{_LABEL}(?:\.{_LABEL}){{1,8}}>"
)
_AROUND = "<>'[]"
_SCHEME = re.compile(r"(?:mailto|smtp|e-?mail):\s*", re.IGNORECASE)
_LOOSE = re.compile(r"\s*([@.])\s*")
_DOUBLE_AT = re.compile(r"@{2,}")
_WITHOUT_DOMAIN = ("mailer-daemon", "postmaster")


@dataclass(frozen=True, slots=True)
class AddressList:
    """The mailboxes of a field; `odd` says that their reading is not beyond doubt, `cut` that there were too many."""

    mailboxes: tuple[Mailbox, ...] = ()
    odd: bool = False
    cut: bool = False


def read_addresses(text: str) -> AddressList:
    """The mailboxes of an unfolded, undecoded field value. Never fails."""
    found = _read(text)
    if "=?" not in text or "<" in text or "@" in text:
        return found
    decoded = decode_words(text[:_LONGEST_FIELD])  # whole mailboxes that broken software encoded: read, never trusted
    return AddressList(_read(decoded).mailboxes, True, found.cut) if "@" in decoded else found


def _one(text: str) -> Mailbox | None:
    """The mailbox of a text that is nothing but one, in the usual form."""
    simple = _SIMPLE.fullmatch(text) if len(text) <= 320 else None
    if simple and _is_address(simple["address"]) and not simple["address"].endswith("."):
        name = display_name(simple["quoted"] if simple["quoted"] is not None else simple["phrase"])
        return Mailbox(name, simple["address"])
    if len(text) <= 320 and _is_address(text) and not text.endswith((".", "'")):
        return Mailbox("", text)
    return None


def _read(text: str) -> AddressList:
    text = text.strip()
    if (only := _one(text)) is not None:
        return AddressList((only,), _names_another(only.name, only.address))
    scanner = _Scanner(text[:_LONGEST_FIELD])
    items, closed = scanner.items()
    if not closed:  # a quote or comment that never ends would swallow the rest: read it as plain characters
        items, _ = _Scanner(text[:_LONGEST_FIELD].translate(_UNQUOTE)).items()
    odd = scanner.odd or not closed
    mailboxes: list[Mailbox] = []
    surname = ""  # of "Silva, Ana <ana@acme.example>", whose comma should have stood in quotes
    for item in items[:MOST_ADDRESSES]:
        mailbox, item_odd = item.mailbox()
        odd = odd or item_odd
        if not mailbox.address and item.angle is None:
            surname = f"{surname}, {mailbox.name}" if surname else mailbox.name
            continue
        if surname and item.angle is not None:
            mailbox = Mailbox(f"{surname}, {mailbox.name}".removesuffix(", "), mailbox.address)
        surname = ""
        if mailbox.name or mailbox.address:
            mailboxes.append(mailbox)
    if surname:
        mailboxes.append(Mailbox(surname, ""))
    return AddressList(_readable(mailboxes), odd, len(items) > MOST_ADDRESSES or len(text) > _LONGEST_FIELD)


def is_beyond_doubt(text: str) -> bool:
    """Whether a field value is one mailbox of so plain a form that no two programs read it differently."""
    return len(text) <= 400 and _BEYOND_DOUBT.fullmatch(text) is not None


def read_fields(values: list[str]) -> AddressList:
    """The mailboxes of a field that may, against RFC 5322 3.6, stand there several times."""
    if len(values) == 1:
        return read_addresses(values[0])
    lists = [read_addresses(value) for value in values[:_MOST_FIELDS]]
    mailboxes = _readable([each for one in lists for each in one.mailboxes])
    return AddressList(
        mailboxes[:MOST_ADDRESSES],
        any(each.odd for each in lists),
        any(each.cut for each in lists) or len(values) > _MOST_FIELDS or len(mailboxes) > MOST_ADDRESSES,
    )


def _readable(mailboxes: list[Mailbox]) -> tuple[Mailbox, ...]:
    """Those with an address, if there is one."""
    return tuple(each for each in mailboxes if each.address) or tuple(mailboxes)


def display_name(text: str) -> str:
    """A display name as it may be shown: encoded words decoded, even inside quotes, and scrubbed."""
    text = " ".join(scrub(decode_words(text)).split())
    if len(text) > 1 and text[0] == text[-1] and text[0] in "'\"":
        text = text[1:-1].strip()
    return text[:_LONGEST_NAME]


def normalise(address: str) -> str:
    """The form in which addresses are compared: without case and outer blanks.

    Only ASCII letters are folded: Unicode folding would make one mailbox of two (the Kelvin sign and "k").
    """
    address = address.lstrip().rstrip(_END)
    return address.lower() if address.isascii() else _ascii_lower(address)


def bare(address: str) -> str:
    """The address without its detail (RFC 5233): support+x@example.com is support@example.com."""
    local, at, domain = address.rpartition("@")
    if local.startswith('"'):
        return address
    user, plus, _ = local.partition("+")
    return f"{user}{at}{domain}" if plus and user else address


def domain_of(address: str) -> str:
    """The part after the last @, in lower case; empty where there is none."""
    return normalise(address).rpartition("@")[2] if "@" in address else ""


_UNQUOTE = str.maketrans({'"': " ", "(": " ", ")": " ", "\\": " "})
_END = "".join(filter(str.isspace, map(chr, range(0x3001)))) + "."
_ASCII_LOWER = {upper: upper + 32 for upper in range(ord("A"), ord("Z") + 1)}


def _ascii_lower(text: str) -> str:
    return text.translate(_ASCII_LOWER)


def _is_address(text: str) -> bool:
    return len(text) <= 512 and _ADDRESS.fullmatch(text) is not None and scrub(text) == text


def _mended(text: str) -> str:
    """The one address that broken software meant by `text`; "" where none can be made out."""
    text = _SCHEME.sub("", text[:1024].strip().strip(_AROUND).strip(), count=1)
    if text.startswith("=?"):
        return ""
    for form in (text, text.strip('"'), _DOUBLE_AT.sub("@", _LOOSE.sub(r"\1", without_comments(text).strip()))):
        if _is_address(form):
            return form
    return ""


def _names_another(name: str, address: str) -> bool:
    """Whether the name shows an address that is not the one behind it; look-alikes of @ count."""
    shown = unicodedata.normalize("NFKC", name)
    return "@" in shown and normalise(shown.strip(" <>'\"()")) != normalise(address)


@dataclass(slots=True)
class _Item:
    """One member of the list while it is scanned: its words, unquoted and as written, angle-addr and comments."""

    words: list[str] = field(default_factory=list)
    written: list[str] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)
    angle: str | None = None
    words_before: int = 0  # the angle-addr
    odd: bool = False

    def parted(self) -> "_Item":
        """The next member, whose comma is missing: the words behind this one's angle-addr are its name."""
        following = _Item(self.words[self.words_before :], odd=True)
        self.words, self.odd = self.words[: self.words_before], True
        return following

    def mailbox(self) -> tuple[Mailbox, bool]:
        if self.angle is None:
            return self._without_angle()
        address = self.angle.rpartition(":")[2] if self.angle.startswith("@") else self.angle  # obsolete source route
        address = address.rpartition("<")[2] if "<" in address.strip(" <") else address
        address = address.strip().strip("<>'").strip().removesuffix(".")
        name = display_name("".join(self.words)) or display_name(" ".join(self.comments))
        if not _is_address(address):
            mended = _mended(address)
            return Mailbox(name, mended or (address if address.casefold() in _WITHOUT_DOMAIN else "")), True
        return Mailbox(name, address), self.odd or _names_another(name, address)

    def _without_angle(self) -> tuple[Mailbox, bool]:
        written = "".join(self.written).strip()
        comment = display_name(" ".join(self.comments))
        address = written.strip("'").removesuffix(".")
        if _is_address(address):
            odd = self.odd or written.startswith("'")
            return Mailbox(comment, address), odd or _names_another(comment, address)
        if written.casefold() in _WITHOUT_DOMAIN:
            return Mailbox(comment, written), True
        if mended := _mended(written):
            return Mailbox(comment, mended), True
        words = "".join(self.words).split()
        last = next((word for word in reversed(words) if _mended(word)), "")
        found = _mended(last)
        name = display_name(" ".join(word for word in words if word != last)) or comment
        if not found and _is_address(comment):
            found = comment
        if not found and "@" in name and "=?" in written:  # a whole mailbox that broken software encoded
            return _one(name) or Mailbox(name, ""), True
        return Mailbox(name, found), True


class _Scanner:
    """Splits a field at its structural commas, semicolons and colons."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._items: list[_Item] = []
        self._item = _Item()
        self.odd = False

    def items(self) -> tuple[list[_Item], bool]:
        """The members, and whether every quote and comment was closed."""
        text, end = self._text, len(self._text)
        while self._at < end and len(self._items) <= MOST_ADDRESSES:
            if plain := _PLAIN.match(text, self._at):
                self._take(plain[0], plain.end())
            elif text[self._at] == "=":
                word = _ENCODED_WORD.match(text, self._at)
                self._take(word[0] if word else "=", word.end() if word else self._at + 1)
            elif not self._special(text[self._at]):
                return self._items, False
        self._next_item()
        return self._items, True

    def _special(self, char: str) -> bool:
        """Deal with one special character; False where it opens what is never closed."""
        if char == '"':
            return self._quoted()
        if char == "(":
            return self._comment()
        if char == "<":
            self._angle()
        elif char in ",;":
            self.odd = self.odd or char == ";"
            self._next_item()
            self._at += 1
        elif char == ":" and self._text.rfind("<") > self._at > self._text.rfind(";"):
            self._item.odd = True  # no group, as nothing ends it: a name with a colon in it
            self._take(char, self._at + 1)
        elif char == ":" and self._text[max(0, self._at - 6) : self._at].lower() == "mailto":
            self._take(char, self._at + 1)
        elif char == ":":  # a group's name ends here (RFC 5322 3.4)
            self.odd = True
            self._item = _Item()
            self._at += 1
        else:
            self._item.odd = self._item.odd or char in ")>\\"
            self._take(char if char not in ">\\" or self._item.angle is None else " ", self._at + 1)
        return True

    def _take(self, text: str, end: int) -> None:
        if self._item.angle is not None and text.strip():
            self._item.odd = True  # words behind the address
        self._item.words.append(text)
        self._item.written.append(text)
        self._at = end

    def _next_item(self) -> None:
        if self._item.angle is not None or self._item.comments or "".join(self._item.words).strip():
            self._items.append(self._item)
        self._item = _Item()

    def _quoted(self) -> bool:
        content, end = self._until('"', nests=False)
        if end < 0:
            return False
        self._item.words.append(content)
        self._item.written.append(self._text[self._at : end])
        self._at = end
        return True

    def _comment(self) -> bool:
        content, end = self._until(")", nests=True)
        if end < 0:
            return False
        self._item.comments.append(content)
        self._item.words.append(" ")
        self._at = end
        return True

    def _angle(self) -> None:
        end = self._text.find(">", self._at)
        stop = len(self._text) if end < 0 else end
        content = self._text[self._at + 1 : stop]
        if self._item.angle is not None and "@" in self._item.angle and "@" in content and end >= 0:
            following = self._item.parted()
            self._next_item()
            self._item = following
        if self._item.angle is None or ("@" not in self._item.angle and "@" in content):
            self._item.odd = self._item.odd or self._item.angle is not None
            self._item.angle, self._item.words_before = content, len(self._item.words)
        self._item.odd = self._item.odd or end < 0 or self._item.angle is not content or "<" in content
        self._at = stop + 1

    def _until(self, closing: str, nests: bool) -> tuple[str, int]:
        """What stands between here and the closing character, and the place behind that; -1 where it is open."""
        out: list[str] = []
        depth, at = 1, self._at + 1
        while at < len(self._text):
            char = self._text[at]
            if char == "\\" and at + 1 < len(self._text):
                out.append(self._text[at + 1])
                at += 2
                continue
            if char == closing:
                depth -= 1
                if not depth:
                    return "".join(out), at + 1
            elif nests and char == "(":
                depth += 1
            out.append(char)
            at += 1
        return "", -1
