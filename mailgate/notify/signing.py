"""The addresses that a recipient can answer to, each signed for him alone (spec/agents.md 1), and the links of them."""

from collections.abc import Mapping
from urllib.parse import quote

from mailgate.decision.plan import Draft
from mailgate.decision.policy import Policy
from mailgate.decision.standing import party_of_agent, party_of_participant
from mailgate.decision.telling import LinkName
from mailgate.tickets.model import Queue, Ticket
from mailgate.tickets.signed import Purpose, sign_token, without_tokens

# What each link sends: the purpose in its address, and the first line of its text.
_LINKS: Mapping[LinkName, tuple[Purpose, str]] = {
    "take": ("t", "#take"),
    "note": ("n", "#note"),
    "close": ("c", "#close"),
    "pending": ("r", "#pending 3d"),
    "reopen": ("r", "#reopen"),
    "history": ("r", "#history"),
    "confirm": ("r", "#confirm"),
    "corrected": ("r", "#confirm"),
    "as_text": ("r", "#send"),
    "send": ("r", "#send"),
    "discard": ("r", "#discard"),
    "as_note": ("r", "#note"),
    "undo": ("r", "#undo"),
    "approve": ("y", ""),
    "deny": ("x", ""),
}


def signed_address(
    draft: Draft, ticket: Ticket, queue: Queue, policy: Policy, purpose: Purpose, revision: int, nonce: bytes
) -> str | None:
    """The recipient's own address, or None where addresses are not signed."""
    party = 0
    if draft.agent is not None:
        party = party_of_agent(draft.agent)
    elif draft.participant is not None:
        party = party_of_participant(draft.participant)
    token = sign_token(policy.keys, ticket.number, purpose, party, revision, ticket.nonce, nonce)
    return policy.site.reply_address.render(queue.address, token)


def links(draft: Draft, ticket: Ticket, queue: Queue, policy: Policy) -> dict[str, str]:
    """mailto: URLs by name, for an agent, or for who approves; none where addresses are not signed, for nothing would
    prove them theirs."""
    if draft.agent is None and draft.participant is None:
        return {}
    said = f"Re: {policy.site.tag.render(ticket.number)} {without_tokens(ticket.subject)}"[:120]
    subject = quote(f"{said} (S{draft.telling.waits})" if draft.telling.waits else said, safe="")
    made: dict[str, str] = {}
    for name in draft.telling.links:
        purpose, line = _LINKS[name]
        if not _is_of_use(name, draft, ticket):
            continue
        decides = purpose in ("y", "x")  # of one question: the article says which
        revision, nonce = (draft.article, draft.article_nonce) if decides else (ticket.last_article, ticket.last_nonce)
        address = signed_address(draft, ticket, queue, policy, purpose, revision, nonce)
        body = "" if decides else f"&body={quote(line, safe='')}%0D%0A"
        if address is not None:
            made[name] = f"mailto:{quote(address, safe='@+.')}?subject={subject}{body}"
    return made


def _is_of_use(name: LinkName, draft: Draft, ticket: Ticket) -> bool:
    """Whether it would change something."""
    match name:
        case "take":
            return draft.agent is None or ticket.owner != draft.agent.name
        case "close":
            return ticket.state != "closed"
        case "pending":
            return ticket.state not in ("closed", "spam")
        case "reopen":
            return ticket.state in ("closed", "spam")
        case _:
            return True
