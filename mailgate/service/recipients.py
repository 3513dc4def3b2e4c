"""Which forward-paths are ours, said at RCPT: everybody else's mail is refused before it is taken (R5)."""

from collections.abc import Callable

import sqlalchemy as sa
import structlog

from mailgate.clock import Clock
from mailgate.decision.policy import Policy
from mailgate.errors import Refusal, SmtpReply
from mailgate.intake.reception import Asked
from mailgate.mail.address import bare, normalise
from mailgate.rules.gate import refusal
from mailgate.store.engine import Store
from mailgate.store.tables import articles, tickets
from mailgate.tickets.signed import SignedAddress, claims_to_be_signed, proves, read_address

log = structlog.get_logger("mailgate.recipients")


class Recipients:
    """Answers for one daemon; asks the store only where an address claims to be signed."""

    def __init__(self, store: Store, policy: Callable[[], Policy], clock: Clock) -> None:
        self._store, self._policy, self._clock = store, policy, clock

    async def verdict(self, forward_path: str) -> Refusal | None:
        """None where the address is ours; a forged signature is as unknown as a mistyped name."""
        policy = self._policy()
        local, _, domain = forward_path.rpartition("@")
        if not local:
            return None if domain.lower() == "postmaster" else Refusal.UNKNOWN_RECIPIENT
        if domain.lower() not in policy.ours.domains:
            return Refusal.RELAY_DENIED
        if local.lower() == "postmaster":
            return None
        if normalise(bare(forward_path)) not in policy.ours.addresses:
            return Refusal.UNKNOWN_RECIPIENT
        if not claims_to_be_signed(forward_path):
            return None
        signed = read_address(forward_path)
        if signed is None or not await self._signed_by_us(signed, policy):
            return Refusal.UNKNOWN_RECIPIENT
        return None

    def rule(self, asked: Asked) -> SmtpReply | None:
        """How a rule of the gate refuses him, if one does."""
        policy = self._policy()
        refused = refusal(
            policy.rules,
            asked.forward_path,
            asked.reverse_path,
            asked.peer,
            asked.authenticated_as,
            asked.size,
            self._clock.now(),
            policy.ours,
            policy.site.timezone,
        )
        if refused is None:
            return None
        log.info("a rule refused a recipient", rule=refused.by, code=refused.code, peer=asked.peer)
        return SmtpReply(refused.code, refused.enhanced, refused.text)

    async def _signed_by_us(self, signed: SignedAddress, policy: Policy) -> bool:
        row = await self._store.read(
            lambda c: c.execute(
                sa.select(tickets.c.nonce, articles.c.nonce)
                .join(articles, articles.c.ticket_id == tickets.c.id)
                .where(tickets.c.number == signed.number, articles.c.id == signed.revision)
            ).first()
        )
        return row is not None and proves(policy.keys, signed, bytes(row[0]), bytes(row[1]))
