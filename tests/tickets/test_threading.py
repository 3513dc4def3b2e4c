"""Weighing evidence and placing a mail."""

from hypothesis import given
from hypothesis import strategies as st

from mailgate.tickets.model import Queue, Strangers
from mailgate.tickets.threading import NO_THREAD, STRENGTH, Evidence, EvidenceKind, Standing, Thread, place, weigh
from tests.support.desk import NOW, make_queue, make_ticket

kinds = st.sampled_from(STRENGTH)
QUEUE: Queue = make_queue()


@given(st.lists(st.tuples(kinds, st.integers(1, 3))))
def test_the_strongest_wins_the_first_among_equals_and_nothing_is_lost(found: list[tuple[EvidenceKind, int]]) -> None:
    evidence = [Evidence(kind, str(place), ticket) for place, (kind, ticket) in enumerate(found)]
    won, lost = weigh(evidence)
    if won is None:
        assert not evidence
        return
    best = min(STRENGTH.index(each.kind) for each in evidence)
    assert won == next(each for each in evidence if STRENGTH.index(each.kind) == best)
    assert sorted([won, *lost], key=lambda each: each.value) == sorted(evidence, key=lambda each: each.value)


@given(
    kinds,
    st.sampled_from(["new", "open", "pending", "closed", "spam"]),
    st.sampled_from(["auto", "unverified", "new-linked"]),
    st.sampled_from(["reopen", "new", "reject"]),
    st.sampled_from(["participant", "agent", "stranger"]),
    st.booleans(),
    st.booleans(),
)
def test_a_stranger_never_writes_into_a_ticket_verified_and_never_reopens_it(
    kind: EvidenceKind, state: str, strangers: Strangers, closed: str, standing: Standing, automatic: bool, thanks: bool
) -> None:
    ticket = make_ticket(state=state, closed_at=NOW)
    queue = make_queue(strangers=strangers, follow_up_to_closed=closed)
    placed = place(
        Thread(ticket, Evidence(kind, "x", ticket.id)), standing, queue, NOW, automatic=automatic, thanks_only=thanks
    )
    assert (placed.ticket is None) != (placed.linked_to is None)
    assert placed.reason
    if standing == "stranger":
        assert not (placed.ticket is not None and placed.verified)
        assert not placed.reopens
        assert not placed.refused
    if automatic or state != "closed":
        assert not placed.reopens
        assert not placed.refused
    assert not (placed.reopens and placed.refused)


def test_no_evidence_is_a_new_ticket_without_a_link() -> None:
    placed = place(NO_THREAD, "participant", QUEUE, NOW)
    assert (placed.ticket, placed.linked_to) == (None, None)
