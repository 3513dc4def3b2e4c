"""What is established about a mail before anything is done."""

import pytest

from mailgate.decision.case import Case
from mailgate.decision.standing import Writer
from mailgate.rules.situation import NOTHING_SAID
from mailgate.tickets.signed import read_address
from mailgate.tickets.threading import NO_THREAD
from tests.support.desk import KIM, NINA, hers, make_ticket, signed_address


def case(who: Writer, party: int | None = None, purpose: str = "r", by_machine: bool = False) -> Case:
    signed = None if party is None else read_address(signed_address(make_ticket(), party, purpose))
    return Case(NO_THREAD, signed, who, "passed", NOTHING_SAID, by_machine)


@pytest.mark.parametrize(
    ("standing", "purpose", "by_machine", "is_hers"),
    [
        ("agent", "r", False, True),
        ("agent", "r", True, False),
        ("agent", "b", False, False),
        ("stranger", "r", False, False),
    ],
)
def test_only_what_a_proven_agent_typed_is_hers(
    standing: object, purpose: str, by_machine: bool, is_hers: bool
) -> None:
    writer = Writer(standing, NINA)  # type: ignore[arg-type]  # parametrised
    assert (case(writer, hers(), purpose, by_machine).agent == NINA) is is_hers


def test_anothers_address_says_nothing_of_what_she_saw() -> None:
    writer = Writer("agent", NINA)
    assert case(writer, hers()).signed_for(NINA) is not None
    assert case(writer, hers(KIM)).signed_for(NINA) is None
    assert case(writer, 2).signed_for(NINA) is None
    assert case(writer).signed_for(NINA) is None


def test_a_stranger_at_an_agents_address_may_be_an_echo() -> None:
    assert case(Writer("stranger"), hers()).echo
    assert not case(Writer("stranger"), 2).echo
    assert not case(Writer("participant"), hers()).echo
