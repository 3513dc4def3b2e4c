"""Why a mail did not arrive, as a person says it: from the RFC 3463 status and the server's words."""

import re

from mailgate.mail.reply_meaning import inferred_status, quoted_status

_UNITS = {"k": 1_000, "m": 1_000_000, "g": 1_000_000_000}
_LIMIT = re.compile(
    r"(?:limit|maximum|max\b|larger than|exceeds?|no more than|up to)[^\d\n]{0,40}?(\d[\d.,]{0,15})\s?(k|m|"
    r"g)?i?(?:b\b|bytes?|octets?)?",
    re.IGNORECASE,
)
_WORTH_TELLING = 100_000  # octets; of a smaller mail the size explains nothing
_SMALLEST_LIMIT = 10_000  # octets; a smaller figure is none of a mail's size

# The key of each status: whole, subject and detail, or the subject alone. 5.4.1 is Exchange Online's for no such user.
_KEYS = {
    "5.4.1": "unknown",
    "1.0": "unknown", "1.1": "unknown", "1.3": "unknown", "1.6": "moved", "1.10": "unknown",
    "1.2": "domain", "4.3": "domain", "4.4": "domain", "1.7": "sender", "1.8": "sender",
    "2.1": "off", "2.2": "full", "2.3": "size", "3.4": "size", "3.1": "full",
    "4.1": "unreachable", "4.2": "unreachable", "4.6": "loop", "4.7": "late",
    "7": "policy", "6": "content",
}  # fmt: skip
_WORDS = {
    "en": {
        "unknown": "The address does not exist.",
        "moved": "The mailbox has moved, and its new address is not known.",
        "domain": "The domain of the address does not exist.",
        "sender": "Their server does not accept our address as the sender.",
        "off": "The mailbox is switched off.",
        "full": "The mailbox is full.",
        "size": "The mail is too big for their server.",
        "size, mail": "The mail, of {mail}, is too big for their server.",
        "size, both": "Their server takes {limit}, this mail has {mail}.",
        "unreachable": "Their server could not be reached.",
        "late": "Their server could not be reached for days.",
        "loop": "The mail went round in circles between their servers.",
        "policy": "Their server refused the mail by its policy.",
        "content": "Their server cannot take mail of this kind.",
        "": "Their server refused the mail.",
    },
    "de": {
        "unknown": "Die Adresse gibt es nicht.",
        "moved": "Das Postfach ist umgezogen, die neue Adresse ist nicht bekannt.",
        "domain": "Die Domain der Adresse gibt es nicht.",
        "sender": "Der Mailserver nimmt unsere Absenderadresse nicht an.",
        "off": "Das Postfach ist abgeschaltet.",
        "full": "Das Postfach ist voll.",
        "size": "Die Mail ist zu groß für den Mailserver.",
        "size, mail": "Die Mail mit {mail} ist zu groß für den Mailserver.",
        "size, both": "Der Mailserver nimmt {limit}, diese Mail hat {mail}.",
        "unreachable": "Der Mailserver war nicht zu erreichen.",
        "late": "Der Mailserver war tagelang nicht zu erreichen.",
        "loop": "Die Mail ist zwischen den Mailservern im Kreis gelaufen.",
        "policy": "Der Mailserver hat die Mail nach seinen Regeln abgelehnt.",
        "content": "Der Mailserver kann eine Mail dieser Art nicht annehmen.",
        "": "Der Mailserver hat die Mail abgelehnt.",
    },
    "es": {
        "unknown": "La dirección no existe.",
        "moved": "El buzón se ha trasladado y no se conoce la dirección nueva.",
        "domain": "El dominio de la dirección no existe.",
        "sender": "Su servidor no acepta nuestra dirección de remitente.",
        "off": "El buzón está desactivado.",
        "full": "El buzón está lleno.",
        "size": "El mensaje es demasiado grande para su servidor.",
        "size, mail": "El mensaje, de {mail}, es demasiado grande para su servidor.",
        "size, both": "Su servidor admite {limit} y este mensaje tiene {mail}.",
        "unreachable": "No se pudo contactar con su servidor.",
        "late": "No se pudo contactar con su servidor durante días.",
        "loop": "El mensaje dio vueltas entre sus servidores.",
        "policy": "Su servidor rechazó el mensaje por sus normas.",
        "content": "Su servidor no puede recibir mensajes de este tipo.",
        "": "Su servidor rechazó el mensaje.",
    },
}


def delivery_words(reply: str, language: str, size: int = 0) -> str:
    """What a server's reply means. `size`: octets of the mail, 0 where it is not known. English for other languages."""
    spoken = language.partition("-")[0].lower()
    words = _WORDS.get(spoken, _WORDS["en"])
    key = _key(reply)
    if key != "size" or size < _WORTH_TELLING:
        return words[key]
    limit = _limit(reply)
    if limit is None or limit >= size:
        return words["size, mail"].format(mail=_megabytes(size, spoken))
    return words["size, both"].format(limit=_megabytes(limit, spoken), mail=_megabytes(size, spoken))


def _key(reply: str) -> str:
    """By the code; where it says nothing, by the words."""
    for status in (quoted_status(reply), inferred_status(reply)):
        if status is None:
            continue
        detail = status.partition(".")[2]
        if key := _KEYS.get(status) or _KEYS.get(detail) or _KEYS.get(detail.partition(".")[0]):
            return key
    return "late" if reply.startswith("gave up") else ""


def _limit(reply: str) -> int | None:
    """The size that the server takes, in octets, where it says so."""
    for found in _LIMIT.finditer(reply[:2_000]):
        number = found[1].rstrip(".,")
        unit = _UNITS.get((found[2] or "").lower(), 1)
        digits = re.sub(r"[.,]", "", number) if unit == 1 else number.replace(",", ".")
        try:
            octets = int(float(digits) * unit)
        except ValueError:
            continue
        if octets >= _SMALLEST_LIMIT:
            return octets
    return None


def _megabytes(octets: int, language: str) -> str:
    said = f"{octets / 1_000_000:.1f}".removesuffix(".0")
    return f"{said if language == 'en' or language not in _WORDS else said.replace('.', ',')} MB"
