"""Who writes bounces in prose, and whether a mail that is no report by its form is one by its author and words.

A mail daemon is believed by little, a postmaster may be a person, a gateway sends other notices too; of anybody else
all signs are wanted, and no word as people use them. Pure; every search is bounded.
"""

import re
from typing import Literal

from mailgate.mail.bounce_words import NOT_DELIVERED, SUBJECT
from mailgate.mail.headers import Headers
from mailgate.mail.message import Mailbox
from mailgate.mail.notice_text import NoticeText
from mailgate.mail.reply_meaning import reply_class

Role = Literal["daemon", "postmaster", "gateway", "silent", "somebody"]

_DAEMON_LOCAL = re.compile(
    r"(?:mail(?:er)?[-_.]?daemon|daemon|mdaemon|double-bounce|mail[-_.]?delivery|mailsystem|mailadmin|uucp|mmdf)"
)
_POSTMASTER_LOCAL = re.compile(r"(?:post[-_]?master|root|system|administrator|mailmaster|bounces?)(?:$|[ +=._\\-])")
_GATEWAY_LOCAL = re.compile(
    r"(?:[a-z0-9]{1,20}[-_.]){0,4}(?:(?:smtp|mail|e-?mail|message)[-_.]?(?:service|gateways?|server|system|filter|agent|"
    r"relay|router)|anti-?virus|anti-?spam|imss|imsva|interscan|mailscanner|mailsweeper|mailmarshal|amavisd?|"
    r"content-?filter|mimedefang|barracuda|spam-?(?:firewall|filter)|admin)(?:$|[-_.+])"
)
_SILENT = re.compile(r"(?:no|do[-_.]?not)[-_.]?reply")
_DAEMON_NAME = re.compile(
    r"mail(?:er)?[ -]?daemon|mail delivery|delivery (?:sub)?system|mdaemon|message delivery|mail ?system|mail (?:"
    r"administrator|router|transport|server)|microsoft outlook|internet mail|email delivery|delivery status",
    re.IGNORECASE,
)
_POSTMASTER_NAME = re.compile(
    r"post ?master|system administrator|systemadministrator|administrat|content[ -]?filter", re.IGNORECASE
)
_HUMAN_PREFIX = re.compile(
    r"\s*(?:\[[^\]]{1,40}\] ?)?(?:re|fwd?|aw|wg|antw|sv|vs|tr|rv|res|enc)(?:\[\d+\])? ?:", re.IGNORECASE
)
_PERSONAL = re.compile(
    r"\?|(?<![\w'])(?:i|i'm|i've|my|me|we|hi|hello|dear|please|thanks?|regards|hallo|ich|wir|mein\w*|bitte|danke|grüße|"
    r"bonjour|je|mon|merci|cordialement|hola|mi|gracias|saludos|ciao|mio|grazie|saluti|olá|meu|obrigad[oa])(?![\w'])"
)


def may_be_free_text_bounce(headers: Headers, authors: tuple[Mailbox, ...], subject: str) -> bool:
    """Whether its header lets a mail be one: where it does not, nobody needs to read its words."""
    return (
        "x-failed-recipients" in headers
        or _has_null_path(headers)
        or _role(authors) != "somebody"
        or (not is_passed_on(subject) and SUBJECT.search(subject[:300].lower()) is not None)
    )


def is_free_text_bounce(
    headers: Headers, authors: tuple[Mailbox, ...], subject: str, prose: NoticeText, gives_back: bool
) -> bool:
    """Whether a mail that is no report by its form is one by its words. `gives_back`: it holds a mail or its header."""
    if "x-failed-recipients" in headers:  # Exim and Gmail
        return True
    role, null_path = _role(authors), _has_null_path(headers)
    by_subject = SUBJECT.search(subject[:300].lower()) is not None
    by_words = NOT_DELIVERED.search(prose.beginning) is not None
    gives_back = gives_back or prose.returned is not None
    if is_passed_on(subject) and not (role == "daemon" and null_path):
        return role == "postmaster" and _begins_with_an_error(prose)
    if role == "daemon":
        return by_subject or by_words or gives_back
    if role == "postmaster":
        return by_subject or (null_path and by_words)
    if role == "gateway":
        return by_subject and by_words
    if null_path:
        return by_subject + by_words + gives_back > 1
    return by_subject and by_words and gives_back and (role == "silent" or not _PERSONAL.search(prose.beginning))


def is_passed_on(subject: str) -> bool:
    """Whether a person answers or forwards, by the subject."""
    return _HUMAN_PREFIX.match(subject[:60]) is not None


def _begins_with_an_error(prose: NoticeText) -> bool:
    """The notices of gateways to phones answer the mail itself: "Re: Hello", "Error: Invalid user address"."""
    return prose.beginning.startswith("error:") and bool(reply_class(prose.beginning[:400]))


def _has_null_path(headers: Headers) -> bool:
    """Whether the path back is empty, or what servers write in its place when they file a mail."""
    return headers.value("return-path").replace(" ", "").lower() in ("<>", "<mailer-daemon>")


def _role(authors: tuple[Mailbox, ...]) -> Role:
    if not authors:
        return "somebody"
    name, address = authors[0].name, authors[0].address or authors[0].name
    local = address.partition("@")[0].strip('"').casefold()
    if _DAEMON_LOCAL.match(local) or _DAEMON_NAME.search(name):
        return "daemon"
    if _POSTMASTER_LOCAL.match(local) or _POSTMASTER_NAME.search(name):
        return "postmaster"
    if _GATEWAY_LOCAL.match(local[:80]):
        return "gateway"
    return "silent" if _SILENT.match(local) else "somebody"
