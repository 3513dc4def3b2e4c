"""The operator's word for an answer that is held: it goes out, or it does not; she who wrote it hears of it.

The same plan, rules and letters as for the author's own word (decision.released); only no mail came.
"""

from dataclasses import replace
from datetime import datetime
from typing import Literal

from mailgate.decision.cascade import Cascade
from mailgate.decision.cause import Cause
from mailgate.decision.conversation import Said
from mailgate.decision.draughtsman import Draughtsman
from mailgate.decision.facts import Facts
from mailgate.decision.letters import Letters
from mailgate.decision.plan import Allotment, Outcome, Plan
from mailgate.decision.policy import Policy
from mailgate.decision.released import let_go, take_back, text_of
from mailgate.decision.telling import Result, Telling
from mailgate.mail.message import NO_MESSAGE, Mailbox, Message
from mailgate.phrases.phrase import Phrase
from mailgate.rules.situation import NO_ENVELOPE, NOTHING_SAID
from mailgate.tickets.model import Agent, Ticket

OPERATOR = "operator"
TOLD = "command_result"
OperatorsWord = Literal["release", "discard"]


def operated(
    ticket: Ticket,
    article: int,
    word: OperatorsWord,
    facts: Facts,
    policy: Policy,
    allotment: Allotment,
    now: datetime,
) -> Plan:
    """What the word does. Whether the article is held still is the caller's to see, and `apply` checks it again."""
    pen = Draughtsman(facts, policy, allotment, now)
    pen.resume(ticket)
    agent = author_of(article, ticket, facts, policy)
    cause = Cause(spoken_by(agent), NO_ENVELOPE, None, agent=agent, from_customer=False)
    letters = Letters(pen, cause)
    cascade = Cascade(pen, letters, cause, NOTHING_SAID)
    waiting = next((each for each in facts.waiting.get(ticket.id, ()) if each.article == article), None)
    if word == "release":
        said, more = let_go(agent, article, waiting, pen, OPERATOR)
        results = (Result(0, "", Phrase("operator released", what=said)), *more)
    else:
        take_back(article, waiting, pen, OPERATOR, "discard")
        results = (Result(0, "", Phrase("operator discarded")),)
    if agent is not None:
        letters.answer_agent(agent, TOLD, Telling(results=results))
    if word == "release":
        letters.words = text_of(article, pen)
        if agent is not None:
            letters.copy_to(agent, letters.words)
        cascade.run("agent.replied", OPERATOR)
    return pen.plan(0, Outcome("article", ticket.id))


def author_of(article: int, ticket: Ticket, facts: Facts, policy: Policy) -> Agent | None:
    """The agent who wrote an article of the ticket; None where she is no agent any more."""
    said = _said(article, ticket, facts)
    return policy.agents_at.get(said.author.address.lower()) if said is not None else None


def spoken_by(agent: Agent | None) -> Message:
    """A mail that was not sent, for the letters that name who spoke."""
    return replace(NO_MESSAGE, authors=(Mailbox(agent.title, agent.address),)) if agent is not None else NO_MESSAGE


def _said(article: int, ticket: Ticket, facts: Facts) -> Said | None:
    return next((each for each in facts.said.get(ticket.id, ()) if each.id == article), None)
