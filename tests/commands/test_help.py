"""What `#help` answers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgate.commands.catalogue import OFFERED, VERBS, Verb
from mailgate.commands.help import help_text


def test_help_has_one_line_for_each_verb_on_offer_and_none_for_others() -> None:
    lines = [line for line in help_text().splitlines() if line.startswith("  #")]
    assert [line.split()[0] for line in lines] == [f"#{verb.name}" for verb in OFFERED]
    assert all(len(line) <= 120 for line in lines)


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb.name)
def test_help_of_one_verb_shows_its_effect_and_examples(verb: Verb) -> None:
    text = help_text(verb.name)
    assert text.startswith(f"{verb.form}\n{verb.effect}\n")
    assert all(f"\n  {example}\n" in text for example in verb.examples)
    assert ("not offered yet" in text) != verb.offered


def test_help_is_found_by_any_word_for_a_verb() -> None:
    assert help_text("#Resolved ") == help_text("close")


def test_an_unknown_topic_gets_the_whole_list() -> None:
    assert help_text("zebra").startswith('There is no command "zebra".')
    assert help_text("zebra").endswith(help_text())
    assert help_text("cloze").startswith('There is no command "cloze". Did you mean #close?\n')
    assert help_text("cloze", "de").startswith('Einen Befehl "cloze" gibt es nicht. Meinten Sie #close?\n')


@pytest.mark.parametrize(
    ("language", "line"), [("de", "#pending WANN"), ("es-AR", "#set CAMPO=VALOR"), ("en", "#pending WHEN")]
)
def test_what_stands_behind_a_verb_is_said_in_the_readers_words(language: str, line: str) -> None:
    assert f"  {line} " in help_text("", language)
    assert help_text(line.split()[0], language).startswith(f"{line}\n")


@given(st.text())
def test_any_topic_has_an_answer(topic: str) -> None:
    assert help_text(topic).strip()
