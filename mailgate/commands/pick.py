"""One name out of those that exist, by what was typed; else what to write instead."""

from collections.abc import Iterable

from mailgate.commands.catalogue import Verb
from mailgate.commands.mistake import Wrong
from mailgate.commands.names import Forms, match
from mailgate.commands.words import either, plain, shown

_MOST_LISTED = 20
_SMALL_WORDS = frozenset("to the in into an die den das der in nach auf a al la el".split())


def picked(verb: Verb, what: str, said: str, forms: Forms, behind: str = "") -> str | Wrong:
    """The name that `said` means. `what` it is a name of, in words; `behind` follows it in a corrected line."""
    if not said:
        return Wrong(f"say which {what}, as in {verb.examples[0]}")
    found = match(said, forms)
    small, _, rest = said.partition(" ")
    if not found.sure and rest and plain(small) in _SMALL_WORDS:
        said, found = rest, match(rest, forms)
    if found.sure and len(found.names) == 1:
        return found.names[0]
    if found.sure:
        return Wrong(f"{shown(said)} can be {either(found.names[:_MOST_LISTED])}: write more of it")
    begun = match(said.split(" ", 1)[0], forms) if " " in said else found  # "nina please"
    guesses = begun.names if begun.sure and len(begun.names) == 1 else found.names or begun.names
    if not guesses:
        return Wrong(f"no {what} {shown(said)}. {listed(forms)}")
    corrected = f"#{verb.name} {guesses[0]}{behind}" if len(guesses) == 1 else None
    return Wrong(f"no {what} {shown(said)}. Did you mean {either(guesses[:_MOST_LISTED])}?", corrected)


def listed(names: Iterable[str]) -> str:
    """The whole choice, or as much of it as one line holds."""
    words = list(names)
    more = f" and {len(words) - _MOST_LISTED} more" if len(words) > _MOST_LISTED else ""
    return f"There are: {', '.join(words[:_MOST_LISTED])}{more}" if words else "There is none"
