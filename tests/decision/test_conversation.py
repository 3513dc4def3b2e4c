"""What an article is, seen from the next mail."""

import pytest

from mailgate.decision.conversation import Said, newest_of_the_customer, public_ids
from tests.support.desk import make_answer, make_note, make_said

CUSTOMERS = make_said(1)
ROBOTS = make_said(2, automatic="auto-reply")
STRANGERS = make_said(3, verified=False, visibility="internal", sender_type="third-party")
ANSWER = make_answer(4)
HELD = make_answer(5, visibility="internal")
NOTE = make_note(6, "careful")
OURS = make_said(7, sender_type="system", direction="out", template="received", message_id="<mg.7@x>")


@pytest.mark.parametrize(
    ("said", "a_customers", "an_answer", "a_note", "ours"),
    [
        (CUSTOMERS, True, False, False, False),
        (ROBOTS, False, False, False, False),
        (STRANGERS, False, False, False, False),
        (ANSWER, False, True, False, True),
        (HELD, False, False, False, True),
        (NOTE, False, False, True, True),
        (OURS, False, False, False, True),
    ],
)
def test_an_article_is_one_thing(said: Said, a_customers: bool, an_answer: bool, a_note: bool, ours: bool) -> None:
    assert (said.is_a_customers, said.is_an_answer, said.is_an_internal_note, said.is_ours) == (
        a_customers,
        an_answer,
        a_note,
        ours,
    )


def test_the_newest_words_of_the_customer_are_his_own_or_else_his_robots() -> None:
    assert newest_of_the_customer((CUSTOMERS, ROBOTS, STRANGERS, ANSWER)) == CUSTOMERS
    assert newest_of_the_customer((ROBOTS, STRANGERS)) == ROBOTS
    assert newest_of_the_customer((STRANGERS, ANSWER)) is None


def test_the_ids_that_he_may_know_end_with_his_own() -> None:
    said = (CUSTOMERS, STRANGERS, NOTE, OURS)
    assert public_ids(said, CUSTOMERS) == ("<1@acme.example>",)
    assert public_ids(said, None) == ("<1@acme.example>", "<mg.7@x>")
