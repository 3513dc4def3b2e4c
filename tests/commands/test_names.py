"""Which name a typed value means."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgate.commands.names import Match, Names, agent_forms, match, queue_forms
from tests.commands.desk import NAMES

AGENTS = agent_forms(NAMES)


@pytest.mark.parametrize(
    ("said", "agent"),
    [
        ("nina", "nina"),
        ("Nina", "nina"),
        ("NINA COSTA", "nina"),
        ("costa", "nina"),
        ("cos", "nina"),
        ("nin", "nina"),
        ("nina@example.com", "nina"),
        ("n.costa@", "nina"),
        ("Nico Müller", "nico"),
        ("mueller", "nico"),
        ("muller", "nico"),
        ("o", "omar"),
    ],
)
def test_a_key_a_name_an_address_or_the_beginning_of_one_is_enough(said: str, agent: str) -> None:
    assert match(said, AGENTS) == Match((agent,), True)


def test_a_beginning_that_two_share_is_a_question() -> None:
    assert match("ni", AGENTS) == Match(("nina", "nico"), True)


def test_a_key_goes_before_another_ones_name() -> None:
    forms = agent_forms(Names({"ann": "Ann Lee", "joe": "Joe Ann", "anna": "Anna Roy"}, {}, {}))
    assert match("ann", forms) == Match(("ann",), True)


def test_two_people_of_one_name_are_a_question() -> None:
    forms = agent_forms(Names({"kim1": "Kim Lee", "kim2": "Kim Lee"}, {}, {}))
    assert match("kim lee", forms) == Match(("kim1", "kim2"), True)


def test_a_slip_is_a_guess() -> None:
    assert match("nnia", AGENTS) == Match(("nina",), False)
    assert match("zebra", AGENTS) == Match((), False)


def test_an_address_of_an_agent_who_left_names_nobody() -> None:
    assert match("old@example.com", agent_forms(Names({"nina": "Nina"}, {"old@example.com": "gone"}, {}))).names == ()


def test_a_queue_is_known_by_its_title_too() -> None:
    assert match("refunds", queue_forms(NAMES)) == Match(("billing",), True)


@given(st.text(), st.dictionaries(st.text(max_size=8), st.text(max_size=12), max_size=5))
def test_only_names_that_exist_are_meant(said: str, queues: dict[str, str]) -> None:
    found = match(said, queue_forms(Names({}, {}, queues)))
    assert set(found.names) <= set(queues)
    assert len(set(found.names)) == len(found.names)
