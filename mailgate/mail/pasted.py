"""Lines that begin with `>` and are no quotation: what somebody copied from a console, a program or a comparison.

Total; looks at the first lines only.
"""

import re
from collections.abc import Sequence

_LOOKED_AT = 40
_PROMPT = re.compile(r">>> ?\S|>>>\s*$")  # Python's; nobody quotes three deep and nothing else
_COMMAND = re.compile(
    r"> ?(?:(?:sudo|npm|npx|yarn|pnpm|pip3?|python3?|git|docker|kubectl|curl|wget|apt-get|brew|composer|ssh|"
    r"trace(?:route|rt)|ipconfig|ifconfig|telnet|nslookup|mvn|gradle|dotnet|systemctl|psql|mysql|chmod) [\w./@:'\"-]|"
    r"(?:node|apt|make|ping|dig|cd|ls|dir|cat|cargo|go|service|java|php|rm|cp|mv) [./~-]|select [^\n]{1,200} from |"
    r"(?:insert into|update [\w.]{1,60} set) )"
)
_PACKAGE = re.compile(r"> ?@?[\w./-]+@\d+\.\d+")  # "> shop@1.4.0 build", as npm says
_REMOVED = re.compile(r"< ?\S|---$|\d+(?:,\d+)?[acd]\d+")  # the other half of a comparison


def is_pasted(lines: Sequence[str]) -> bool:
    """Whether the marked lines, with up to two lines above them, are a console's or a comparison's."""
    above = [line for line in lines[:2] if not line.startswith(">")]
    marked = [line for line in lines[:_LOOKED_AT] if line.startswith(">")]
    if any(_REMOVED.match(line) for line in above):
        return True
    if marked and all(map(_PROMPT.match, marked)):
        return True
    first = marked[0].casefold() if marked else ""
    return _COMMAND.match(first) is not None or _PACKAGE.match(first) is not None
