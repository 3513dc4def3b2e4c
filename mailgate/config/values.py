"""The values of a mail desk's configuration: addresses, places to listen, paths, durations, sizes, rates.

Parsers raise ValueError (`Wrong` where there is a mend); the kinds made of them gather it.
"""

import re
from collections.abc import Callable
from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from mailgate.config.findings import Findings, Wrong, shown
from mailgate.config.kinds import Kind, spoken, text_of
from mailgate.config.locate import KeyPath
from mailgate.config.settings import Listen
from mailgate.duration import parse_duration
from mailgate.mail.address import normalise
from mailgate.mail.message import Mailbox
from mailgate.problems import did_you_mean
from mailgate.rate import parse_rate
from mailgate.size import parse_size
from mailgate.tickets.model import FollowUp
from mailgate.tickets.number import NumberFormat, parse_number_format
from mailgate.tickets.signed import ReplyAddressForm

LOCAL_PART_OCTETS = 64  # RFC 5321 4.5.3.1.1
DOMAIN_OCTETS = 255
LONGEST_UNDO = timedelta(hours=1)
UNIX_PATH_OCTETS = 107  # sun_path without its closing NUL

NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,31}")
NAME_FORM = "1 to 32 of a-z, 0-9, - and _, beginning with a letter or digit"

_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_DOMAIN = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_MAILBOX = re.compile(r'(?:"(?P<quoted>[^"\\<>]*)"|(?P<plain>[^"<>]*?))\s*<(?P<address>[^<>]*)>')
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
_TOKENS = re.compile(r"[!-~]+")
_FOLLOW_UPS: dict[str, FollowUp] = {"reopen": "reopen", "new": "new", "reject": "reject"}
_BLANK_BOX = Mailbox("", "")


def one_line(text: str) -> str:
    """Any words, on one line and without a control character: they may stand in a header (spec/safety.md R44)."""
    if not text.isprintable():
        raise Wrong("a line break or a control character stands in it", "write it on one line")
    return text


def words(text: str) -> str:
    if not text.strip():
        raise Wrong("it is empty")
    return one_line(text)


def domain(text: str) -> str:
    """A domain name in ASCII, lower case."""
    if not _DOMAIN.fullmatch(text) or len(text) > DOMAIN_OCTETS:
        raise Wrong(f"{shown(text)} is not a domain name", _punycode(text))
    return text.lower()


def address(text: str) -> str:
    """local-part@domain (RFC 5321 4.1.2), the domain in lower case."""
    local, at, host = text.rpartition("@")
    if not at or not host or not _LOCAL.fullmatch(local) or len(local) > LOCAL_PART_OCTETS:
        raise Wrong(f"{shown(text)} is not an address", 'write it like "support@example.com"')
    return f"{local}@{domain(host)}"


def mailbox(text: str) -> Mailbox:
    """`Name <address>` or an address alone."""
    found = _MAILBOX.fullmatch(one_line(text).strip())
    if not found:
        return Mailbox("", address(text.strip()))
    name = found["quoted"] if found["quoted"] is not None else found["plain"]
    if "@" in name:  # a reader could take the name for the address
        raise Wrong(f"the name {shown(name)} holds an address", 'write it like "Support <support@example.com>"')
    return Mailbox(name.strip(), address(found["address"]))


def address_pattern(text: str) -> str:
    """An address in which `*` stands for anything, in the form in which addresses are compared."""
    address(text.replace("*", "x"))
    return normalise(text)


def language(text: str) -> str:
    if not _LANGUAGE.fullmatch(text):
        raise Wrong(f"{shown(text)} is not a language", 'write it like "en", "de" or "pt-BR"')
    return text


def timezone(text: str) -> ZoneInfo:
    """A name of the IANA time zone database."""
    try:
        return ZoneInfo(text)
    except (OSError, ValueError, KeyError):  # ZoneInfo("Europe") is an IsADirectoryError
        raise Wrong(f"{shown(text)} is not a time zone", did_you_mean_zone(text)) from None


