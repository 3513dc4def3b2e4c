"""docs/reference/commands.md, made from the catalogue that reading uses: `python -m mailgate.commands.reference`."""

import sys

from mailgate.commands.catalogue import OFFERED, VERBS, Verb
from mailgate.commands.line import LONGEST_LINE
from mailgate.commands.read import MOST_LINES

HEAD = f"""\
# Commands in an agent's mail

<!-- Made by `python -m mailgate.commands.reference`; a test compares. Do not edit. -->

An agent answers a notification from her own mail client. Commands are the first lines of her mail, each alone on its
line; what follows is her text:

```text
#close
#tag refund

Hello Ana, the money is on its way.
```

- `#` and a letter is a command. `#` and a digit, a blank or another `#` is text; `/close` works too, but only with a
  verb that exists.
- A line below your text that is a command by its looks (`#note` alone, `#pending 3d`) does nothing, and the answer
  comes back: commands go first, or `#send` sends the text as it is. In a note it stands, and you are told.
- The commands end at the first line that is none. Blank lines between them do not matter, nor do capitals, accents,
  hyphens, bold type or a full stop behind the verb.
- A value stands behind the verb: `#priority high`, `#priority=high`, `#priority: high`.
- At most {MOST_LINES} commands a mail and {LONGEST_LINE} characters a line.
- **One mistake, and nothing happens**: nothing is sent, nothing is changed, and the mail comes back with every mistake
  and how to mend it, and whole, mended or marked (`<-- ?`), to be copied into a reply. Two commands that contradict
  each other are a mistake too.
- All commands of a mail and its text are done together or not at all. A mail of commands alone sends the customer
  nothing; a mobile footer ("Sent from my iPhone") or a signature is no text.
- A receipt has a line for each command, in your order. `#note` and `#reply` alone get none, as an answer gets none:
  they say where your text goes, and you hear only if it did not go there. `[agents_policy] confirm = "always"` changes
  that.
- `#undo` takes back your last answer and what the same mail changed on the ticket: the state and its date, the owner,
  the queue, the priority, tags, fields, and who takes part, each unless somebody has changed it since. What a process
  did (`#done`, `#approve`, `#start`), what rules did, and mail that went out for it stay.
- `#send`, `#note`, `#discard` and `#confirm` are for the mail that you reply to. Where several wait and you reply to
  none of ours about them, nothing is done and you get the list.
- Customers have none of this: their `#close` is text.

Most verbs have other forms, in German and Spanish too; they are listed beside them. Answers come in the agent's
language (English, German or Spanish); the lines of `#history` and `#explain` are the record itself, in its own words.
"""

VALUES = """
## Values

**AGENT** and **QUEUE** are a name of the configuration, a title ("Nina Costa", or "Costa"), for an agent one of her
addresses, or the beginning of one of these that no other shares. `#assign me` is `#take`, `#assign none` is
`#unassign`. A ticket belongs to an agent, never to a team.

**LEVEL** is `low`, `normal`, `high` or `urgent`, or the beginning of one.

**TAG** has no blanks and no commas, and at most 60 characters.

**FIELD** is a field of the ticket; where the configuration declares fields, one of them.

**WHEN** is in the future, at most two years ahead, and meant in the time zone of the site:

| written | meaning |
|---|---|
| `30m` `4h` `3d` `2w` `1d 4h` `3 days` `in 3 days` `a week` | so long from now; days and weeks keep the time of day |
| `fri` `friday 2pm` `fri 14:00` | the next such day, at 08:00 where no time is said |
| `tomorrow` `tomorrow 9:00` `day after tomorrow` `today 17:00` | that day |
| `14:00` `2pm` | the next time the clock shows it |
| `2026-12-24` `2026-12-24 10:00` `24.12.` `24.12.2026 10:00` `12-24` `24/12` | that date; without a year, the next |

German and Spanish words do as well: `Freitag 14 Uhr`, `morgen`, `in 3 Tagen`, `viernes a las 14:00`, `mañana`.
"""

LATER = """
## Not offered yet

These are known, and a mail with one is refused.
"""


def page() -> str:
    """The whole page."""
    groups = dict.fromkeys(verb.group for verb in OFFERED)
    return HEAD + "".join(_group(group) for group in groups) + VALUES + _later()


def _group(group: str) -> str:
    rows = "".join(_row(verb) for verb in OFFERED if verb.group == group)
    return f"\n## {group.capitalize()}\n\n| command | effect | examples | also |\n|---|---|---|---|\n{rows}"


def _row(verb: Verb) -> str:
    examples = " ".join(f"`{example}`" for example in verb.examples)
    return f"| `{verb.form}` | {verb.effect} | {examples} | {', '.join(verb.aliases)} |\n"


def _later() -> str:
    rows = "".join(f"| `{verb.form}` | {verb.effect} |\n" for verb in VERBS if not verb.offered)
    return f"{LATER}\n| command | effect |\n|---|---|\n{rows}"


if __name__ == "__main__":
    sys.stdout.write(page())
