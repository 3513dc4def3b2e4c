"""Did a machine send it, and may a machine answer it? (RFC 3834, RFC 5230 4.6, and what real systems send: R19 to R24)

Two questions, never mixed. Any doubt means that it is not answered; a list's post is a person's and is not answered
either. Each reason names the rule that spoke. The caller adds what only he knows: the null reverse-path of the
envelope, our own addresses, our own loop mark, limits.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from mailgate.mail.headers import Headers, without_comments
from mailgate.mail.message import Automatic, AutomaticKind, Mailbox

LIST_FIELDS = ("list-id", "list-help", "list-subscribe", "list-unsubscribe", "list-post", "list-owner", "list-archive")
_REPLY_FIELDS = (
    "x-autoreply", "x-autorespond", "x-autoresponse", "x-autoreply-from", "x-mail-autoreply", "x-autoresponder",
    "x-auto-reply", "x-auto-reply-from", "x-vacation", "x-autoreply-domain",
)  # fmt: skip
_MACHINE_FIELDS = (
    "x-cron-env",
    "x-github-reason",
    "x-gitlab-notificationreason",
    "x-jira-fingerprint",
    "x-facebook-notify",
)
_NO = frozenset(("", "no", "false", "0", "none"))
_SYSTEM_LOCAL_PARTS = frozenset(("mailer-daemon", "listserv", "majordomo", "mailerdaemon", "daemon"))
_NO_REPLY = re.compile(
    r"(?:^|[-_.+])(?:no|not|donot|do-not|do_not|do\.not|dont)[-_.]?repl(?:y|ies)|"
    r"^(?:nicht|keine)[-_.]?antwort|^ne[-_.]?pas[-_.]?repondre|^no[-_.]?respond|^nao[-_.]?respond|^non[-_.]?rispond"
)
_ABSENT = (
    r"auto(?:matic|mated|matisch[es]{0,2}|matyczna|maattinen|matick[áé]|matiskt?)?[ :-]{0,2}"
    r"(?:reply|response|answer|antwort|odpowied[zź]|odpov[eě][dď]|vastaus|svar|antwoord)|auto-?responder|"
    r"out of (?:the )?office(?: auto-?reply| reply| message| notification)?|(?:i am |i'm )?away from (?:the|my) office|"
    r"vacation (?:reply|response|notice|message)|vacation|"
    r"abwesenheits(?:notiz|meldung|nachricht|assistent)|(?:ich bin )?(?:derzeit |momentan )?nicht im b[uü]ro|"
    r"respuesta autom[aá]tica|fuera de (?:la )?oficina|r[eé]ponse automatique|absente? du bureau|absence du bureau|"
    r"message d'absence|resposta autom[aá]tica|fora do escrit[oó]rio|aus[eê]ncia tempor[aá]ria|"
    r"risposta automatica|fuori (?:sede|ufficio)|afwezigheids(?:melding|bericht)|niet op kantoor|"
    r"odpowied[zź] automatyczna|poza biurem|fr[aå]nvaromeddelande|ikke p[aå] kontoret|frav[aæ]rsmelding|"
    r"poissaoloilmoitus|poissa toimistosta|mimo kancel[aá][rř]|автоответ(?:чик)?|автоматический ответ|вне офиса|"
    r"otomatik (?:yan[ıi]t|cevap)|ofis d[ıi][sş][ıi](?:nday[ıi]m)?|自动(?:回复|答复)|自動(?:回覆|回信|返信|応答)|"
    r"不在通知|부재중 알림"
)
_AWAY_SUBJECT = re.compile(rf"(?:\[[^\]]{{1,40}}\] ?)?(?:{_ABSENT})(?: ?[:：;,|(\[–—-]|[.!…]*$| re[: ]| bis | until )")
_SUPPRESS_TOKENS = {"all": "All", "autoreply": "AutoReply", "oof": "OOF", "-1": "All"}


@dataclass(frozen=True, slots=True)
class _Finding:
    """One sign. `kind` is None for a sign that forbids an answer without saying that a machine wrote."""

    reason: str
    kind: AutomaticKind | None = None
    is_list: bool = False


def verdict(
    headers: Headers,
    authors: tuple[Mailbox, ...],
    senders: tuple[Mailbox, ...],
    subject: str,
    report: AutomaticKind | None,
) -> Automatic:
    """The verdict on a mail. `report`: bounce, disposition or feedback, if `mail.dsn` found it to be one (R20)."""
    findings = [*_reported(report), *_auto_submitted(headers), *_absence(subject)]
    findings += [*_suppressed(headers), *_vendor_fields(headers), *_list(headers)]
    findings += _precedence(headers, is_list=any(each.is_list for each in findings))
    findings += [*_addresses(authors, senders), *_null_return_path(headers)]
    kinds = {each.kind for each in findings}
    ordered: tuple[AutomaticKind, ...] = ("bounce", "disposition", "feedback", "auto-reply", "auto-generated")
    kind = next((each for each in ordered if each in kinds), None)
    return Automatic(
        is_automatic=kind is not None,
        kind=kind,
        is_list=any(each.is_list for each in findings),
        may_answer=not findings,
        reasons=tuple(dict.fromkeys(each.reason for each in findings)),
    )


def system_address(address: str) -> str:
    """Why an address is a machine's (R23), or "". Ask it of the envelope's reverse-path too."""
    local = address.rpartition("@")[0].casefold() or address.casefold()
    if local in _SYSTEM_LOCAL_PARTS or local.startswith(("owner-", "bounce")) or local.endswith(("-request", "-owner")):
        return f"R23 a system's address: {address}"
    return f"R23 an address that wants no answer: {address}" if _NO_REPLY.search(local[:256]) else ""


def _reported(report: AutomaticKind | None) -> Iterator[_Finding]:
    if report is not None:
        yield _Finding(f"R20 a report: {report}", report)


def _auto_submitted(headers: Headers) -> Iterator[_Finding]:
    for value in headers.values("auto-submitted"):
        word = (without_comments(value).partition(";")[0].split() or [""])[0].casefold()
        if word != "no":
            kind: AutomaticKind = "auto-reply" if word == "auto-replied" else "auto-generated"
            yield _Finding(f"R19 Auto-Submitted: {value[:80]}", kind)


def _absence(subject: str) -> Iterator[_Finding]:
    text = unicodedata.normalize("NFC", " ".join(subject[:200].split())).casefold()
    if _AWAY_SUBJECT.match(text):
        yield _Finding("RFC 3834 the subject is an absence notice's", "auto-reply")


def _suppressed(headers: Headers) -> Iterator[_Finding]:
    for value in headers.values("x-auto-response-suppress"):
        tokens = [token.strip().casefold() for token in without_comments(value[:1000]).replace(";", ",").split(",")]
        named = [token for token in tokens if token in _SUPPRESS_TOKENS or _suppress_bits(token)]
        if named:
            # Exchange marks what its rules and its absence assistant send with both fields; others mark system mail
            replied = "x-ms-exchange-inbox-rules-loop" in headers
            kind: AutomaticKind = "auto-reply" if replied else "auto-generated"
            yield _Finding(f"R22 X-Auto-Response-Suppress: {value[:80]}", kind)


def _suppress_bits(token: str) -> bool:
    """The numeric form: OOF is 0x10, AutoReply 0x20 ([MS-OXCMAIL] 2.1.3.2.21)."""
    return token.isascii() and token.isdigit() and len(token) < 10 and bool(int(token) & 0x30)


def _vendor_fields(headers: Headers) -> Iterator[_Finding]:
    for name in _REPLY_FIELDS:
        if any(value.strip().casefold() not in _NO for value in headers.values(name)):
            yield _Finding(f"R24 {name}", "auto-reply")
    for name in _MACHINE_FIELDS:
        if name in headers:
            yield _Finding(f"R24 {name}", "auto-generated")
    if any(value.casefold().startswith("reply") for value in headers.values("x-autogenerated")):
        yield _Finding("R24 x-autogenerated", "auto-reply")
    if any("notification" in value.casefold() for value in headers.values("x-amazon-mail-relay-type")):
        yield _Finding("R24 x-amazon-mail-relay-type", "auto-generated")
    if any(value.casefold() == "true" for value in headers.values("x-fc-machinegenerated")):
        yield _Finding("R24 x-fc-machinegenerated", "auto-generated")
    if any(value.casefold().startswith("autoresponder") for value in headers.values("delivered-to")):
        yield _Finding("R24 delivered-to: autoresponder", "auto-reply")
    if "x-loop" in headers:
        yield _Finding("R24 x-loop")


def _list(headers: Headers) -> Iterator[_Finding]:
    for name in LIST_FIELDS:
        if name in headers:
            yield _Finding(f"R21 {name}", is_list=True)


def _precedence(headers: Headers, is_list: bool) -> Iterator[_Finding]:
    for name in ("precedence", "x-precedence"):
        for value in headers.values(name):
            word = (without_comments(value).split() or [""])[0].strip("\"';,").casefold()
            if word == "list":
                yield _Finding(f"R21 {name}: list", is_list=True)
            elif word in ("bulk", "junk"):  # on a list it says no more than the list fields
                yield _Finding(f"R21 {name}: {word}", None if is_list else "auto-generated")
            elif word in ("auto_reply", "auto-reply"):
                yield _Finding(f"R21 {name}: {word}", "auto-reply")


def _addresses(authors: tuple[Mailbox, ...], senders: tuple[Mailbox, ...]) -> Iterator[_Finding]:
    for mailbox in authors:
        if reason := system_address(mailbox.address):
            yield _Finding(reason, "auto-generated")
        elif mailbox.address.casefold().partition("@")[0] == "postmaster":
            yield _Finding("R23 postmaster")
        elif not mailbox.address and mailbox.name.casefold() in _SYSTEM_LOCAL_PARTS:
            yield _Finding(f"R23 a system's name: {mailbox.name}", "auto-generated")
    for mailbox in senders:  # a list or a mailing service that passes a person's mail on
        if reason := system_address(mailbox.address):
            yield _Finding(reason)


def _null_return_path(headers: Headers) -> Iterator[_Finding]:
    """A door without an envelope (IMAP) leaves the reverse-path here; it may only forbid, never allow."""
    if any(value.replace(" ", "") == "<>" for value in headers.values("return-path")):
        yield _Finding("R20 null Return-Path", "auto-generated")
