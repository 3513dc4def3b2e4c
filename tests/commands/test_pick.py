"""A name, or what to write instead."""

from mailgate.commands.catalogue import find_verb
from mailgate.commands.mistake import Wrong
from mailgate.commands.pick import listed, picked

ASSIGN = find_verb("assign")
assert ASSIGN
FORMS = {"nina": ("nina", "nina costa"), "nico": ("nico",), "to": ("to",)}


def test_a_name_that_exists_is_given_back() -> None:
    assert ASSIGN
    assert picked(ASSIGN, "agent", "Nina Costa", FORMS) == "nina"
    assert picked(ASSIGN, "agent", "to nina", FORMS) == "nina"
    assert picked(ASSIGN, "agent", "to", FORMS) == "to"


def test_what_is_no_name_is_answered_with_the_nearest() -> None:
    assert ASSIGN
    assert picked(ASSIGN, "agent", "nnia", FORMS) == Wrong('no agent "nnia". Did you mean nina?', "#assign nina")
    assert picked(ASSIGN, "agent", "nnia", FORMS, behind="=x") == Wrong(
        'no agent "nnia". Did you mean nina?', "#assign nina=x"
    )


def test_words_behind_a_name_are_not_swallowed() -> None:
    assert ASSIGN
    wrong = Wrong('no agent "nina please". Did you mean nina?', "#assign nina")
    assert picked(ASSIGN, "agent", "nina please", FORMS) == wrong


def test_several_guesses_are_listed_and_none_is_taken() -> None:
    assert ASSIGN
    assert picked(ASSIGN, "agent", "ni", FORMS) == Wrong('"ni" can be nina or nico: write more of it')
    assert picked(ASSIGN, "agent", "nira", {"nina": ("nina",), "mira": ("mira",)}) == Wrong(
        'no agent "nira". Did you mean nina or mira?'
    )


def test_without_a_guess_the_whole_choice_is_told() -> None:
    assert ASSIGN
    assert picked(ASSIGN, "agent", "zebra", FORMS) == Wrong('no agent "zebra". There are: nina, nico, to')
    assert picked(ASSIGN, "agent", "zebra", {}) == Wrong('no agent "zebra". There is none')
    assert listed(map(str, range(30))).endswith("18, 19 and 10 more")


def test_a_missing_name_is_asked_for_with_an_example() -> None:
    assert ASSIGN
    assert picked(ASSIGN, "agent", "", FORMS) == Wrong("say which agent, as in #assign nina")