def did_you_mean_zone(text: str) -> str:
    near = did_you_mean(text, available_timezones())
    return near if near.startswith("did") else 'write it like "Europe/Lisbon" or "UTC"'


def listen(text: str) -> tuple[str, int] | str:
    """`host:port`, `[::1]:port`, or the path behind `unix:`."""
    if text.startswith("unix:"):
        if not text[5:] or "\0" in text:
            raise Wrong("the path of the socket is missing", 'write it like "unix:/run/mailgate/smtp.sock"')
        return text[5:]
    host, colon, port = text.rpartition(":")
    bare = host[1:-1] if host.startswith("[") and host.endswith("]") else host
    if not colon or not port.isascii() or not port.isdigit() or int(port) > 65535 or not bare or not bare.isprintable():
        raise Wrong(
            f"{shown(text)} is not a place to listen", 'write it like "127.0.0.1:2525", "[::1]:2525" or "unix:/path"'
        )
    if ":" in bare and bare == host:
        raise Wrong("an IPv6 address stands in brackets", f'write "[{host}]:{port}"')
    return bare, int(port)


def network(text: str) -> IPv4Network | IPv6Network:
    try:
        return ip_network(text)
    except ValueError as error:
        raise Wrong(str(error), 'write it like "192.0.2.0/24", "127.0.0.1" or "2001:db8::/32"') from None


def slug(text: str) -> str:
    """A short name that stands in logs and on command lines."""
    if not NAME.fullmatch(text):
        raise Wrong(f"{shown(text)} is no name", NAME_FORM)
    return text


def token(text: str) -> str:
    """A word without blanks: a host's name for itself, an authserv-id."""
    if not _TOKENS.fullmatch(text):
        raise Wrong(f"{shown(text)} is not one word")
    return text.lower()


def duration(text: str) -> timedelta:
    found = parse_duration(text)
    if not found:
        raise Wrong(f'"{text}" is no time at all')
    return found


def undo_time(text: str) -> timedelta:
    """None at all is a choice here: nothing waits, and nothing can be recalled."""
    found = parse_duration(text)
    if found > LONGEST_UNDO:
        raise Wrong("customers would wait for more than an hour", 'write at most "1h"')
    return found


def sender_form(text: str) -> str:
    """The name that an agent's answer carries: words, with {agent}, {queue} or both in them."""
    bare = words(text).replace("{agent}", "").replace("{queue}", "")
    if "{" in bare or "}" in bare or bare == text:
        raise Wrong(
            f"{shown(text)} is not a form of names", 'write it with {agent}, {queue} or both: "{agent} via {queue}"'
        )
    if "@" in bare:  # a reader could take the name for the address
        raise Wrong(f"the name {shown(text)} holds an address", 'write it like "{agent} via {queue}"')
    return text


def paragraph(text: str) -> str:
    """Any lines, without a control character and without blank lines around them."""
    lines = [line.rstrip() for line in text.replace("\r\n", "\n").split("\n")]
    if not all(line.isprintable() for line in lines):
        raise Wrong("a control character stands in it", "write plain lines; a tab is written as blanks")
    return "\n".join(lines).strip("\n")


def follow_up(text: str) -> tuple[FollowUp, timedelta | None]:
    """`reopen`, `reopen:14d` (later a linked new ticket), `new` or `reject`."""
    if text.startswith("reopen:"):
        return "reopen", duration(text.removeprefix("reopen:"))
    if text in _FOLLOW_UPS:
        return _FOLLOW_UPS[text], None
    raise Wrong(f"{shown(text)} is not a way to follow up", 'write "reopen", "reopen:14d", "new" or "reject"')


def return_path(text: str) -> str | None:
    """None for "verp", else the address behind "fixed:"."""
    if text == "verp":
        return None
    if text.startswith("fixed:"):
        return address(text.removeprefix("fixed:"))
    raise Wrong(f"{shown(text)} is not a return path", 'write "verp" or "fixed:support@example.com"')


