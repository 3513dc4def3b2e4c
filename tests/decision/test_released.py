"""Words for what waits: each does what it says once, for its own agent, or says why not."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from mailgate.decision.conversation import HistoryLine, Outgoing, Waiting
from mailgate.decision.effects import ChangeOwner, ChangeState, Effect, ReleaseAnswer, Resume, Settle, WithdrawAnswer
from mailgate.decision.facts import Facts
from mailgate.decision.plan import Plan
from mailgate.decision.told import told
from tests.support.desk import (
    ANA,
    BEN,
    KIM,
    NINA,
    NOW,
    agents_mail,
    decided,
    knowing,
    make_answer,
    make_policy,
    make_said,
    make_ticket,
)

RULES = """
rules:
  - name: colleagues
    when: agent.replied
    do: [{notify: {team: queue, template: agent_note}}]
  - name: say-closed
    when: {state.changed: {to: closed}}
    do: [{reply: closed}]
"""
POLICY = make_policy(RULES)
TICKET = make_ticket()
SEEN = TICKET.last_article
HELD = SEEN + 2
HER_SECOND = make_answer(HELD, "My words.", NINA, visibility="internal")


def waits(kind: Any = "held", number: int = 1, mail: int = 70, agent: str = "nina", orders: str = "") -> Waiting:
    return Waiting(number, agent, kind, mail, HELD if kind == "held" else None, orders)


def facts(*waiting: Waiting, copies: tuple[str, ...] = ("held",), **ticket: Any) -> Facts:
    """Nina's answer in the outbox, one copy a state, and what waits."""
    states: Any = copies
    rows = tuple(
        Outgoing(n, HELD, who, state, NOW) for n, (who, state) in enumerate(zip((ANA, BEN), states, strict=False), 1)
    )
    visibility: Any = "internal" if "held" in copies else "public"
    mine = make_answer(HELD, "My words.", NINA, visibility=visibility)
    return knowing(
        make_ticket(**ticket),
        said={1042: (make_said(SEEN), make_answer(SEEN + 1, "Kim's."), mine)},
        outgoing={1042: rows},
        waiting={1042: waiting},
    )


def plan_of(text: str, known: Facts, **more: Any) -> Plan:
    return decided(agents_mail(text, policy=POLICY, spool_id=9, **more), POLICY, known)


def effects(plan: Plan, *kinds: type[Effect]) -> list[Effect]:
    return [done.effect for done in plan.effects if isinstance(done.effect, kinds)]


def results(plan: Plan) -> list[str]:
    """What she is told; nothing where a mail is taken up again, for that mail will tell."""
    return [each.said for draft in plan.drafts if draft.receipt for each in draft.telling.results]


def refused(plan: Plan) -> str:
    """Nothing was done, and she is told why."""
    changes = {told(done.effect)[0] for done in plan.effects}
    assert changes == {"command.refused", "mail.composed"}
    assert plan.articles == ()
    return results(plan)[0]


# --- held


def test_send_lets_the_held_answer_go_and_moves_what_an_answer_moves() -> None:
    plan = plan_of("#send", facts(waits(), copies=("held", "held"), state="new"))
    assert effects(plan, ReleaseAnswer, Settle) == [ReleaseAnswer(HELD), Settle(1, "send")]
    assert plan.ticket is not None
    assert (plan.ticket.state, plan.ticket.owner, plan.ticket.last_agent_at) == ("open", "nina", NOW)
    assert results(plan) == [f"sent to {ANA}, {BEN}"]
    assert (plan.outcome.kind, plan.articles) == ("command", ())


def test_colleagues_read_the_answer_that_went_out_not_the_word_that_sent_it() -> None:
    plan = plan_of("#send", facts(waits()))
    (note,) = (draft for draft in plan.drafts if draft.template == "agent_note")
    assert (note.recipient.address, note.words) == (KIM.address, "My words.")
    assert note.notice is not None


def test_the_commands_that_came_with_it_take_effect_when_it_goes_and_as_far_as_they_still_can() -> None:
    plan = plan_of("#send\n#tag late", facts(waits(orders="#close\n#assign kim\n#assign gone")))
    assert plan.ticket is not None
    assert (plan.ticket.state, plan.ticket.owner, plan.ticket.tags) == ("closed", "kim", ("late",))
    assert effects(plan, ChangeOwner) == [ChangeOwner(None, "kim", "command")]
    assert results(plan)[1:3] == ["state open -> closed", "owner nobody -> Kim Lee"]
    assert 'no agent "gone"' in results(plan)[3]


@pytest.mark.parametrize(("word", "why"), [("#discard", "discard"), ("#note", "note")])
def test_what_is_not_sent_stays_as_a_note_and_moves_nothing(word: str, why: str) -> None:
    plan = plan_of(word, facts(waits(orders="#close")))
    assert effects(plan, WithdrawAnswer, Settle) == [WithdrawAnswer(HELD, why), Settle(1, why)]
    assert effects(plan, ChangeState, ChangeOwner) == []
    assert results(plan)[0].startswith("not sent")


