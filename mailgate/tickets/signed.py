"""Signed addresses and Message-IDs: what of ours comes back, and the proof that it is ours (spec/agents.md 1).

    support+1042.rn7.5571.a7kq2mzp4xw3tbq6e@example.com      an address to answer to
    <mg.5571.a7kq2mzp4xw3tbq6e@example.com>                   a Message-ID

A MAC is 80 bits of HMAC-SHA256 over everything in it and over the nonces of the ticket and the article, so that
nothing signed before a restore fits another ticket after it. Reading is one thing, proving another: reading needs no
key, proving needs the nonces from the store. All keys prove (they route); only young ones give power.
"""

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Literal, cast

MAC_CHARS = 16
AGENT_BIT = 1  # a party's number in a signed address: participants even, agents odd, 0 none
POWER = timedelta(days=30)
_BASE32 = "abcdefghijklmnopqrstuvwxyz234567"
_DETAIL_FORM = r"([0-9]{1,32})\.([a-z])([a-z2-7]{1,13})\.([0-9]{1,18})\.([a-z])([a-z2-7]{16})"
_DETAIL = re.compile(_DETAIL_FORM)
_CLAIM = re.compile(r"[0-9]{1,32}(?:\.[^.]*){2,}")
_IN_TEXT = re.compile(rf"(?:\+|%2B)?\b{_DETAIL_FORM}(?![a-z2-7])", re.IGNORECASE)
_MESSAGE_ID = re.compile(r"<mg\.([0-9]{1,18})\.([a-z])([a-z2-7]{16})@([a-z0-9.-]{1,253})>")

Purpose = Literal["r", "n", "c", "t", "y", "x", "b"]
PURPOSES = frozenset("rnctyxb")  # answer, note, close, take, approve, deny, bounce (VERP)


@dataclass(frozen=True, slots=True)
class Key:
    """A signing key: one letter that names it, the day it was made, 32 random bytes."""

    letter: str
    made: date
    secret: bytes

    @property
    def fingerprint(self) -> str:
        return hashlib.sha256(b"mailgate key\0" + self.secret).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Keyring:
    """All keys in use, oldest first; the newest signs."""

    keys: tuple[Key, ...]

    @property
    def newest(self) -> Key:
        return self.keys[-1]

    def find(self, letter: str) -> Key | None:
        return next((key for key in self.keys if key.letter == letter), None)


@dataclass(frozen=True, slots=True)
class ReplyAddressForm:
    """`site.reply_address`: "queue" (subaddress of the queue's own), "none", or one mailbox with `{token}`."""

    text: str = "queue"

    def __post_init__(self) -> None:
        if self.text not in ("queue", "none") and self.text.count("+{token}@") != 1:
            raise ValueError('reply_address is "queue", "none", or like "reply+{token}@tickets.example.com"')

    def render(self, queue_address: str, token: str) -> str | None:
        """The full address, or None where addresses are not signed."""
        if self.text == "none":
            return None
        if self.text == "queue":
            local, _, domain = queue_address.rpartition("@")
            return f"{local}+{token}@{domain}"
        return self.text.replace("{token}", token)


@dataclass(frozen=True, slots=True)
class SignedAddress:
    """What a signed address says, not yet proven."""

    address: str  # the whole, lower case
    base: str  # without "+token"
    number: str
    purpose: Purpose
    party: int
    revision: int  # an article's id
    key: str
    mac: str

    @property
    def is_an_agents(self) -> bool:
        return bool(self.party & AGENT_BIT)


@dataclass(frozen=True, slots=True)
class SignedMessageId:
    """What one of our Message-IDs says, not yet proven."""

    text: str
    article: int
    key: str
    mac: str


def sign_token(
    keys: Keyring, number: str, purpose: Purpose, party: int, revision: int, ticket_nonce: bytes, article_nonce: bytes
) -> str:
    """The part between `+` and `@`."""
    said = f"{number}.{purpose}{base32(party)}.{revision}"
    key = keys.newest
    return f"{said}.{key.letter}{_mac(key, 'address', said, ticket_nonce + article_nonce)}"


