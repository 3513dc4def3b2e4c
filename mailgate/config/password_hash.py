"""Passwords as scrypt hashes (RFC 7914): `scrypt$N$r$p$salt$hash`, salt and hash in base64.

What is too weak, or would cost more memory than a login may, is refused when the hash is read, not when somebody logs
in. A password is compared in the form of RFC 8265 4.2 (OpaqueString), because keyboards differ in how they write "é".
"""

import binascii
import hashlib
import hmac
import unicodedata
from base64 import b64encode
from dataclasses import dataclass

from mailgate.config.findings import Wrong

COST, BLOCK, PARALLEL = 2**15, 8, 3  # OWASP's advice for 32 MiB; about 0.2 s of one core
SALT_OCTETS = 16

_COSTS = tuple(2**power for power in range(14, 21))
_LARGEST_MEMORY = 128 << 20  # octets: 128 * N * r
_LEAST_SALT, _LEAST_DIGEST, _LARGEST_PART = 8, 16, 128
_MEND = "make it with `mailgate password`"


@dataclass(frozen=True, slots=True)
class PasswordHash:
    """What is known of a password. It shows in no repr."""

    cost: int
    block: int
    parallel: int
    salt: bytes
    digest: bytes

    def __repr__(self) -> str:
        return "PasswordHash(...)"

    def __str__(self) -> str:
        parts = (self.cost, self.block, self.parallel, b64encode(self.salt).decode(), b64encode(self.digest).decode())
        return "$".join(("scrypt", *map(str, parts)))

    @property
    def work(self) -> int:
        return self.cost * self.block * self.parallel

    def matches(self, password: str) -> bool:
        """Whether it is this one; takes the same time for any. Costs much CPU, but not Python's lock."""
        digest = _scrypt(password, self.salt, self.cost, self.block, self.parallel, len(self.digest))
        return hmac.compare_digest(digest, self.digest)


def hash_password(password: str, salt: bytes) -> PasswordHash:
    """A new hash; `salt` is random. Costs much CPU."""
    return PasswordHash(COST, BLOCK, PARALLEL, salt, _scrypt(password, salt, COST, BLOCK, PARALLEL, 32))


def parse_password_hash(text: str) -> PasswordHash:
    """Read what `str(PasswordHash)` wrote. Raises Wrong; the hash itself stands in no message."""
    match text.split("$"):
        case ["scrypt", *numbers, salt, digest] if len(numbers) == 3:
            cost, block, parallel = map(_number, numbers)
        case _:
            raise Wrong("this is not a password hash: it must look like scrypt$N$r$p$salt$hash", _MEND)
    if cost not in _COSTS or not 1 <= parallel <= 16 or block < 8:
        raise Wrong("N must be a power of 2 from 2^14 to 2^20, r at least 8, p from 1 to 16", _MEND)
    if 128 * cost * block > _LARGEST_MEMORY:
        raise Wrong("N and r ask for more than 128 MiB of memory at each login", _MEND)
    return PasswordHash(
        cost, block, parallel, _octets(salt, _LEAST_SALT, "salt"), _octets(digest, _LEAST_DIGEST, "hash")
    )


def _scrypt(password: str, salt: bytes, cost: int, block: int, parallel: int, octets: int) -> bytes:
    secret = _opaque(password).encode("utf-8", "surrogatepass")
    memory = 128 * block * (cost + parallel) + (1 << 20)
    return hashlib.scrypt(secret, salt=salt, n=cost, r=block, p=parallel, maxmem=memory, dklen=octets)


def _opaque(password: str) -> str:
    blanks = "".join(" " if unicodedata.category(char) == "Zs" else char for char in password)
    return unicodedata.normalize("NFC", blanks)


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 8):
        raise Wrong("N, r and p of a password hash are whole numbers", _MEND)
    return int(text)


def _octets(text: str, least: int, name: str) -> bytes:
    try:
        octets = binascii.a2b_base64(text.encode(), strict_mode=True)
    except ValueError:
        raise Wrong(f"the {name} of a password hash is not base64", _MEND) from None
    if not least <= len(octets) <= _LARGEST_PART:
        raise Wrong(f"the {name} of a password hash has {len(octets)} octets, not {least} to {_LARGEST_PART}", _MEND)
    return octets