@pytest.mark.parametrize("word", ["#send", "#discard", "#confirm", "#note"])
def test_a_word_for_which_nothing_waits_does_nothing(word: str) -> None:
    known = facts()
    said = refused(plan_of(word, known))
    assert "nothing of yours waits" in said or "no text below #note" in said


@pytest.mark.parametrize("word", ["#send", "#discard"])
def test_another_agents_word_is_not_hers(word: str) -> None:
    assert "nothing of yours" in refused(plan_of(word, facts(waits(agent="kim"))))


@pytest.mark.parametrize("word", ["#send", "#discard", "#note"])
@pytest.mark.parametrize("state", ["waiting", "sending", "sent", "failed", "cancelled"])
def test_an_answer_that_an_operator_let_go_waits_no_more(word: str, state: str) -> None:
    assert "nothing of yours waits" in refused(plan_of(word, facts(waits(), copies=(state,))))


def test_of_an_answer_that_went_out_in_part_the_rest_can_be_sent_but_nothing_taken_back() -> None:
    known = facts(waits(), copies=("sent", "held"))
    assert results(plan_of("#send", known)) == [f"sent to {BEN}"]
    assert f"it went to {ANA}" in refused(plan_of("#discard", known))


def test_confirm_is_no_word_for_a_held_answer() -> None:
    assert "nothing of yours" in refused(plan_of("#confirm", facts(waits())))


@pytest.mark.parametrize(("word", "done"), [("#send", []), ("#discard", [WithdrawAnswer(HELD, "discard")])])
def test_what_holds_something_of_somebody_else_never_goes_out(word: str, done: Any) -> None:
    kept = Waiting(1, "nina", "kept", 70, HELD)
    plan = plan_of(word, facts(kept))
    assert effects(plan, ReleaseAnswer, WithdrawAnswer) == done


def test_colleagues_read_a_held_answer_that_became_a_note() -> None:
    policy = make_policy("rules: [{name: n, when: note.added, do: [{notify: {team: queue, template: agent_note}}]}]")
    plan = decided(agents_mail("#note", policy=policy, spool_id=9), policy, facts(waits()))
    (note,) = (draft for draft in plan.drafts if draft.template == "agent_note")
    assert note.words == "My words."


def test_two_words_in_one_mail_are_a_mistake() -> None:
    plan = plan_of("#send\n#discard", facts(waits()))
    assert effects(plan, ReleaseAnswer, WithdrawAnswer, Settle) == []


def test_text_below_a_word_is_not_sent_and_she_is_told() -> None:
    plan = plan_of("#send\nAnd by the way.", facts(waits()))
    assert results(plan)[-1] == "the text below the commands was not sent"
    assert not any(draft.kind == "customer" for draft in plan.drafts)


# --- several things


def test_where_several_things_wait_a_bare_word_sends_none_of_them() -> None:
    two = (waits(mail=70), waits("refused", number=2, mail=71))
    assert "several mails of yours" in refused(plan_of("#send", facts(*two)))


@pytest.mark.parametrize(("mail", "done"), [(70, ReleaseAnswer(HELD)), (71, Resume(71, "as text"))])
@pytest.mark.parametrize("how", ["link", "reply"])
def test_a_link_or_a_reply_is_for_the_mail_that_it_stands_in(mail: int, done: Effect, how: str) -> None:
    two = (waits(mail=70), waits("refused", number=2, mail=71))
    more = (
        {"subject": f"Re: [Ticket#1042] Invoice (S{mail})"}
        if how == "link"
        else {"in_reply_to": f"<notice.s{mail}.00ff@example.com>", "subject": "Re: [Ticket#1042] Error (S5)"}
    )
    assert effects(plan_of("#send", facts(*two), **more), ReleaseAnswer, Resume) == [done]


def test_a_link_that_was_used_before_does_not_send_something_else() -> None:
    left = facts(waits("refused", number=2, mail=71))
    assert "nothing of yours" in refused(plan_of("#send", left, subject="Re: [Ticket#1042] Invoice (S70)"))


@pytest.mark.parametrize("word", ["#send", "#note", "#discard"])
def test_of_two_held_answers_a_bare_word_takes_neither_and_lists_both(word: str) -> None:
    ticket = make_ticket(last_article=HELD)  # what she answers says nothing of the one that she means
    known = facts(waits(), Waiting(2, "nina", "held", 71, SEEN + 1))
    said = {1042: (make_said(SEEN), make_answer(SEEN + 1, "First. " * 20, NINA, visibility="internal"), HER_SECOND)}
    copies = (*known.outgoing[1042], Outgoing(9, SEEN + 1, ANA, "held", NOW))
    known = replace(
        known, outgoing={1042: copies}, articles=knowing(ticket).articles, tickets={1042: ticket}, said=said
    )
    plan = plan_of(word, known, ticket=ticket)
    assert "several mails of yours" in refused(plan)
    assert [each[:40] for each in results(plan)[1:]] == [
        "an answer that is held: First. First. Fi",
        "an answer that is held: My words.",
    ]


