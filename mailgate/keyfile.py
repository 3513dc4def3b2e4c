"""The key file: lines of letter, date, 64 hex digits; mode 0600. It is not part of a database backup.

A file that cannot be read, or that others can read, stops the start with one line that says what to do.
"""

import os
import string
from datetime import date
from pathlib import Path

from mailgate.errors import CannotStart
from mailgate.ids import KEY_BYTES, Ids
from mailgate.tickets.signed import Key, Keyring

HEADER = "# mailgate signing keys: letter, date, secret. Keep a copy in a safe place; never edit a secret.\n"


def create(path: Path, ids: Ids, today: date) -> Keyring:
    """Write a new file with one key. Raises CannotStart where it exists or cannot be written."""
    key = Key("a", today, ids.key())
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise CannotStart(f"cannot write the key file {path}: {error.strerror}", 78) from None
    with os.fdopen(handle, "w") as file:
        file.write(HEADER + _line(key))
        file.flush()
        os.fsync(file.fileno())
    return Keyring((key,))


def read(path: Path) -> Keyring:
    """All keys of the file. Raises CannotStart naming the file, the line and the mend."""
    try:
        mode = path.stat().st_mode & 0o077
        text = path.read_text("ascii")
    except (OSError, UnicodeDecodeError) as error:
        raise CannotStart(f"cannot read the key file {path}: {error}", 78) from None
    if mode:
        raise CannotStart(f"the key file {path} can be read by others; mend it with: chmod 600 {path}", 78)
    keys = [_key(path, number, line) for number, line in enumerate(text.splitlines(), 1) if line and line[0] != "#"]
    if not keys:
        raise CannotStart(f"the key file {path} holds no key; restore it from your copy", 78)
    if len({key.letter for key in keys}) != len(keys):
        raise CannotStart(f"the key file {path} names a letter twice; restore it from your copy", 78)
    return Keyring(tuple(keys))


def _line(key: Key) -> str:
    return f"{key.letter} {key.made.isoformat()} {key.secret.hex()}\n"


def _key(path: Path, number: int, line: str) -> Key:
    try:
        letter, made, secret = line.split()
        key = Key(letter, date.fromisoformat(made), bytes.fromhex(secret))
        if letter not in set(string.ascii_lowercase) or len(key.secret) != KEY_BYTES:
            raise ValueError
    except ValueError:
        raise CannotStart(
            f"{path}:{number}: not a key (letter, date, 64 hex digits); restore it from your copy", 78
        ) from None
    return key
