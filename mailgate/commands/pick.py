"""One name out of those that exist, by what was typed; else what to write instead."""

from collections.abc import Iterable

from mailgate.commands.catalogue import Verb
from mailgate.commands.mistake import Wrong
from mailgate.commands.names import Forms, match
from mailgate.commands.words import either, plain, shown
from mailgate.phrases.phrase import Phrase

_MOST_LISTED = 20
_SMALL_WORDS = frozenset("to the in into an die den das der in nach auf a al la el".split())


def picked(verb: Verb, what: str, said: str, forms: Forms, behind: str = "") -> str | Wrong:
    """The name that `said` means. `what` it is a name of, a phrase's key; `behind` follows it in a corrected line."""
    if not said:
        return Wrong(Phrase("say which", what=Phrase(what), example=verb.examples[0]))
    found = match(said, forms)
    small, _, rest = said.partition(" ")
    if not found.sure and rest and plain(small) in _SMALL_WORDS:
        said, found = rest, match(rest, forms)
    if found.sure and len(found.names) == 1:
        return found.names[0]
    if found.sure:
        return Wrong(Phrase("ambiguous", said=shown(said), names=either(found.names[:_MOST_LISTED])))
    begun = match(said.split(" ", 1)[0], forms) if " " in said else found  # "nina please"
    guesses = begun.names if begun.sure and len(begun.names) == 1 else found.names or begun.names
    if not guesses:
        return Wrong(Phrase("no such", what=Phrase(what), said=shown(said), choice=listed(forms)))
    corrected = f"#{verb.name} {guesses[0]}{behind}" if len(guesses) == 1 else None
    names = either(guesses[:_MOST_LISTED])
    return Wrong(Phrase("no such did you mean", what=Phrase(what), said=shown(said), names=names), corrected)


def listed(names: Iterable[str]) -> str:
    """The whole choice, or as much of it as one line holds."""
    words = list(names)
    names = ", ".join(words[:_MOST_LISTED])
    if len(words) > _MOST_LISTED:
        return Phrase("there are and more", names=names, more=len(words) - _MOST_LISTED)
    return Phrase("there are", names=names) if words else Phrase("there is none")
