"""The answer to `#help`: one line a verb, or one verb with its examples. Plain text in the reader's language."""

from mailgate.commands.catalogue import OFFERED, Verb, find_verb, near_verbs
from mailgate.commands.words import either, shown
from mailgate.phrases.phrase import Phrase, in_language
from mailgate.phrases.verbs import argument_in, effect_in


def help_text(topic: str = "", language: str = "en") -> str:
    """All verbs that are offered where `topic` is empty, else the one it names; it may be any word for the verb."""
    if not topic.strip():
        return _all(language)
    word = topic.strip().lstrip("#/")
    verb = find_verb(word)
    if verb is not None:
        return _one(verb, language)
    said = Phrase("help no command", topic=shown(topic.strip()))
    if near := tuple(f"#{each.name}" for each in near_verbs(word) if each.offered):
        said = Phrase("help did you mean", said=said, verbs=either(near))
    return f"{in_language(said, language)}\n\n{_all(language)}"


def _all(language: str) -> str:
    forms = {verb.name: _form(verb, language) for verb in OFFERED}
    wide = max(map(len, forms.values()))
    rows = "".join(f"  {forms[verb.name]:{wide}}  {effect_in(verb.name, verb.effect, language)}\n" for verb in OFFERED)
    return f"{_say(language, 'help head')}\n\n{rows}\n{_say(language, 'help foot')}\n"


def _one(verb: Verb, language: str) -> str:
    later = "" if verb.offered else f"{_say(language, 'help not offered')}\n"
    words = ", ".join(f"#{word}" for word in verb.aliases)
    also = f"{_say(language, 'help also written', words=words)}\n" if words else ""
    examples = "".join(f"  {example}\n" for example in verb.examples)
    effect = effect_in(verb.name, verb.effect, language)
    form = _form(verb, language)
    return f"{form}\n{effect}\n{later}{also}\n{_say(language, 'help examples')}\n{examples}"


def _form(verb: Verb, language: str) -> str:
    """The verb with what stands behind it, in the reader's words: "#pending WANN"."""
    return f"#{verb.name} {argument_in(verb.argument, language)}".rstrip()


def _say(language: str, key: str, **values: str) -> str:
    return in_language(Phrase(key, **values), language)
