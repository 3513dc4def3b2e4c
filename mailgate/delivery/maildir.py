"""Delivery into a local Maildir: first steps, staging, a desk that only files.

A mail appears in `new` whole or not at all (tmp, fsync, rename), with Return-Path and Delivered-To before it (RFC 5321
4.4) and the line ends of the system, as mail readers expect there. Its name is made of its outbox number, so that a
repeat after a crash replaces the copy that is still new. A disk that fails is trouble of the host: deferred.
"""

import asyncio
import os
from pathlib import Path

from mailgate.delivery.carrier import LeaseLost, StillOurs
from mailgate.delivery.result import DeliveryResult, Parcel
from mailgate.delivery.wireform import is_path


class MaildirCarrier:
    """A Carrier into the Maildir at `path`, which is made when it is needed; `hostname` ends the names of its files."""

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
        for folder in ("", "tmp", "new", "cur"):
            (self._path / folder).mkdir(mode=0o700, parents=not folder, exist_ok=True)
        name = f"{int(parcel.created_at.timestamp())}.O{parcel.outbox_id}.{self._hostname}"
        head = f"Return-Path: <{parcel.reverse_path or ''}>\nDelivered-To: {parcel.recipient}\n".encode()
        temporary = self._path / "tmp" / name
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with open(descriptor, "wb") as file:
            file.write(head + parcel.content.replace(b"\r\n", b"\n"))
            file.flush()
            os.fsync(descriptor)
        temporary.rename(self._path / "new" / name)
        _sync_folder(self._path / "new")
        return name


def _sync_folder(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
