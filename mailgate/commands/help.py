"""The answer to `#help`: one line a verb, or one verb with its examples. Plain text in the reader's language."""

from mailgate.commands.catalogue import OFFERED, Verb, find_verb
from mailgate.commands.words import shown
from mailgate.phrases.phrase import Phrase, in_language
from mailgate.phrases.verbs import effect_in


def help_text(topic: str = "", language: str = "en") -> str:
    """All verbs that are offered where `topic` is empty, else the one it names; it may be any word for the verb."""
    if not topic.strip():
        return _all(language)
    verb = find_verb(topic.strip().lstrip("#/"))
    if verb is not None:
        return _one(verb, language)
    return f"{_say(language, 'help no command', topic=shown(topic.strip()))}\n\n{_all(language)}"


def _all(language: str) -> str:
    wide = max(len(verb.form) for verb in OFFERED)
    rows = "".join(f"  {verb.form:{wide}}  {effect_in(verb.name, verb.effect, language)}\n" for verb in OFFERED)
    return f"{_say(language, 'help head')}\n\n{rows}\n{_say(language, 'help foot')}\n"


def _one(verb: Verb, language: str) -> str:
    later = "" if verb.offered else f"{_say(language, 'help not offered')}\n"
    words = ", ".join(f"#{word}" for word in verb.aliases)
    also = f"{_say(language, 'help also written', words=words)}\n" if words else ""
    examples = "".join(f"  {example}\n" for example in verb.examples)
    effect = effect_in(verb.name, verb.effect, language)
    return f"{verb.form}\n{effect}\n{later}{also}\n{_say(language, 'help examples')}\n{examples}"


def _say(language: str, key: str, **values: str) -> str:
    return in_language(Phrase(key, **values), language)
