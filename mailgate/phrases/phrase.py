"""A short sentence that is said in the language of whoever reads it.

It is made where the thing happens, before anybody knows who will read it: an English string (so the history, the log
and the operator have it as they always had) that remembers how to say itself in the other languages. What is composed
of phrases by an f-string is plain English text again: put phrases into phrases instead.
"""

from mailgate.phrases.english import ENGLISH
from mailgate.phrases.german import GERMAN
from mailgate.phrases.spanish import SPANISH

LANGUAGES = {"en": ENGLISH, "de": GERMAN, "es": SPANISH}
DEFAULT = "en"


class Phrase(str):
    """English text with its translations. `key` is its name in the tables, `values` what stands in its gaps."""

    __slots__ = ("key", "values")
    key: str
    values: dict[str, str]

    def __new__(cls, key: str, /, **values: object) -> "Phrase":
        texts = {name: value if isinstance(value, str) else str(value) for name, value in values.items()}
        made = super().__new__(cls, ENGLISH[key].format(**texts))
        made.key, made.values = key, texts
        return made


def in_language(text: str, language: str) -> str:
    """A phrase in that language; where there is no such table in English, as templates do. Other text as it is."""
    if not isinstance(text, Phrase):
        return text
    table = next(
        (LANGUAGES[each] for each in (language, language.partition("-")[0].lower()) if each in LANGUAGES), ENGLISH
    )
    return table[text.key].format(**{name: in_language(value, language) for name, value in text.values.items()})
