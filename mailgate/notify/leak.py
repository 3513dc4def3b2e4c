"""The last search before a mail leaves (spec/agents.md 2, A26): nothing in it that belongs to somebody else.

Looks through the decoded values from which the mail is composed, for signed addresses of other parties and for given
internal texts. Linear in the size of the mail; finds percent-encoded and HTML-escaped forms too. Pure; never fails.
"""

import html
import re
from collections.abc import Iterable, Iterator
from urllib.parse import unquote

from mailgate.decision.leak import Leak
from mailgate.notify.compose import Headers
from mailgate.notify.enclosed import Enclosed
from mailgate.notify.filenames import NAMELESS
from mailgate.notify.rendered import Rendered

MOST_OF_A_FILE = 2_000_000  # octets that are looked through
MIN_INTERNAL = 12  # shorter texts ("ok", "thanks") stand in every other mail
_TOKEN = re.compile(r"\+([0-9]{1,32}\.[a-z][a-z2-7]{1,13}\.[0-9]{1,18}\.[a-z][a-z2-7]{16})(?![a-z2-7])", re.IGNORECASE)
_ENTITY = re.compile(
    r"&(?!(?:lt|gt|nbsp|quot|#3[49]);|amp;(?![#A-Za-z])|\s)"
)  # those that we write ourselves hide nothing
_TAG = re.compile(r"<[^<>]*>")
_QUOTING = re.compile(r"[\s>|\u00ad\u200b-\u200f\u2060-\u2064\ufeff]+")  # blanks, quotation marks, what nobody sees
_ROUNDS = 3  # an escaped address inside an encoded link inside HTML


def foreign_tokens(
    headers: Headers, rendered: Rendered, own: frozenset[str], internal: tuple[str, ...] = ()
) -> tuple[str, ...]:
    """What must not go out: tokens (the part between `+` and `@`, lower case) of signed addresses of others than the
    owner of `own`, and those of `internal` whose words stand in the mail.

    `own` holds whole signed addresses or tokens alone; older ones of the same party on the same ticket are his as well,
    whatever their purpose: his own mail quotes them. Internal texts are compared without blanks, quotation marks and
    tags; those under 12 characters are passed over.
    """
    values = (*_header_values(headers), rendered.subject, rendered.text, rendered.html)
    found = dict.fromkeys(
        token.lower()
        for value in values
        for form in _decoded_forms(value)
        if "+" in form
        for token in _TOKEN.findall(form)
    )
    foreign = list(_of_others(found, own))
    if internal:
        foreign += _internal_texts(values, internal)
    return tuple(foreign)


def foreign_in_files(enclosed: Enclosed, own: frozenset[str]) -> tuple[Leak, ...]:
    """Tokens of others in attached files, whatever they say they are, and in their names: a forwarded notification
    holds its reader's own address, and clients attach it as octets or in a form of their own (UTF-16) too.
    """
    found: dict[str, str] = {}
    for file in (*enclosed.inline, *enclosed.attached):
        for text in (file.filename, _readable(file.octets)):
            for form in _decoded_forms(text):
                found |= dict.fromkeys((token.lower() for token in _TOKEN.findall(form)), file.filename or NAMELESS)
    return tuple(Leak(token, found[token]) for token in _of_others(found, own))


def _readable(octets: bytes) -> str:
    octets = octets[:MOST_OF_A_FILE]
    if b"+" not in octets and b"%" not in octets and b"&" not in octets:
        return ""
    return octets.replace(b"\0", b"").decode("utf-8", "replace").replace("=\r\n", "").replace("=\n", "")


def _of_others(found: Iterable[str], own: frozenset[str]) -> Iterator[str]:
    if found:
        mine = {_party_of(text) for text in own}
        yield from (token for token in found if _party_of(token) not in mine)


def _party_of(text: str) -> tuple[str, str]:
    """The ticket's number and the party's, which follows the letter of the purpose."""
    found = _TOKEN.search(text if "+" in text else f"+{text}")
    number, _, rest = (found[1] if found else text).lower().partition(".")
    return number, rest.partition(".")[0][1:]


def _header_values(headers: Headers) -> Iterator[str]:
    for mailbox in headers.mailboxes:
        yield mailbox.name
        yield mailbox.address
    yield headers.subject
    yield from (headers.message_id, headers.in_reply_to or "", headers.list_id or "", *headers.references)
    for _, value in headers.extra:
        yield value


def _decoded_forms(value: str) -> Iterator[str]:
    """The value and what is left of it when entities and percent-encoding are undone."""
    yield value
    for _ in range(_ROUNDS):
        plain = html.unescape(value) if "&" in value and _ENTITY.search(value) else value
        plain = unquote(plain) if "%" in plain else plain
        if plain == value:
            return
        yield plain
        value = plain


def _internal_texts(values: tuple[str, ...], internal: tuple[str, ...]) -> list[str]:
    folded = [_folded(form) for value in values for form in (value, html.unescape(_TAG.sub(" ", value)))]
    needles = ((text, _folded(text)) for text in internal)
    return [text for text, needle in needles if len(needle) >= MIN_INTERNAL and any(needle in form for form in folded)]


def _folded(text: str) -> str:
    return _QUOTING.sub("", text).casefold()
