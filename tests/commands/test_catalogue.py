"""The table of verbs is whole, and no word stands for two of them."""

from collections import Counter

import pytest

from mailgate.commands.arguments import READERS
from mailgate.commands.catalogue import BY_WORD, OFFERED, VERBS, Verb, find_verb, keys_of
from mailgate.commands.line import read_line
from tests.commands.desk import commands

SPEC = """note close resolve reopen pending spam take assign unassign queue priority tag set sla cc uncc accept who
watch mute customer merge split link unlink forward redirect get template send discard draft undo confirm reply
done undone approve deny start time show history find mine queue? report explain help"""


def test_no_word_stands_for_two_verbs() -> None:
    counted = Counter(key for verb in VERBS for key in keys_of(verb))
    assert [key for key, times in counted.items() if times > 1] == []


@pytest.mark.parametrize("word", SPEC.split())
def test_every_verb_of_the_specification_is_known(word: str) -> None:
    assert find_verb(word) is not None


def test_every_verb_on_offer_is_read_and_no_other() -> None:
    assert set(READERS) == {verb.name for verb in OFFERED}


@pytest.mark.parametrize("verb", OFFERED, ids=lambda verb: verb.name)
def test_every_example_is_understood(verb: Verb) -> None:
    for example in verb.examples:
        assert len(commands(example)) == 1


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb.name)
def test_every_verb_says_its_effect_in_one_sentence_and_shows_itself(verb: Verb) -> None:
    assert verb.effect[0].isupper()
    assert verb.effect.endswith(".")
    for example in verb.examples:
        line = read_line(example)
        assert line
        assert line.verb is verb
        assert bool(line.value) <= bool(verb.argument)


@pytest.mark.parametrize("key", BY_WORD)
def test_every_word_is_read_as_its_verb_however_it_is_capitalised(key: str) -> None:
    for typed in (f"#{key}", f"#{key.upper()}", f"#{key.capitalize()}", f"/{key}"):
        line = read_line(typed)
        assert line
        assert line.verb is BY_WORD[key]


@pytest.mark.parametrize(
    ("word", "name"),
    [
        ("resolve", "close"),
        ("Resolved", "close"),
        ("solved", "close"),
        ("done-with", "close"),
        ("closed", "close"),
        ("done", "done"),
        ("reopened", "reopen"),
        ("re-open", "reopen"),
        ("assigned", "assign"),
        ("prio", "priority"),
        ("tags", "tag"),
        ("mine?", "mine"),
        ("queue?", "queue?"),
        ("queue", "queue"),
        ("cerrar", "close"),
        ("schließen", "close"),
        ("schliessen", "close"),
        ("öffnen", "reopen"),
        ("oeffnen", "reopen"),
        ("notiz", "note"),
        ("nota", "note"),
        ("Priorität", "priority"),
    ],
)
def test_inflections_short_forms_german_and_spanish_are_known(word: str, name: str) -> None:
    verb = find_verb(word)
    assert verb
    assert verb.name == name


@pytest.mark.parametrize("word", ["", "?", "-", "ntoe", "#", "clo se"])
def test_other_words_are_no_verbs(word: str) -> None:
    assert find_verb(word) is None
