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
_SIGNS = ("line", "Line", "LINE", "eile", "línea", "ligne", "linha", "riga", "regel")


def is_marker(line: str) -> bool:
    """Whether a line, however it is quoted or drawn, is our mark."""
    if len(line) > 200 or not any(sign in line for sign in _SIGNS):
        return False
    return " ".join(line.casefold().strip(" >-–—_*#=[]|\t").split()) in MARKERS