@pytest.mark.parametrize("kind", ["held", "refused"])
def test_what_waits_is_listed_in_words(kind: str) -> None:
    plan = plan_of("#discard", facts(waits(kind), waits("refused", number=2, mail=71)))
    assert "a mail that came back with a mistake in it" in results(plan)


# --- mail taken up again


@pytest.mark.parametrize(
    ("kind", "word", "way"),
    [
        ("unproven", "#confirm", "confirmed"),
        ("unproven", "#send", "confirmed"),
        ("refused", "#confirm", "corrected"),
        ("refused", "#send", "as text"),
        ("refused", "#note", "as note"),
    ],
)
def test_a_mail_that_waits_is_taken_up_in_the_way_she_says(kind: Any, word: str, way: Any) -> None:
    plan = plan_of(word, facts(waits(kind), copies=()))
    assert effects(plan, Resume) == [Resume(70, way)]
    assert len(effects(plan, Settle)) == 1
    assert plan.drafts == ()  # the mail itself tells what came of it


@pytest.mark.parametrize("kind", ["unproven", "refused"])
def test_a_mail_that_is_discarded_is_not_taken_up(kind: Any) -> None:
    plan = plan_of("#discard", facts(waits(kind), copies=()))
    assert (effects(plan, Resume), effects(plan, Settle)) == ([], [Settle(1, "discard")])


def test_note_is_no_word_for_a_mail_not_proven() -> None:
    assert refused(plan_of("#note", facts(waits("unproven"), copies=())))


# --- undo


def test_undo_takes_back_what_is_delayed_and_the_ticket_is_open_again() -> None:
    plan = plan_of("#undo", facts(copies=("delayed", "delayed"), state="closed", closed_at=NOW))
    assert effects(plan, WithdrawAnswer) == [WithdrawAnswer(HELD, "undo")]
    assert plan.ticket is not None
    assert plan.ticket.state == "open"
    assert results(plan) == ["taken back, nobody got it: My words.", "the ticket is open again"]


@pytest.mark.parametrize(
    ("states", "said"),
    [
        (("sent",), "sent at 10:30:00"),
        (("delayed", "sending"), "on its way already"),
        (("waiting",), "on its way already"),
        (("delayed", "sent"), "sent at 10:30:00"),
        (("cancelled",), "taken back already"),
    ],
)
def test_undo_is_too_late_once_one_copy_is_on_its_way(states: tuple[str, ...], said: str) -> None:
    assert said in refused(plan_of("#undo", facts(copies=states)))


def test_undo_is_for_her_own_newest_answer_alone() -> None:
    assert "no answer of yours" in refused(plan_of("#undo", facts(copies=("delayed",)), agent=KIM))
    assert "no answer of yours" in refused(plan_of("#undo", facts(waits())))  # held is not sent


OWNED = HistoryLine(NOW, "agent:nina", "owner.changed", {"old": None, "new": "nina", "how": "her answer"})
ADDED = HistoryLine(NOW, "agent:nina", "article.added", {"article": HELD})


@pytest.mark.parametrize(
    ("told", "owner", "becomes"),
    [
        ((ADDED, OWNED), "nina", None),
        ((ADDED, replace(OWNED, detail={"old": "kim", "new": "nina"})), "nina", "kim"),
        ((ADDED, OWNED), "kim", "kim"),  # somebody has taken it since
        ((ADDED, replace(OWNED, at=NOW - timedelta(hours=1))), "nina", "nina"),  # it was hers before
    ],
)
def test_a_ticket_that_became_hers_with_the_answer_is_given_back_with_it(
    told: tuple[HistoryLine, ...], owner: str, becomes: str | None
) -> None:
    plan = plan_of("#undo", replace(facts(copies=("delayed",), owner=owner), told={1042: told}))
    assert plan.ticket is not None
    assert plan.ticket.owner == becomes
    assert ("again" in results(plan)[-1]) == (becomes != owner)


@pytest.mark.parametrize(("old", "line"), [(None, "#unassign"), ("kim", "#assign kim")])
def test_undo_says_how_a_ticket_that_was_taken_is_given_back(old: str | None, line: str) -> None:
    known = facts(copies=(), owner="nina")
    known = replace(known, told={1042: (replace(OWNED, detail={"old": old, "new": "nina"}),)})
    assert f"{line} gives the ticket back" in refused(plan_of("#undo", known))


def test_a_rule_that_tells_of_closing_obeys_when_the_answer_is_let_go() -> None:
    acknowledged = make_said(SEEN + 1, "We have it.", template="received", sender_type="system", direction="out")
    known = facts(waits(orders="#close"))
    known = replace(known, said={1042: (make_said(SEEN), acknowledged, known.said[1042][2])})
    plan = plan_of("#send", known)
    (reply,) = (draft for draft in plan.drafts if draft.kind == "auto-reply")
    assert (reply.recipient.address, reply.words, reply.parent) == (ANA, "", f"<{SEEN}@acme.example>")
    assert timedelta(0) < NOW - known.said[1042][0].at
