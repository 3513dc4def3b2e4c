"""Orders and words of an agent's mail, told apart."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgate.commands.values import Close, Note, Pending, Take
from mailgate.decision.draughtsman import Draughtsman
from mailgate.decision.facts import Facts
from mailgate.decision.her_words import AgentsMail, Reading, read
from mailgate.decision.plan import Allotment
from mailgate.tickets.signed import read_address
from tests.support.desk import NINA, NOW, agents_mail, hers, make_envelope, make_policy, make_ticket, signed_address

POLICY = make_policy()


def words(text: str, purpose: str = "r", resumes: Any = None, **more: Any) -> tuple[Reading, AgentsMail]:
    envelope = replace(make_envelope(NINA.address), resumes=resumes, resumed_from=7 if resumes else None)
    signed = read_address(signed_address(make_ticket(), hers(), purpose))
    it = AgentsMail(agents_mail(text, envelope=envelope, **more), NINA, signed, "passed", "")
    return read(it, Draughtsman(Facts(), POLICY, Allotment(0, (), ()), NOW)), it


@pytest.mark.parametrize(
    ("text", "purpose", "kinds", "left", "as_note"),
    [
        ("It was sent.", "r", [], "It was sent.", False),
        ("It was sent.", "n", [], "It was sent.", True),
        ("#note\nIt was sent.", "r", [Note], "It was sent.", True),
        ("#reply\nIt was sent.", "n", None, "It was sent.", False),
        ("#close\n#take\n\nIt was sent.\n#close", "r", [Close, Take], "It was sent.\n#close", False),
        ("It was sent.", "c", [Close], "It was sent.", False),
        ("#close\nIt was sent.", "c", [Close], "It was sent.", False),
        ("", "t", [Take], "", False),
    ],
)
def test_orders_stand_at_the_top_and_in_the_address(
    text: str, purpose: str, kinds: Any, left: str, as_note: bool
) -> None:
    reading, _ = words(text, purpose)
    if kinds is not None:
        assert [type(each.command) for each in reading.commands] == kinds
    assert (reading.text, reading.as_note) == (left, as_note)


@pytest.mark.parametrize(
    "signature",
    ["Nina", "Nina Costa", "nina", "Best regards\nNina", "Sent from my iPhone", "\n-- \nNina Costa\nExample"],
)
def test_a_signature_alone_is_no_text(signature: str) -> None:
    assert words(f"#close\n\n{signature}")[0].text == ""


def test_what_was_given_back_is_read_as_she_then_said() -> None:
    wrong = "#clsoe\nIt was sent."
    assert words(wrong)[0].orders.mistakes
    corrected, _ = words(wrong, resumes="corrected")
    assert ([type(each.command) for each in corrected.commands], corrected.text) == ([Close], "It was sent.")
    as_text, _ = words(wrong, resumes="as text")
    assert (as_text.commands, as_text.orders.mistakes, as_text.as_note) == ((), (), False)
    as_note, _ = words(wrong, resumes="as note")
    assert (as_note.commands, as_note.orders.mistakes, as_note.as_note) == ((), (), True)


def test_an_address_and_a_line_that_contradict_each_other_are_a_mistake() -> None:
    reading, _ = words("#pending 3d", "c")
    assert reading.orders.mistakes
    assert not any(isinstance(each.command, Pending) for each in reading.commands)


@pytest.mark.parametrize(
    ("subject", "in_reply_to", "meant"),
    [
        ("Re: [Ticket#1042] Invoice (S70)", "", 70),
        ("Re: [Ticket#1042] Invoice (S70) ", "", 70),
        ("Re: [Ticket#1042] Invoice (S70) again", "", None),
        ("Re: [Ticket#1042] Invoice", "<notice.s71.00ff@example.com>", 71),
        ("Re: [Ticket#1042] Error (S5)", "<notice.s71.00ff@example.com>", 71),
        ("Re: [Ticket#1042] Invoice", "<notice.00ff@example.com>", None),
        (f"Re: (S{'9' * 40})", "", None),
    ],
)
def test_the_mail_that_she_means_stands_in_what_she_answers(subject: str, in_reply_to: str, meant: int | None) -> None:
    more = {"in_reply_to": in_reply_to} if in_reply_to else {}
    assert words("#send", subject=subject, **more)[1].meant == meant


@given(st.text(max_size=300))
def test_any_text_is_read_and_no_order_is_left_at_the_top_of_the_words(text: str) -> None:
    reading, _ = words("#close\n" + text.replace("\r", "\n"))
    if not reading.orders.mistakes:
        assert not reading.text.startswith("#close")
