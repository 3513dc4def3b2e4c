"""Mail that may be an agent's and is not proven to be: it does nothing, and she is told at her registered address.

Where only the signed address is missing, her word is enough: a confirmation mail asks for `#confirm`. Automatic mail
asks for nothing and gets nothing (spec/agents.md 1).
"""

from datetime import timedelta

from mailgate.commands.block import find_block
from mailgate.decision.case import Case
from mailgate.decision.cause import Cause
from mailgate.decision.draughtsman import Draughtsman
from mailgate.decision.effects import Await, Remark, TellLater
from mailgate.decision.facts import doubt_key
from mailgate.decision.letters import Letters
from mailgate.decision.standing import Writer, holder
from mailgate.decision.telling import Telling
from mailgate.mail.address import normalise
from mailgate.phrases.phrase import Phrase, in_language
from mailgate.rate import Rate
from mailgate.tickets.model import Agent

KEPT_FOR = timedelta(days=7)
CONFIRM, UNKNOWN = "confirm", "sender_unknown"
TOLD_EVERY = Rate(1, 3_600)  # of mail that may be anybody's; the rest comes in one list
ASKED_AT_MOST = Rate(20, 3_600)  # confirmations: a client that drops signed addresses needs one for each answer


def is_in_doubt(who: Writer) -> bool:
    """Whether the mail may be an agent's: she must hear of it."""
    return who.standing != "agent" and who.kind in ("unsigned", "unauthentic", "other address")


def tell_of_doubt(pen: Draughtsman, letters: Letters, cause: Cause, case: Case) -> str:
    """Ask or tell the agent who is concerned; gives the command lines that wait for her word."""
    who = case.who
    agent = who.agent or holder(case.signed, pen.policy)
    if agent is None or case.by_machine:
        return ""
    block = find_block(cause.message.body.new_text)
    if pen.before is None and not block.lines:
        return ""  # a new request, as anybody's: nothing in it needs a proof
    pen.effect("mailgate", Remark("agent.unproven", f"{agent.name}: {who.doubt}"))
    if who.kind == "unsigned":
        return _ask(agent, "\n".join(line.text for line in block.lines), pen, letters, cause)
    _tell(agent, pen, letters, cause, who)
    return ""


def _ask(agent: Agent, orders: str, pen: Draughtsman, letters: Letters, cause: Cause) -> str:
    if not pen.within(doubt_key(agent.name), ASKED_AT_MOST):
        _later(agent, pen, letters, cause)
        return ""
    pen.count(doubt_key(agent.name))
    pen.effect("mailgate", Await(agent.name, "unproven", pen.now + KEPT_FOR, pen.articles[0].id))
    telling = Telling(
        reason="unsigned",
        sender=str(cause.message.author),
        verdict=cause.authenticity,
        kept_text=cause.message.body.new_text,
        links=("confirm", "discard"),
        waits=pen.articles[0].spool_id or 0,
    )
    letters.answer_agent(agent, CONFIRM, telling)
    return orders


def _tell(agent: Agent, pen: Draughtsman, letters: Letters, cause: Cause, who: Writer) -> None:
    if not pen.within(doubt_key(agent.name), TOLD_EVERY):
        _later(agent, pen, letters, cause)
        return
    pen.count(doubt_key(agent.name))
    author = cause.message.author
    mend = _mend(agent, author.address) if who.kind == "other address" else Phrase("mend by own server")
    telling = Telling(
        reason="alias" if who.kind == "other address" else "failed" if cause.authenticity == "failed" else "unproven",
        mend=mend,
        sender=str(author),
        verdict=cause.authenticity,
        kept_text=cause.message.body.new_text,
    )
    letters.answer_agent(agent, UNKNOWN, telling)


def _mend(agent: Agent, address: str) -> str:
    """The line that adds an alias; not for an address that only looks like hers."""
    domains = {each.rpartition("@")[2].lower() for each in (agent.address, *agent.also)}
    alike = address.rpartition("@")[2].lower() in domains
    if not address.isascii() or (alike and normalise(address) != address.lower()):
        return Phrase("mend look closely")
    return Phrase("mend add address", agent=agent.name, address=address)


def _later(agent: Agent, pen: Draughtsman, letters: Letters, cause: Cause) -> None:
    letters.has_heard(agent)
    message, language = cause.message, agent.language or pen.policy.site.language
    said = Phrase("not proven yours", address=message.author.address, subject=message.subject)
    line = in_language(said, language)
    pen.effect("mailgate", TellLater(agent.name, line, pen.now + timedelta(hours=1)))
