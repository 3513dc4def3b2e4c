"""Which addresses are taken at RCPT."""

import pytest

from mailgate.clock import SystemClock
from mailgate.errors import Refusal
from mailgate.service.recipients import Recipients
from mailgate.store.known import load_tickets
from mailgate.tickets.signed import sign_token
from tests.service.conftest import Open, Working

FORGED = "support+1001.rc.1.aaaaaaaaaaaaaaaaa@example.com"
VERDICTS = {
    "support@example.com": None,
    "SUPPORT@Example.Com": None,
    "support+sales@example.com": None,
    "postmaster": None,
    "PostMaster@example.com": None,
    "nobody@example.com": Refusal.UNKNOWN_RECIPIENT,
    "support@elsewhere.example": Refusal.RELAY_DENIED,
    "postmaster@elsewhere.example": Refusal.RELAY_DENIED,
    FORGED: Refusal.UNKNOWN_RECIPIENT,
    "support+1001.r0.1.aaaaaaaaaaaaaaaaa@example.com": Refusal.UNKNOWN_RECIPIENT,  # 0 is no digit of a party
    "support+1001.sc.1.aaaaaaaaaaaaaaaaa@example.com": Refusal.UNKNOWN_RECIPIENT,  # s is no purpose
    "support+1001.rc.1.aaaa@example.com": Refusal.UNKNOWN_RECIPIENT,
    "support+1.2.sales@example.com": Refusal.UNKNOWN_RECIPIENT,
    "support+v1.2@example.com": None,
    "support%elsewhere.example@example.com": Refusal.UNKNOWN_RECIPIENT,
}


def recipients(desk: Working) -> Recipients:
    return Recipients(desk.store, lambda: desk.desk.active.policy, SystemClock())


@pytest.mark.asyncio
async def test_ours_is_taken_and_nothing_is_relayed(working: Open) -> None:
    async with working() as desk:
        found = {address: await recipients(desk).verdict(address) for address in VERDICTS}
    assert found == VERDICTS


@pytest.mark.asyncio
async def test_an_address_that_we_signed_is_taken_and_one_letter_off_is_not(working: Open) -> None:
    raw = b"From: ana@acme.example\r\nSubject: Help\r\nMessage-ID: <1@acme.example>\r\n\r\nHello\r\n"
    async with working() as desk:
        await desk.accept(raw)
        await desk.settled()
        (ticket,) = (await desk.store.read(lambda c: load_tickets(c, [1001]))).values()
        keys = desk.desk.active.policy.keys
        token = sign_token(keys, "1001", "r", 2, ticket.last_article, ticket.nonce, ticket.last_nonce)
        good = f"support+{token}@example.com"
        bad = good.replace(f"{token[-1]}@", "b@" if token[-1] != "b" else "c@")
        assert await recipients(desk).verdict(good) is None
        assert await recipients(desk).verdict(good.upper()) is None
        assert await recipients(desk).verdict(bad) is Refusal.UNKNOWN_RECIPIENT
