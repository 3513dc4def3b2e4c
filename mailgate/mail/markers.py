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


def holds_marker(text: str) -> bool:
    """Whether our mark may stand somewhere in a text: one quick look."""
    words = " ".join(text.casefold().split())
    return any(marker in words for marker in MARKERS)


def is_marker(line: str) -> bool:
    """Whether a line, however it is quoted or drawn, is our mark."""
    return len(line) <= 200 and " ".join(line.casefold().strip(" >-–—_*#=[]|\t").split()) in MARKERS