def reply_address(text: str) -> ReplyAddressForm:
    form = ReplyAddressForm(text)
    if text not in ("queue", "none"):
        address(text.replace("{token}", "x"))
    return form


def _punycode(text: str) -> str:
    try:
        found = text.encode("idna").decode("ascii")
    except UnicodeError:
        found = ""
    return f'write "{found}"' if found and _DOMAIN.fullmatch(found) and found != text else 'write it like "example.com"'


def _path(value: object, at: KeyPath, findings: Findings) -> Path:
    if not isinstance(value, str) or not value or "\0" in value:
        said = spoken(value) if not isinstance(value, str) else shown(value)
        findings.value(at, f"{said} where a path is wanted", "write the path of a file in quotes")
        return findings.base
    return findings.base / value


def _maildir(value: object, at: KeyPath, findings: Findings) -> Path:
    path = _path(value, at, findings)
    left = str(value).replace("{recipient}", "").replace("{local}", "")
    if "{" in left or "}" in left:
        mend = 'write it like "outgoing", "outgoing/{recipient}" or "outgoing/{local}"'
        findings.value(at, f"{shown(str(value))} is not a form of paths", mend)
    return path


def _listen(value: object, at: KeyPath, findings: Findings) -> Listen:
    place = LISTEN_TEXT.read(value, at, findings)
    if isinstance(place, tuple):
        return Listen(*place)
    unix = findings.base / place
    if len(bytes(unix)) > UNIX_PATH_OCTETS:
        findings.value(at, f"the path of the socket is longer than {UNIX_PATH_OCTETS} octets", "choose a shorter one")
    return Listen(unix=unix)


def or_off(kind: Kind, off: Any) -> Kind:
    """The kind, and an empty text that switches it off."""

    def read(value: object, at: KeyPath, findings: Findings) -> Any:
        return off if value == "" else kind.read(value, at, findings)

    return Kind(f'{kind.name}, or ""', read, kind.textual)


def _kind(name: str, parse: Callable[[str], Any], blank: Any = "") -> Kind:
    return text_of(name, parse, blank)


LISTEN_TEXT = _kind("place to listen", listen, ("", 0))
LINE = _kind("text", one_line)
WORDS = _kind("text", words)
DOMAIN = _kind("domain", domain)
ADDRESS = _kind("address", address)
ADDRESS_PATTERN = _kind("address, * for anything", address_pattern)
MAILBOX = _kind("name and address", mailbox, _BLANK_BOX)
LANGUAGE = _kind("language", language, "en")
TIMEZONE = _kind("time zone", timezone, ZoneInfo("UTC"))
NETWORK = _kind("IP address or network", network, ip_network("0.0.0.0/32"))
SLUG = _kind("name", slug)
TOKEN = _kind("word", token)
SIZE = _kind("size", parse_size, 0)
RATE = _kind('rate, or ""', parse_rate, None)
DURATION = _kind("duration", duration, timedelta())
UNDO_TIME = _kind("duration", undo_time, timedelta())
SENDER_FORM = _kind("text with {agent} or {queue}", sender_form, "{agent}")
PARAGRAPH = _kind("text of one or more lines", paragraph)
FOLLOW_UP = _kind('"reopen", "reopen:DURATION", "new" or "reject"', follow_up, ("reopen", None))
RETURN_PATH = _kind('"verp" or "fixed:ADDRESS"', return_path, None)
REPLY_ADDRESS = _kind('"queue", "none" or an address with +{token}', reply_address, ReplyAddressForm("none"))
NUMBER_FORMAT = _kind("number format", parse_number_format, NumberFormat("", ()))
PATH = Kind("path", _path, textual=True)
MAILDIR = Kind("path, may hold {recipient} or {local}", _maildir, textual=True)
LISTEN = Kind("place to listen", _listen, textual=True)
