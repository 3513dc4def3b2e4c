"""Parcels for delivery tests."""

from datetime import UTC, datetime

from mailgate.delivery.result import Parcel

BORN = datetime(2026, 1, 1, tzinfo=UTC)
CONTENT = b"From: support@example.com\r\nSubject: hello\r\n\r\nhi\r\n"


def parcel(
    outbox_id: int = 1,
    recipient: str = "ana@acme.example",
    reverse_path: str | None = "support+1.b0.1.axyz@example.com",
    content: bytes = CONTENT,
    attempts: int = 0,
    created_at: datetime = BORN,
) -> Parcel:
    message_id = f"<mg.{outbox_id}@example.com>"
    return Parcel(outbox_id, reverse_path, recipient, content, message_id, attempts, created_at)


async def ours() -> bool:
    """A lease that holds."""
    return True
