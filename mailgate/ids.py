"""The only source of randomness: nonces of tickets and articles, new keys, jitter."""

import secrets
from collections import deque
from random import Random
from typing import Protocol

NONCE_BYTES = 8
KEY_BYTES = 32
_DRAWN = 512  # nonces at once


class Ids(Protocol):
    """Draws unpredictable bytes and the jitter of retries."""

    def nonce(self) -> bytes: ...

    def key(self) -> bytes: ...

    def fraction(self) -> float:
        """A number in [0, 1)."""
        ...


class SystemIds:
    """Bytes from the operating system. Nonces are drawn many at once: each draw lets another thread go first."""

    def __init__(self) -> None:
        self._nonces: deque[bytes] = deque()

    def nonce(self) -> bytes:
        while True:
            try:
                return self._nonces.popleft()  # atomic: threads never get the same one
            except IndexError:
                drawn = secrets.token_bytes(NONCE_BYTES * _DRAWN)
                self._nonces.extend(drawn[at : at + NONCE_BYTES] for at in range(0, len(drawn), NONCE_BYTES))

    def key(self) -> bytes:
        return secrets.token_bytes(KEY_BYTES)

    def fraction(self) -> float:
        return secrets.randbelow(1 << 30) / (1 << 30)


class SeededIds:
    """Repeatable draws, for tests and dry runs; never for anything that leaves the machine."""

    def __init__(self, seed: int = 1) -> None:
        self._random = Random(seed)  # noqa: S311  repeatable on purpose, and for nothing that leaves the machine

    def nonce(self) -> bytes:
        return self._random.randbytes(NONCE_BYTES)

    def key(self) -> bytes:
        return self._random.randbytes(KEY_BYTES)

    def fraction(self) -> float:
        return self._random.random()
