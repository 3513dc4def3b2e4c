"""The line of our own by which a mail of ours is found again in an answer to it (spec/agents.md 5)."""

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
_PART_OF_EACH = (
    "this line",
    "dieser zeile",
    "dieser Zeile",
    "esta línea",
    "cette ligne",
    "desta linha",
    "questa riga",
    "deze regel",
)


def holds_marker(text: str) -> bool:
    """Whether our mark may stand somewhere in a text: one quick look."""
    return any(words in text for words in _PART_OF_EACH)


def is_marker(line: str) -> bool:
    """Whether a line, however it is quoted or drawn, is our mark."""
    return len(line) <= 200 and " ".join(line.casefold().strip(" >-–—_*#=[]|\t").split()) in MARKERS
