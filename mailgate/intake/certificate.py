"""The certificate of a door: a chain and its key, two PEM files that are read again when one of them changes.

The start of a door fails where they cannot be used (CannotStart). Later a broken pair is told once and the good one
stays in use: a renewal that went wrong, or is half-way, costs no mail. TLS 1.2 and better (RFC 8996).
"""

import logging
import ssl
from pathlib import Path

from mailgate.errors import CannotStart

log = logging.getLogger(__name__)

_Seen = tuple[tuple[int, int, int] | None, ...]


class Certificate:
    """One door's. `context()` is cheap as long as nothing changes: it looks at two files."""

    def __init__(self, door: str, chain: Path, key: Path) -> None:
        """Read the files. Raises CannotStart, with the next step."""
        self._door, self._chain, self._key = door, chain, key
        self._seen = self._look()
        try:
            self._context = _loaded(chain, key)
        except (OSError, ValueError) as error:
            raise CannotStart(f"door {door} cannot offer STARTTLS: {_mend(error, chain, key)}", 78) from None

    def context(self) -> ssl.SSLContext:
        """For the next handshake: of the files as they are now, or of the last ones that were good."""
        seen = self._look()
        if seen != self._seen:
            self._seen = seen
            self._renew()
        return self._context

    def _renew(self) -> None:
        try:
            self._context = _loaded(self._chain, self._key)
        except (OSError, ValueError) as error:
            log.error(
                "door %s: the new certificate cannot be used, the old one stays in use: %s",
                self._door,
                _mend(error, self._chain, self._key),
            )
        else:
            log.info("door %s: a new certificate is in use", self._door)

    def _look(self) -> _Seen:
        return tuple(_state(path) for path in (self._chain, self._key))


def _state(path: Path) -> tuple[int, int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino


def _loaded(chain: Path, key: Path) -> ssl.SSLContext:
    for path in (chain, key):  # OpenSSL does not say which of the two it could not read
        with path.open("rb"):
            pass
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.options |= ssl.OP_NO_RENEGOTIATION
    context.load_cert_chain(chain, key, password=_no_password)
    return context


def _no_password() -> str:
    """Without this, OpenSSL would ask at the terminal and wait."""
    raise ValueError("the key is locked with a password; unlock it: openssl pkey -in KEY -out NEW")


def _mend(error: Exception, chain: Path, key: Path) -> str:
    if isinstance(error, ssl.SSLError):
        reason = (error.reason or "no PEM file").replace("_", " ").lower()
        return (
            f"{chain} and {key} do not make a pair ({reason}); tls_cert is the PEM file of the certificate and those"
            " that vouch for it, tls_key the PEM file of its key"
        )
    if isinstance(error, OSError):
        return f"cannot read {error.filename}: {error.strerror}; mend the path or who may read it"
    return f"{key}: {error}"
