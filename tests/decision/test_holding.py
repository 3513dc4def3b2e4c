"""Why an answer waits: another agent's, an internal note in it, or a text that cannot be told apart."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgate.decision.her_words import AgentsMail
from mailgate.decision.holding import MIN_LINE, crossing, quoted_note, quotes_the_conversation, wrote_since
from mailgate.tickets.signed import read_address
from tests.support.desk import (
    KIM,
    NINA,
    agents_mail,
    hers,
    make_answer,
    make_note,
    make_said,
    make_ticket,
    our_message_id,
    signed_address,
)

TICKET = make_ticket()
SEEN = TICKET.last_article
SECRET = "The customer is two months late with her payments, be careful."


def hers_at(revision: int | None = SEEN, **more: Any) -> AgentsMail:
    signed = None
    if revision is not None:
        signed = read_address(signed_address(make_ticket(last_article=revision), hers()))
    return AgentsMail(agents_mail("It was sent.", **more), NINA, signed, "passed", "")


def test_an_answer_that_she_had_seen_or_wrote_herself_crosses_nothing() -> None:
    said = (make_said(SEEN), make_answer(SEEN + 1, agent=KIM), make_answer(SEEN + 2, agent=NINA))
    assert crossing(hers_at(SEEN), said) == said[1]
    assert crossing(hers_at(SEEN + 1), said) is None


@pytest.mark.parametrize("kind", ["note", "held", "customer"])
def test_what_the_customer_did_not_get_from_a_colleague_crosses_nothing(kind: str) -> None:
    after = {
        "note": make_note(SEEN + 1, "careful"),
        "held": make_answer(SEEN + 1, visibility="internal"),
        "customer": make_said(SEEN + 1),
    }[kind]
    assert crossing(hers_at(), (make_said(SEEN), after)) is None


def test_two_agents_of_one_name_are_two() -> None:
    from dataclasses import replace

    said = (make_said(SEEN), make_answer(SEEN + 1, agent=replace(KIM, title=NINA.title)))
    assert crossing(hers_at(), said) is not None


def test_an_older_answer_that_was_let_go_since_crosses_hers() -> None:
    seen = make_said(SEEN)
    let_go = make_answer(SEEN - 1, at=seen.at + timedelta(hours=1))
    assert crossing(hers_at(), (let_go, seen)) == let_go


def test_without_a_signed_address_what_she_answers_to_shows_what_she_saw() -> None:
    said = (make_said(SEEN), make_answer(SEEN + 1))
    named = hers_at(None, in_reply_to=our_message_id(TICKET))
    assert (named.seen, crossing(named, said)) == (SEEN, said[1])
    assert crossing(hers_at(None), said) is None
    assert wrote_since(hers_at(None), (make_said(SEEN + 1),)) is None


@pytest.mark.parametrize(
    "text",
    [
        SECRET,
        f"> {SECRET[:30]}\n> {SECRET[30:]}",
        SECRET.upper(),
        f"Hello,\nas Kim wrote: {SECRET} Sorry.",
        "She is nice.\n> the customer is two months late with\n>> her payments, be careful.",
    ],
)
def test_a_note_is_found_however_it_is_quoted(text: str) -> None:
    assert quoted_note(text, (make_note(1, SECRET),)) is not None


def test_one_line_of_a_long_note_is_enough() -> None:
    note = make_note(1, f"Called her.\n{SECRET}\nWill call again.")
    assert quoted_note(f"Sorry:\n> {SECRET}", (note,)) == note
    assert quoted_note("Called her.", (note,)) is None


def test_what_the_customer_can_read_elsewhere_is_no_secret() -> None:
    line = "Please send the invoice to the new address in Hamburg."
    note = make_note(2, f"She wrote:\n> {line}\n{SECRET}")
    said = (make_said(1, line), note)
    assert quoted_note(f"> {line}\nDone.", said) is None
    assert quoted_note(f"> {line}\n> {SECRET}", said) == note


def test_strangers_words_and_answers_taken_back_are_no_notes() -> None:
    stranger = make_said(1, SECRET, visibility="internal", verified=False, sender_type="third-party")
    back = make_answer(2, SECRET, visibility="internal")
    assert quoted_note(SECRET, (stranger, back)) is None


@pytest.mark.parametrize("note", ["ok", "thanks", "", "\n\n", "Call her."])
def test_a_note_of_a_word_or_two_holds_nothing(note: str) -> None:
    assert quoted_note("ok thanks, Call her.", (make_note(1, note),)) is None


@given(st.text(max_size=200), st.text(max_size=200), st.text("abcdefg ", min_size=3 * MIN_LINE, max_size=100))
def test_any_note_of_some_length_is_found_in_any_text(before: str, after: str, note: str) -> None:
    if len("".join(note.split())) >= MIN_LINE:
        assert quoted_note(f"{before}\n> {note}\n{after}", (make_note(1, note),)) is not None


@pytest.mark.parametrize(
    ("text", "is_the_conversation"),
    [
        ("> The PDF, again?\n> Or by post?\n\nBoth.", True),
        ("> The PDF,\n> again?\n\nYes.", True),
        ("No quotation at all.", True),
        ("> A reply answers Ana Silva.\n\nYes.", False),
        (f"> {SECRET}\n\nYes.", False),
    ],
)
def test_only_lines_that_are_public_on_the_ticket_travel_as_quoted(text: str, is_the_conversation: bool) -> None:
    said = (make_said(SEEN, text="Could you send\nthe PDF, again? Or by post?"), make_note(SEEN + 1, SECRET))
    assert quotes_the_conversation(text, said) is is_the_conversation
