"""Commands that speak of the same thing must not differ."""

import pytest

from tests.commands.desk import commands, orders


@pytest.mark.parametrize(
    ("first", "second", "what"),
    [
        ("#note", "#reply", "your text"),
        ("#close", "#pending 3d", "the state"),
        ("#close", "#reopen", "the state"),
        ("#spam", "#close", "the state"),
        ("#pending 3d", "#pending 4d", "the state"),
        ("#take", "#assign omar", "the owner"),
        ("#assign nina", "#assign omar", "the owner"),
        ("#take", "#unassign", "the owner"),
        ("#queue billing", "#queue support", "the queue"),
        ("#priority low", "#priority high", "the priority"),
        ("#set order=1", "#set order=2", "the field order"),
        ("#tag vip", "#tag -vip", "the tag vip"),
        ("#tag vip", "#untag vip", "the tag vip"),
        ("#send", "#discard", "what is held"),
        ("#send", "#note", "what is held"),
        ("#confirm", "#discard", "what is held"),
    ],
)
@pytest.mark.parametrize("turned", [False, True], ids=["", "turned"])
def test_the_later_of_two_that_contradict_each_other_is_a_mistake(
    first: str, second: str, what: str, turned: bool
) -> None:
    above, below = (second, first) if turned else (first, second)
    read = orders(f"{above}\n{below}")
    (wrong,) = read.mistakes
    assert (wrong.line, wrong.text, wrong.corrected) == (2, below, None)
    assert wrong.said == f"line 1 decides {what} otherwise ({above}): take one of the two away"
    assert [each.text for each in read.commands] == [above]


@pytest.mark.parametrize(
    "text",
    [
        "#note\n#close\n#take\n#queue billing\n#priority high\n#tag vip\n#show\n#history\n#explain\n#help",
        "#set order=1\n#set colour=red",
        "#tag vip\n#tag -trial",
        "#reply\n#send",
        "#undo\n#note",
        "#help close\n#help pending",
    ],
)
def test_commands_of_different_things_stand_beside_each_other(text: str) -> None:
    assert len(commands(text)) == text.count("#")


def test_the_same_command_twice_is_there_once() -> None:
    assert len(commands("#close\n#resolve\n#Closed")) == 1
