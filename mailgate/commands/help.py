"""The answer to `#help`: one line a verb, or one verb with its examples. Plain English text, from the catalogue."""

from mailgate.commands.catalogue import OFFERED, Verb, find_verb
from mailgate.commands.words import shown

_HEAD = "Commands are the first lines of your mail, each alone on its line. What follows them is your text."
_FOOT = 'For more of one: "#help" and its name, as in "#help pending".'


def help_text(topic: str = "") -> str:
    """All verbs that are offered where `topic` is empty, else the one it names; it may be any word for the verb."""
    if not topic.strip():
        return _all()
    verb = find_verb(topic.strip().lstrip("#/"))
    return _one(verb) if verb else f"There is no command {shown(topic.strip())}.\n\n{_all()}"


def _all() -> str:
    wide = max(len(verb.form) for verb in OFFERED)
    rows = "".join(f"  {verb.form:{wide}}  {verb.effect}\n" for verb in OFFERED)
    return f"{_HEAD}\n\n{rows}\n{_FOOT}\n"


def _one(verb: Verb) -> str:
    later = "" if verb.offered else "This command is not offered yet.\n"
    also = f"Also written: {', '.join(f'#{word}' for word in verb.aliases)}\n" if verb.aliases else ""
    examples = "".join(f"  {example}\n" for example in verb.examples)
    return f"{verb.form}\n{verb.effect}\n{later}{also}\nFor example:\n{examples}"
