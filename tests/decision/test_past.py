"""What a person wrote to us before, as rules and agents are told of it."""

from dataclasses import replace

from mailgate.decision.past import MOST_PAST, pasts_after, previous_owner, record_of
from tests.support.desk import ANA, make_ticket, past


def test_the_previous_owner_is_the_newest_tickets_that_he_asked_for_and_anybody_had() -> None:
    tickets = (past(4), past(3, owner="nina", asked=False), past(2, owner="kim"), past(1, owner="nina"))
    assert previous_owner(tickets) == "kim"
    assert previous_owner((past(4),)) is None


def test_the_record_counts_other_tickets_that_the_reader_may_see() -> None:
    tickets = (past(5, state="open"), past(4, state="pending"), past(3, queue="secret"), past(2), past(1, asked=False))
    record = record_of(tickets, 5, frozenset({"secret"}))
    assert (record.open, record.closed, record.more) == (1, 1, False)
    assert record.last is not None
    assert record.last.number == "4"
    assert record_of(tuple(past(n) for n in range(MOST_PAST)), 0, frozenset()).more


def test_the_next_mail_of_a_batch_knows_what_the_one_before_left() -> None:
    ticket = make_ticket(owner="kim")
    after = pasts_after({ANA: (past(988),)}, ticket)
    assert [each.number for each in after[ANA]] == ["1042", "988"]
    again = pasts_after(after, replace(ticket, state="closed"))
    assert [each.state for each in again[ANA]] == ["closed", "closed"]
    assert pasts_after({}, ticket) == {}
