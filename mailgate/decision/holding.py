"""Why an agent's answer waits for her word instead of going out (spec/agents.md 4)."""

from dataclasses import dataclass
from datetime import timedelta

from mailgate.decision.conversation import Said
from mailgate.decision.draughtsman import Draughtsman
from mailgate.decision.her_words import AgentsMail, Reading
from mailgate.decision.leak import leak_in_words
from mailgate.decision.standing import same_person
from mailgate.decision.telling import Earlier

MIN_NOTE = 12  # characters without blanks: shorter texts stand in every other mail
MIN_LINE = 24  # of one line of a note
MOST_ANSWERS = (
    15  # of one agent on one ticket within AN_HOUR: nobody types so many, but her autoresponder and his would
)
AN_HOUR = timedelta(hours=1)
WHY_HELD = {  # by notify's HELD_REASONS
    "answered": "another agent answered meanwhile",
    "internal": "it quotes an internal note",
    "foreign": "it holds what belongs to somebody else",
    "merged": "the ticket was merged, and somebody else would get it",
    "often": f"she answered {MOST_ANSWERS} times within the hour, as programs do that answer each other",
    "dead": "mail to this address came back, and it is not written to any more",
    "unsure": "it is not clear where her words end and the quotation begins",
}


@dataclass(frozen=True, slots=True)
class Doubt:
    """`reason`: one of WHY_HELD, or empty; `other`: the article that is the reason."""

    reason: str = ""
    other: Said | None = None
    dead: str = ""  # the address that is not written to any more
    found: tuple[str, ...] = ()  # what is not for its readers, in words


def doubt_of(it: AgentsMail, reading: Reading, said: tuple[Said, ...], pen: Draughtsman, dead: str = "") -> Doubt:
    """Why the answer must wait, if it must. `dead`: the requester's address, where nothing reaches it."""
    if it.leaks:
        said_once = dict.fromkeys(leak_in_words(each, it.agent, pen) for each in it.leaks)
        return Doubt("foreign", found=tuple(said_once))
    if (note := quoted_note(reading.text, said)) is not None:
        return Doubt("internal", note)
    unsure = it.mail.message.body.split == "unsure" or not quotes_the_conversation(reading.text, said)
    if it.mail.envelope.resumes is None and unsure:
        return Doubt("unsure")
    if goes_elsewhere(it, pen):
        return Doubt("merged")
    if pen.policy.agents_policy.collision == "hold" and (other := crossing(it, said)) is not None:
        return Doubt("answered", other)
    if it.mail.envelope.resumes is None and answers_often(it, said, pen):
        return Doubt("often")
    if dead:
        return Doubt("dead", dead=dead)
    return Doubt()


def answers_often(it: AgentsMail, said: tuple[Said, ...], pen: Draughtsman) -> bool:
    """Whether two programs without any mark may be talking: hers and the customer's."""
    hers = (each for each in said if each.is_an_answer and each.author.address == it.agent.address)
    return sum(pen.now - each.at < AN_HOUR for each in hers) >= MOST_ANSWERS


def goes_elsewhere(it: AgentsMail, pen: Draughtsman) -> bool:
    """Whether she answers a ticket that was merged into that of another customer, whom her words are not for."""
    number = it.signed.number if it.signed is not None else ""
    answered = pen.facts.tickets.get(pen.facts.numbers.get(number, 0))
    if answered is None or answered.id == pen.ticket.id:
        return False
    meant, gets = answered.requester, pen.ticket.requester
    return meant is None or gets is None or not same_person(meant.address, gets.address, pen.policy)


def crossing(it: AgentsMail, said: tuple[Said, ...]) -> Said | None:
    """Another agent's answer that she had not seen. An answer that was held counts from when it was let go."""
    if it.seen is None:
        return None
    seen = next((each for each in said if each.id == it.seen), None)
    for each in reversed(said):
        newer = each.id > it.seen or (seen is not None and each.at > seen.at and each.id != seen.id)
        if newer and each.is_an_answer and each.author.address != it.agent.address:
            return each
    return None


def wrote_since(it: AgentsMail, said: tuple[Said, ...]) -> Earlier | None:
    """What the customer said that she had not seen."""
    newest = next((each for each in reversed(said) if each.is_a_customers), None)
    if it.seen is None or newest is None or newest.id <= it.seen:
        return None
    return Earlier(newest.at, newest.author.name or newest.author.address, newest.text)


def quoted_note(text: str, said: tuple[Said, ...]) -> Said | None:
    """An internal note that stands in the text, whole or a line of it, whatever its quoting signs and blanks.

    What the customer can read elsewhere on the ticket is no secret.
    """
    folded = _folded(text)
    for note in (each for each in said if each.is_an_internal_note):
        pieces = [
            _folded(note.text),
            *(each for line in note.text.split("\n") if len(each := _folded(line)) >= MIN_LINE),
        ]
        for piece in pieces:
            if len(piece) >= MIN_NOTE and piece in folded and not _is_public(piece, said):
                return note
    return None


def quotes_the_conversation(text: str, said: tuple[Said, ...]) -> bool:
    """Whether each quoted line of her answer stands in what is public on the ticket.

    The lines that she answers travel with her answers; what else a mail of ours said to her does not.
    """
    quoted = [folded for line in text.split("\n") if line.startswith(">") and (folded := _letters(line))]
    if not quoted:
        return True
    public = [_letters(each.text) for each in said if each.visibility == "public"]
    return all(any(line in text for text in public) for line in quoted)


def _letters(text: str) -> str:
    """What no mail program writes in another way when it quotes."""
    return "".join(filter(str.isalnum, text.casefold()))


def _is_public(piece: str, said: tuple[Said, ...]) -> bool:
    return any(each.visibility == "public" and piece in _folded(each.text) for each in said)


def _folded(text: str) -> str:
    return "".join(text.casefold().replace(">", " ").split())
