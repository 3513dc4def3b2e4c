"""Delivery into local Maildirs, one of all or one of each recipient: first steps, staging, a desk that only files.

A mail appears in `new` whole or not at all (tmp, fsync, rename), with Return-Path and Delivered-To before it (RFC 5321
4.4) and the line ends of the system, as mail readers expect there. Its name is made of its outbox number, so that a
repeat after a crash replaces the copy that is still new. A disk that fails is trouble of the host: deferred.
"""

import asyncio
import hashlib
import os
import re
from pathlib import Path

from mailgate.delivery.carrier import LeaseLost, StillOurs
from mailgate.delivery.result import DeliveryResult, Parcel
from mailgate.delivery.wireform import is_path

RECIPIENT, LOCAL = "{recipient}", "{local}"
LONGEST_NAME = 120  # octets; file systems take 255

_UNSAFE = re.compile(rb"^\.|[^a-z0-9.@+=_-]")


def of_recipient(path: Path, recipient: str) -> Path:
    """The Maildir of a recipient: his address stands for {recipient}, the part before its @ for {local}.

    No address leads out of the directory that `path` names: what could is written as in a URL, and an address that is
    too long for a file's name ends in its own digest.
    """
    name, local = recipient.lower(), recipient.lower().rpartition("@")[0]
    return Path(str(path).replace(RECIPIENT, _safe(name)).replace(LOCAL, _safe(local)))


def _safe(name: str) -> str:
    safe = _UNSAFE.sub(lambda found: b"%%%02X" % found[0][0], name.encode("utf-8", "backslashreplace"))
    if len(safe) > LONGEST_NAME:
        safe = safe[:LONGEST_NAME] + b"-" + hashlib.sha256(safe).hexdigest()[:16].encode()
    return safe.decode("ascii")


class MaildirCarrier:
    """A Carrier into the Maildir at `path` (see `of_recipient`), which is made when it is needed; `hostname` ends the
    names of its files."""

    def __init__(self, path: Path, hostname: str) -> None:
        self._path = path
        self._hostname = hostname.replace("/", r"\057").replace(":", r"\072")

    async def deliver(self, parcel: Parcel, still_ours: StillOurs) -> DeliveryResult:
        """See Carrier."""
        if not is_path(parcel.recipient) or not is_path(parcel.reverse_path or "null@invalid"):
            return DeliveryResult(parcel.outbox_id, "failed", None, "5.1.3", "Bad address")
        if not await still_ours():
            raise LeaseLost(f"outbox {parcel.outbox_id}")
        try:
            name = await asyncio.to_thread(self._store, parcel)
        except OSError as error:
            return DeliveryResult(parcel.outbox_id, "deferred", None, "4.3.0", str(error), host_trouble=True)
        return DeliveryResult(parcel.outbox_id, "sent", None, "2.0.0", f"stored as {name}")

    async def close(self) -> None:
        """Nothing is kept between parcels."""

    def _store(self, parcel: Parcel) -> str:
        path = of_recipient(self._path, parcel.recipient)
        for folder in ("", "tmp", "new", "cur"):
            (path / folder).mkdir(mode=0o700, parents=not folder, exist_ok=True)
        name = f"{int(parcel.created_at.timestamp())}.O{parcel.outbox_id}.{self._hostname}"
        head = f"Return-Path: <{parcel.reverse_path or ''}>\nDelivered-To: {parcel.recipient}\n".encode()
        temporary = path / "tmp" / name
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with open(descriptor, "wb") as file:
            file.write(head + parcel.content.replace(b"\r\n", b"\n"))
            file.flush()
            os.fsync(descriptor)
        temporary.rename(path / "new" / name)
        _sync_folder(path / "new")
        return name


def _sync_folder(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