def read_address(address: str) -> SignedAddress | None:
    """The signed address in `address`, or None where it does not have that form. Case does not matter."""
    local, _, domain = address.lower().rpartition("@")
    base, _, detail = local.partition("+")
    found = _DETAIL.fullmatch(detail)
    if not found or not base or not domain:
        return None
    number, purpose, party, revision, key, mac = found.groups()
    if purpose not in PURPOSES:
        return None
    checked = cast(Purpose, purpose)
    return SignedAddress(
        address.lower(), f"{base}@{domain}", number, checked, from_base32(party), int(revision), key, mac
    )


def claims_to_be_signed(address: str) -> bool:
    """Whether an address has the shape of a signed one, however its parts are spelt: no `plus:` value has it."""
    local = address.rpartition("@")[0]
    return _CLAIM.fullmatch(local.partition("+")[2]) is not None


def proves(keys: Keyring, signed: SignedAddress, ticket_nonce: bytes, article_nonce: bytes) -> bool:
    """Whether we signed it, for this ticket and article; compared in constant time."""
    key = keys.find(signed.key)
    if key is None:
        return False
    said = f"{signed.number}.{signed.purpose}{base32(signed.party)}.{signed.revision}"
    return hmac.compare_digest(_mac(key, "address", said, ticket_nonce + article_nonce), signed.mac)


def party_in_token(token: str) -> tuple[str, int]:
    """The number of the ticket and the party in the part between `+` and `@`, which has the form that `sign_token`
    makes."""
    number, said, *_ = token.lower().split(".")
    return number, from_base32(said[1:])


def has_power(keys: Keyring, signed: SignedAddress, today: date) -> bool:
    """Whether the key that signed is young enough for more than routing."""
    key = keys.find(signed.key)
    return key is not None and (key is keys.newest or today - key.made <= POWER)


def without_tokens(text: str) -> str:
    """Text with the signed part taken out of every signed address: what one party quotes is not another's to use."""
    return _IN_TEXT.sub("", text) if text.count(".") > 2 else text


def sign_message_id(keys: Keyring, article: int, article_nonce: bytes, domain: str) -> str:
    key = keys.newest
    return f"<mg.{article}.{key.letter}{_mac(key, 'message-id', str(article), article_nonce)}@{domain.lower()}>"


def read_message_id(text: str) -> SignedMessageId | None:
    """One of our Message-IDs, or None. Case is forgiven: some gateways change it."""
    found = _MESSAGE_ID.fullmatch(text.lower())
    return SignedMessageId(text, int(found[1]), found[2], found[3]) if found else None


def proves_message_id(keys: Keyring, signed: SignedMessageId, article_nonce: bytes) -> bool:
    key = keys.find(signed.key)
    if key is None:
        return False
    return hmac.compare_digest(_mac(key, "message-id", str(signed.article), article_nonce), signed.mac)


def sign_loop_mark(keys: Keyring, domain: str) -> str:
    """The value of X-Mailgate-Loop: says that this very desk sent the mail by machine."""
    key = keys.newest
    return f"{key.letter}{_mac(key, 'loop', domain.lower(), b'')}"


def proves_loop_mark(keys: Keyring, value: str, domain: str) -> bool:
    key = keys.find(value[:1])
    return key is not None and hmac.compare_digest(_mac(key, "loop", domain.lower(), b"").encode(), value[1:].encode())


def base32(value: int) -> str:
    """A number in lower-case base 32 without padding; 0 is "a"."""
    digits = _BASE32[value & 31]
    while value := value >> 5:
        digits = _BASE32[value & 31] + digits
    return digits


def from_base32(text: str) -> int:
    value = 0
    for char in text:
        value = value << 5 | _BASE32.index(char)
    return value


def _mac(key: Key, what: str, said: str, nonces: bytes) -> str:
    made = _begun(key.secret).copy()
    made.update(f"mailgate {what}\0{said}\0".encode() + nonces)
    return base64.b32encode(made.digest()[:10]).decode().lower()


@lru_cache(maxsize=64)
def _begun(secret: bytes) -> hmac.HMAC:
    """With the key taken in. One that is copied and goes on never lets another thread go first, as hmac.digest does."""
    return hmac.new(secret, digestmod="sha256")
