"""Commands that stand in the middle of a text, where they are none (spec/agents.md 3: the block ends at the first line
of prose).

Whoever writes "#note" below words for the customer means what follows to be internal, and it would go out: a mistake
that no later word mends. So such a line makes the answer wait (decision.agents_mail). A false alarm costs the agent one
`#send`, so only a line counts that can hardly be anything else: it begins with `#` and a verb as it is spelt, alone or
with a value that the verb takes, neither quoted nor set in nor between code fences. `#1234`, `# Heading`, `#anything`,
"#close the door" and "#support #help" are prose.

Never fails; one pass over the text.
"""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

from mailgate.commands.arguments import Desk
from mailgate.commands.block import Block, BlockLine, lines_of
from mailgate.commands.catalogue import find_verb
from mailgate.commands.mistake import Wrong
from mailgate.commands.names import Names
from mailgate.commands.read import read_one

MOST = 5  # lines that are named
_HEAD = re.compile(r"#([^\W\d_][\w‐-―-]*)(?=[\s:=.,;!]|$)")
_FENCE = re.compile(r"(?:```|~~~)")


def stray_commands(block: Block, names: Names, now: datetime, zone: ZoneInfo) -> tuple[BlockLine, ...]:
    """The lines below a block that would be commands above the text, the first few."""
    desk = Desk(names, now, zone)
    found: list[BlockLine] = []
    in_code = False
    for number, line in enumerate(lines_of(block.rest), block.ends_at):
        if _FENCE.match(line):
            in_code = not in_code
        elif not in_code and len(found) < MOST and _is_command(line.rstrip(), desk):
            found.append(BlockLine(number, line.rstrip()))
    return tuple(found)


def _is_command(line: str, desk: Desk) -> bool:
    head = _HEAD.match(line)
    return head is not None and find_verb(head[1]) is not None and not isinstance(read_one(line, desk), Wrong)
