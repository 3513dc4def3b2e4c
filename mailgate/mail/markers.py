"""The line of our own by which a mail of ours is found again in an answer to it (spec/agents.md 5); and the like of it
in other desks' mails.
"""

import re

from mailgate.mail.sieve import Sieve

AGENTS_MARKERS = (  # templates/*/_ticket.md and _customer.md: what stands below is nobody's but an agent's
    "below this line: for agents only",
    "unterhalb dieser zeile: nur für agenten",
    "debajo de esta línea: solo para agentes",
)
MARKERS = (
    "reply above this line",
    "bitte oberhalb dieser zeile antworten",
    "responda por encima de esta línea",
    "répondez au-dessus de cette ligne",
    "responda acima desta linha",
    "rispondi sopra questa riga",
    "antwoord boven deze regel",
    *AGENTS_MARKERS,
)
_PART_OF_EACH = Sieve(
    "this line|This Line|THIS LINE|dieser [Zz]eile|esta línea|cette ligne|desta linha|questa riga|deze regel"
)


def holds_marker(text: str) -> bool:
    """Whether our mark may stand somewhere in a text: one quick look."""
    return _PART_OF_EACH.suspects(text)


def is_marker(line: str) -> bool:
    """Whether a line, however it is quoted or drawn, is our mark."""
    return len(line) <= 200 and " ".join(line.casefold().strip(" >-–—_*#=[]|\t").split()) in MARKERS


_OTHERS = re.compile(
    r"(?:please )?(?:(?:type|write|enter|add|put|send|respond|reply) (?:(?:with )?your (?:reply|response|answer|"
    r"comment)s? )?|"
    r"replies )(?:only )?(?:above|over) this line(?: to (?:reply|respond|add a comment))?[.!]?|"
    r"(?:bitte )?(?:geben sie ihre antwort|schreiben sie ihre antwort|antworten sie) (?:bitte )?(?:oberhalb|über) "
    r"dieser (?:zeile|linie)(?: ein)?[.!]?|(?:por favor,? )?(?:responda|"
    r"escriba su respuesta) (?:por )?encima de esta línea\.?|"
    r"(?:veuillez |merci de )?(?:répondre|écrire votre réponse|saisir votre réponse) au-dessus de cette ligne\.?"
)


def is_any_marker(line: str) -> bool:
    """Whether a line, however it is drawn, is our mark, or says the same in the words of another desk."""
    words = " ".join(line[:200].casefold().strip(" >-–—_*#=[]|\t").split())
    return is_marker(line) or _OTHERS.fullmatch(words) is not None
