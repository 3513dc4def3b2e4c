"""A whole block: all its commands, all its mistakes, and the block as corrected."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgate.commands.block import Block, BlockLine, find_block
from mailgate.commands.catalogue import VERBS
from mailgate.commands.mistake import Mistake
from mailgate.commands.names import Names
from mailgate.commands.read import MOST_LINES, Ordered, Orders, as_corrected, read_orders
from mailgate.commands.values import Close, Note
from tests.commands.desk import LISBON, NAMES, NOW, again, mistake, orders


def test_the_example_of_the_specification() -> None:
    assert orders("#ntoe\n#assign nna\n\nHello").mistakes == (
        Mistake(1, "#ntoe", "unknown command. Did you mean #note?", "#note"),
        Mistake(2, "#assign nna", 'no agent "nna". Did you mean nina?', "#assign nina"),
    )


def test_commands_keep_their_lines_and_good_ones_are_told_beside_bad_ones() -> None:
    read = orders("\n#Close\n#ntoe x\n")
    assert read.commands == (Ordered(2, "#Close", Close()),)
    assert [each.line for each in read.mistakes] == [3]


def test_a_block_without_lines_orders_nothing() -> None:
    assert orders("Hello Ana") == Orders((), ())


@pytest.mark.parametrize(
    ("line", "said", "corrected"),
    [
        ("#clsoe", "unknown command. Did you mean #close?", "#close"),
        ("#clo", "unknown command. Did you mean #close?", "#close"),
        ("#hashtag", 'unknown command: #help lists all. A line of text must not begin with "#" and a letter', None),
        ("#undoe", "unknown command. Did you mean #undo or #undone?", None),
        ("#merg 1040", "unknown command. Did you mean #merge? It is not offered yet", None),
        ("#prioritty high", "unknown command. Did you mean #priority?", "#priority high"),
        (
            "#asign nna",
            'unknown command. Did you mean #assign? But then: no agent "nna". Did you mean nina?',
            "#assign nina",
        ),
        (
            "#asign zebra",
            'unknown command. Did you mean #assign? But then: no agent "zebra". There are: nina, nico, omar',
            None,
        ),
    ],
)
def test_an_unknown_verb_is_answered_with_the_one_that_is_near(line: str, said: str, corrected: str | None) -> None:
    assert mistake(line) == (said, corrected)


@pytest.mark.parametrize("verb", [verb for verb in VERBS if not verb.offered], ids=lambda verb: verb.name)
def test_a_verb_that_is_not_offered_yet_is_known_and_said_so(verb: object) -> None:
    name = getattr(verb, "name", "")
    assert mistake(f"#{name} x") == (f"#{name} is not offered yet: #help lists what is", None)


def test_a_line_of_more_than_200_characters_is_refused_and_shown_in_part() -> None:
    (wrong,) = orders(f"#set order={'x' * 1_000}").mistakes
    assert "longer than 200 characters" in wrong.said
    assert len(wrong.text) == 201


def test_more_than_fifty_commands_are_refused_and_not_read() -> None:
    read = orders("#tag vip\n" * (MOST_LINES + 5))
    assert [(each.line, each.corrected) for each in read.mistakes] == [(MOST_LINES + 1, None)]


def test_a_line_that_is_no_command_is_a_mistake_in_a_block_made_by_hand() -> None:
    assert again(Block((BlockLine(1, "Hello"),), "")).mistakes[0].said.startswith("this is no command")


def test_as_corrected_puts_every_wrong_line_right_and_keeps_the_text() -> None:
    block = find_block("#ntoe\n#close\n#assign nna\nHello")
    mended = as_corrected(block, again(block))
    assert mended == Block((BlockLine(1, "#note"), BlockLine(2, "#close"), BlockLine(3, "#assign nina")), "Hello")
    assert again(mended).mistakes == ()


def test_as_corrected_needs_a_correction_for_every_mistake() -> None:
    block = find_block("#ntoe\n#assign zebra")
    assert as_corrected(block, again(block)) is None


def test_as_corrected_of_a_block_without_mistakes_is_the_block() -> None:
    block = find_block("#note\nHello")
    assert as_corrected(block, again(block)) == block


@pytest.mark.parametrize(
    "text", ["#ntoe\n#reply", "#reply\n#ntoe", "#priority hihg\n#prioritty low", "#clsoe\n#repoen"]
)
def test_a_correction_that_contradicts_another_line_is_none(text: str) -> None:
    block = find_block(text)
    assert as_corrected(block, again(block)) is None


def test_two_corrections_to_the_same_command_are_fine() -> None:
    block = find_block("#ntoe\n#noet")
    mended = as_corrected(block, again(block))
    assert mended
    assert [each.command for each in again(mended).commands] == [Note()]


KEYS = st.from_regex(r"[a-z0-9][a-z0-9_-]{0,8}", fullmatch=True)
TITLES = st.text(max_size=16)
DESKS = st.builds(
    Names,
    agents=st.dictionaries(KEYS, TITLES, max_size=4),
    addresses=st.dictionaries(st.text(max_size=12), KEYS, max_size=3),
    queues=st.dictionaries(KEYS, TITLES, max_size=4),
    teams=st.lists(st.text(max_size=8), max_size=3).map(tuple),
    fields=st.none() | st.frozensets(KEYS, max_size=4),
)
VERB_WORDS = st.sampled_from([word for verb in VERBS for word in (verb.name, *verb.aliases)])
SLIPS = st.builds(
    lambda word, at, char: word[:at] + char + word[at + 1 :], VERB_WORDS, st.integers(0, 8), st.text(max_size=1)
)
VALUES = st.one_of(
    st.just(""),
    st.text(max_size=20),
    st.sampled_from(
        "nina nna hihg low billing biling 3d firday vip -vip order=4711 ordre=1 me team:billing please".split()
    ),
)
TYPED = st.builds(
    lambda word, between, value: f"#{word}{between}{value}", VERB_WORDS | SLIPS, st.sampled_from(" :="), VALUES
)
MAILS = st.lists(TYPED | st.text(max_size=40), max_size=8).map("\n".join)


@given(MAILS, st.just(NAMES) | DESKS)
def test_any_block_is_read_and_every_line_is_accounted_for(text: str, names: Names) -> None:
    block = find_block(text)
    read = read_orders(block, names, NOW, LISBON)
    told = {each.line for each in read.commands} | {each.line for each in read.mistakes}
    assert told <= {line.number for line in block.lines}
    assert all(each.said for each in read.mistakes)
    assert bool(block.lines) == bool(told)


@given(MAILS, st.just(NAMES) | DESKS)
def test_every_corrected_line_and_every_corrected_block_reads_without_mistakes(text: str, names: Names) -> None:
    block = find_block(text)
    read = read_orders(block, names, NOW, LISBON)
    for wrong in read.mistakes:
        if wrong.corrected is not None:
            assert "\n" not in wrong.corrected
            alone = find_block(wrong.corrected)
            assert alone.rest == ""
            assert read_orders(alone, names, NOW, LISBON).mistakes == ()
    mended = as_corrected(block, read)
    if mended is not None:
        assert replace(mended, lines=()) == replace(block, lines=())
        assert read_orders(mended, names, NOW, LISBON).mistakes == ()
