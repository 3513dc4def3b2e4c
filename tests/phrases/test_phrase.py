"""Every phrase is said in every language, with the same gaps; what is no phrase stays as it is."""

import re
from string import Formatter

import pytest

from mailgate.commands.catalogue import VERBS
from mailgate.commands.help import help_text
from mailgate.phrases.phrase import LANGUAGES, Phrase, in_language
from mailgate.phrases.verbs import EFFECTS


def gaps(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_says_every_phrase_with_the_same_gaps(language: str) -> None:
    english, table = LANGUAGES["en"], LANGUAGES[language]
    assert table.keys() == english.keys()
    assert {key for key in english if gaps(table[key]) != gaps(english[key])} == set()
    assert all(table[key].strip() for key in english)


@pytest.mark.parametrize("language", EFFECTS)
def test_every_verb_is_explained_in_every_language(language: str) -> None:
    assert EFFECTS[language].keys() == {verb.name for verb in VERBS}
    page = help_text("", language)
    assert page.count("\n  #") == help_text().count("\n  #")
    assert not re.search(r"\b(The ticket|You get|answer)\b", page)


def test_a_phrase_is_english_until_somebody_reads_it() -> None:
    said = Phrase("owner changed", old=Phrase("nobody"), new="nina")
    assert said == "owner nobody -> nina"
    assert in_language(said, "de") == "Ticket bei niemandem -> bei nina"
    assert in_language(said, "es-MX") == "responsable nadie -> nina"
    assert in_language(said, "fr") == "owner nobody -> nina"
    assert in_language("her own words", "de") == "her own words"


def test_what_a_value_says_is_no_template() -> None:
    said = Phrase("ambiguous", said='"{names}"', names="{said}")
    assert in_language(said, "de") == '"{names}" kann {said} sein: schreiben Sie mehr davon'
