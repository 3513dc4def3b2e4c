"""An agent's proven mail: exactly one outcome each, and never silence (spec/agents.md 2 to 4)."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailgate.decision.conversation import Waiting
from mailgate.decision.effects import Await, ChangeOwner, ChangeState, HoldAnswer, Remark, SendMail, Settle
from mailgate.decision.facts import Facts
from mailgate.decision.leak import Leak
from mailgate.decision.plan import Draft, Plan
from mailgate.decision.policy import AgentsPolicy, Door, Policy
from mailgate.decision.told import told
from mailgate.mail.markers import AGENTS_MARKERS
from mailgate.tickets.model import Participant, State
from tests.support.desk import (
    ANA,
    BEN,
    KIM,
    NINA,
    NOW,
    agents_mail,
    decided,
    hers,
    knowing,
    make_answer,
    make_envelope,
    make_note,
    make_policy,
    make_said,
    make_ticket,
    signed_address,
)

RULES = """
rules:
  - name: colleagues
    when: [agent.replied, note.added]
    do: [{notify: {team: queue, template: agent_note}}]
  - name: new-owner
    when: owner.changed
    if: {owner: {exists: true}}
    do: [{notify: {owner: true, template: agent_assigned}}]
"""
POLICY = make_policy(RULES)
A_LINE = Leak(AGENTS_MARKERS[0])
TICKET = make_ticket()
SEEN = TICKET.last_article


def plan_of(
    text: str, policy: Policy = POLICY, facts: Facts | None = None, leaks: tuple[Leak, ...] = (), **more: Any
) -> Plan:
    mail = agents_mail(text, more.pop("ticket", TICKET), policy=policy, **more)
    return decided(mail, policy, facts or knowing(TICKET), leaks=leaks)


def drafts(plan: Plan, kind: str) -> list[Draft]:
    return [draft for draft in plan.drafts if draft.kind == kind]


def mail_to_her(plan: Plan) -> Draft:
    """The one mail that she gets back."""
    (draft,) = (draft for draft in plan.drafts if draft.receipt)
    assert draft.recipient.address == NINA.address
    return draft


def changed(plan: Plan) -> set[str]:
    """What became of the ticket, besides mail and remarks."""
    quiet = {"mail.composed", "command.refused", "agent.asked", "article.added", "answer.held", "mail.joined"}
    return {told(done.effect)[0] for done in plan.effects} - quiet


# --- answers


@pytest.mark.parametrize(
    ("state", "becomes"),
    [("new", "open"), ("open", "open"), ("pending", "open"), ("closed", "closed"), ("spam", "open")],
)
def test_an_answer_moves_the_state_by_the_table_and_a_free_ticket_becomes_hers(state: State, becomes: State) -> None:
    ticket = make_ticket(state=state, closed_at=NOW - timedelta(days=1))
    plan = plan_of("It was sent.", ticket=ticket, facts=knowing(ticket))
    assert plan.ticket is not None
    assert (plan.outcome.kind, plan.outcome.detail) == ("article", "answer")
    assert (plan.ticket.state, plan.ticket.owner, plan.ticket.last_agent_at) == (becomes, "nina", NOW)


def test_a_colleagues_ticket_stays_his_and_he_is_told() -> None:
    ticket = make_ticket(owner="kim")
    plan = plan_of("It was sent.", facts=knowing(ticket))
    assert plan.ticket is not None
    assert plan.ticket.owner == "kim"
    assert [draft.recipient.address for draft in drafts(plan, "agent")] == [KIM.address]


def test_a_plain_answer_is_sent_without_a_receipt_unless_she_wants_one() -> None:
    assert not any(draft.receipt for draft in plan_of("It was sent.").drafts)
    always = make_policy(RULES, agents_policy=AgentsPolicy(confirm="always"))
    assert mail_to_her(plan_of("It was sent.", always)).template == "command_result"


def test_an_answer_with_commands_is_one_plan_and_colleagues_read_her_words_without_them() -> None:
    plan = plan_of("#close\n#tag shipped\nIt was sent.")
    assert plan.ticket is not None
    assert (plan.ticket.state, plan.ticket.tags, plan.articles[0].text) == ("closed", ("shipped",), "It was sent.")
    (answer,) = drafts(plan, "customer")
    assert answer.answer is not None
    assert (answer.answer.text, answer.answer.commands) == ("It was sent.", ("#close", "#tag shipped"))
    assert [draft.words for draft in drafts(plan, "agent")] == ["It was sent."] * 2
    assert [each.said for each in mail_to_her(plan).telling.results] == [
        "Your answer goes out to Ana Silva in 60 s.",
        "state open -> closed",
        "tags: shipped",
    ]


def test_who_orders_another_owner_with_her_answer_does_not_own_it_first() -> None:
    plan = plan_of("#assign kim\nKim knows.")
    assert [d.effect for d in plan.effects if isinstance(d.effect, ChangeOwner)] == [
        ChangeOwner(None, "kim", "command")
    ]


def test_who_joins_with_an_answer_gets_it() -> None:
    plan = plan_of(f"#cc {BEN}\nHello both.")
    assert [draft.recipient.address for draft in drafts(plan, "customer")] == [ANA, BEN]


def test_the_footer_of_a_phone_and_her_name_alone_are_no_answer() -> None:
    for text in ("#close\n\nSent from my iPhone", "#close\n\nNina", "#close\n\nBest regards,\nNina Costa"):
        plan = plan_of(text)
        assert (plan.outcome.kind, drafts(plan, "customer")) == ("command", [])


@pytest.mark.parametrize("kind", ["pkcs7-signature", "pgp-signature", "ms-tnef"])
def test_what_her_mail_program_adds_is_no_answer(kind: str) -> None:
    text = f"--b\nContent-Type: text/plain\n\n#close\n--b\nContent-Type: application/{kind}\n\nMIIB\n--b--"
    plan = plan_of(text, mime_version="1.0", content_type="multipart/mixed; boundary=b")
    assert (plan.outcome.kind, drafts(plan, "customer")) == ("command", [])


def test_a_file_alone_is_an_answer() -> None:
    text = (
        "--b\nContent-Type: text/plain\n\n\n--b\nContent-Type: application/pdf\n"
        'Content-Disposition: attachment; filename="x.pdf"\n\nx\n--b--'
    )
    plan = plan_of(text, mime_version="1.0", content_type="multipart/mixed; boundary=b")
    assert [draft.recipient.address for draft in drafts(plan, "customer")] == [ANA]


def test_a_ticket_without_a_customer_gets_no_answer_and_she_is_told() -> None:
    plan = plan_of("Hello?", facts=knowing(make_ticket(participants=())))
    assert (plan.outcome.kind, changed(plan)) == ("command", set())
    telling = mail_to_her(plan).telling
    assert "no customer" in telling.results[0].said
    assert telling.links == ("as_note", "discard")  # nothing to be corrected, and nobody to send it to


# --- notes


@pytest.mark.parametrize(("purpose", "text"), [("r", "#note\nBe careful."), ("n", "Be careful.")])
def test_a_note_goes_to_nobody_outside_and_moves_nothing(purpose: str, text: str) -> None:
    plan = plan_of(text, purpose=purpose, facts=knowing(make_ticket(state="pending")))
    assert plan.ticket is not None
    article = plan.articles[0]
    assert (article.visibility, article.direction, article.text) == ("internal", "none", "Be careful.")
    assert (plan.ticket.state, plan.ticket.owner, drafts(plan, "customer")) == ("pending", None, [])
    assert [draft.recipient.address for draft in drafts(plan, "agent")] == [KIM.address]


def test_reply_on_the_first_line_makes_an_answer_of_what_would_be_a_note() -> None:
    assert drafts(plan_of("#reply\nIt was sent.", purpose="n"), "customer")


@pytest.mark.parametrize("text", ["#note", "#reply", "", "Sent from my iPhone"])
def test_a_mail_of_nothing_is_given_back(text: str) -> None:
    plan = plan_of(text)
    assert (plan.outcome.kind, plan.articles, changed(plan)) == ("command", (), set())
    assert mail_to_her(plan).template == "command_error"


# --- commands


@pytest.mark.parametrize(
    ("text", "purpose", "state", "owner"),
    [
        ("#close", "r", "closed", None),
        ("#take", "r", "open", "nina"),
        ("", "c", "closed", None),
        ("#close", "c", "closed", None),
        ("", "t", "open", "nina"),
    ],
)
def test_commands_alone_are_done_and_told_in_one_mail(text: str, purpose: str, state: State, owner: str | None) -> None:
    plan = plan_of(text, purpose=purpose)
    assert plan.ticket is not None
    assert (plan.ticket.state, plan.ticket.owner, plan.outcome.kind) == (state, owner, "command")
    assert (drafts(plan, "customer"), plan.articles) == ([], ())
    assert len(mail_to_her(plan).telling.results) == 1


def test_the_order_of_an_address_must_not_contradict_the_orders_of_the_text() -> None:
    plan = plan_of("#pending 3d", purpose="c")
    assert changed(plan) == set()
    assert "line 0" in mail_to_her(plan).telling.results[0].said


def test_one_mistake_and_nothing_is_sent_and_nothing_changes() -> None:
    plan = plan_of("#close\n#tag vip\n#ntoe\n#assign nna\nIt was sent.")
    assert plan.ticket is not None
    assert replace(plan.ticket, version=1) == TICKET
    assert (drafts(plan, "customer"), plan.articles, changed(plan)) == ([], (), set())
    telling = mail_to_her(plan).telling
    assert [each.line for each in telling.results] == [3, 4]
    assert telling.links == ("corrected", "as_note", "discard")
    assert telling.kept_text == "#close\n#tag vip\n#note\n#assign nina\n\nIt was sent."  # to be sent again in one copy
    assert [d.effect.kind for d in plan.effects if isinstance(d.effect, Await)] == ["refused"]


def test_what_cannot_be_corrected_is_not_offered_to_be() -> None:
    assert mail_to_her(plan_of("#xyzzyplugh\nIt was sent.")).telling.links == ("as_text", "as_note", "discard")


@pytest.mark.parametrize(
    ("way", "outcome", "customer", "text"),
    [
        ("corrected", "note", 0, "It was sent."),
        ("as text", "answer", 1, "It was sent."),
        ("as note", "note", 0, "It was sent."),
    ],
)
def test_a_mail_that_was_given_back_is_taken_up_in_the_way_she_says(
    way: Any, outcome: str, customer: int, text: str
) -> None:
    envelope = replace(make_envelope(NINA.address), resumes=way, resumed_from=7)
    mail = agents_mail("#ntoe\nIt was sent.", envelope=envelope)
    facts = knowing(TICKET, seen={mail.message.identity.digest: (SEEN, TICKET.id)})
    plan = decided(mail, POLICY, facts)
    assert (plan.outcome.detail, len(drafts(plan, "customer"))) == (outcome, customer)
    assert plan.articles[0].text == text


STRAY = "#take\nHello Ana.\n#note\nShe pays late."


def test_a_command_in_the_middle_of_an_answer_gives_the_mail_back() -> None:
    plan = plan_of(STRAY)
    assert (plan.outcome.kind, changed(plan), drafts(plan, "customer")) == ("command", set(), [])
    (asked,) = (done.effect for done in plan.effects if isinstance(done.effect, Await))
    assert asked.kind == "refused"
    telling = mail_to_her(plan).telling
    assert [(each.line, each.text) for each in telling.results] == [(3, "#note")]
    assert (telling.links, telling.kept_text) == (
        ("as_text", "as_note", "discard"),
        "#take\n\nHello Ana.\n#note\nShe pays late.",
    )


@pytest.mark.parametrize(("way", "outcome"), [("as text", "answer"), ("as note", "note")])
def test_what_came_back_for_such_a_line_alone_is_taken_up_whole_with_its_commands(way: Any, outcome: str) -> None:
    resumed = replace(make_envelope(NINA.address), resumes=way, resumed_from=7)
    plan = plan_of(STRAY, envelope=resumed)
    assert plan.ticket is not None
    assert (plan.outcome.detail, plan.ticket.owner) == (outcome, "nina")
    assert plan.articles[0].text == "Hello Ana.\n#note\nShe pays late."


def test_in_a_note_such_a_line_stands_and_she_is_told_that_it_was_not_done() -> None:
    plan = plan_of("#note\nShe pays late.\n#close")
    assert (plan.outcome.detail, changed(plan)) == ("note", set())
    assert [(each.line, each.text) for each in mail_to_her(plan).telling.results if not each.ok] == [(3, "#close")]


@pytest.mark.parametrize(
    ("commands", "copy"),
    [
        ("#tag refund\n#priority hihg\n#assign kim", "#tag refund\n#priority high\n#assign kim"),
        ("#tag refund\n#xyzzyplugh", "#tag refund\n#xyzzyplugh <-- ?"),
        ("#close\n#reopen", "#close\n#reopen <-- ?"),
        ("#set order=1\n#set order=2", "#set order=1\n#set order=2 <-- ?"),
        ("#tag x\n#untag x", "#tag x\n#untag x <-- ?"),
        ("#pending soonish\n#take", "#pending soonish <-- ?\n#take"),
        ("#cc nobody\n#take", "#cc nobody <-- ?\n#take"),
        ("#assign zoe\n#take", "#assign zoe <-- ?\n#take"),
    ],
)
@pytest.mark.parametrize("text", ["", "\nIt was sent."])
def test_a_mail_that_comes_back_is_there_to_copy_and_no_marked_line_is_ever_done(
    commands: str, copy: str, text: str
) -> None:
    given_back = mail_to_her(plan_of(commands + text)).telling
    assert given_back.kept_text == f"{copy}\n{text}".strip("\n")
    again = plan_of(given_back.kept_text)
    assert (again.outcome.kind == "command" and not changed(again)) == ("<-- ?" in copy)


def test_a_refusal_that_nothing_can_take_up_gives_her_words_back_too() -> None:
    ticket = make_ticket(participants=())
    telling = mail_to_her(plan_of("#close\nHello Ana.", ticket=ticket, facts=knowing(ticket))).telling
    assert telling.kept_text == "#close\n\nHello Ana."


@pytest.mark.parametrize(
    ("kind", "text", "settled"),
    [
        ("refused", "#note\nIt was sent.", True),
        ("refused", "It was sent.", True),
        ("refused", "#take", False),  # her words still wait
        ("slip", "#take", True),
        ("held", "It was sent.", False),
    ],
)
def test_who_answers_a_refusal_with_her_words_put_right_has_nothing_left_to_confirm(
    kind: Any, text: str, settled: bool
) -> None:
    facts = knowing(TICKET, waiting={TICKET.id: (Waiting(5, "nina", kind, 70),)})
    plan = plan_of(text, facts=facts, in_reply_to="<notice.s70.00ff@example.com>")
    assert [d.effect for d in plan.effects if isinstance(d.effect, Settle)] == [Settle(5, "written again")] * settled


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "#tag vip\n#reply\n#cc ben@acme.example\n#close\nHello both.",
            [(1, "#tag vip"), (2, "#reply"), (3, "#cc ben@acme.example"), (4, "#close")],
        ),
        ("#note\n#take\nMine.", [(1, "#note"), (2, "#take")]),
        ("#show\n#take\n#help", [(1, "#show"), (2, "#take"), (3, "#help")]),
        ("#take\n#close", [(1, "#take"), (2, "#close")]),
    ],
)
def test_a_receipt_has_each_of_her_lines_in_her_order(text: str, told: list[tuple[int, str]]) -> None:
    results = mail_to_her(plan_of(text)).telling.results
    assert [(each.line, each.text) for each in results] == told
    assert all(each.said and each.ok for each in results)


@pytest.mark.parametrize(
    ("text", "kind"), [("#foo", None), ("#ntoe", None), ("#clsoe", "slip"), ("#foo\nHello.", "refused")]
)
def test_commands_alone_wait_for_her_word_only_where_they_have_a_correction(text: str, kind: str | None) -> None:
    plan = plan_of(text)
    waits = [done.effect.kind for done in plan.effects if isinstance(done.effect, Await)]
    assert waits == ([kind] if kind else [])
    assert ("discard" in mail_to_her(plan).telling.links) == bool(kind)


def test_a_note_that_she_chose_for_what_was_held_says_what_became_of_it() -> None:
    resumed = replace(make_envelope(NINA.address), resumes="as note", resumed_from=7)
    said = [each.said for each in mail_to_her(plan_of("#foo\nHello.", envelope=resumed)).telling.results]
    assert said == ["filed as an internal note; nobody outside got it"]


def test_commands_in_what_she_quotes_are_text() -> None:
    plan = plan_of("It was sent.\n\nOn Monday Ana wrote:\n> #close\n> #spam")
    assert plan.ticket is not None
    assert plan.ticket.state == "open"


def test_what_can_hurt_waits_for_her_word_where_nobody_vouches_for_her() -> None:
    blind = make_policy(RULES, trusted=())
    plan = plan_of(f"#cc {BEN}\nHello both.", blind, verified=None)
    assert (changed(plan), drafts(plan, "customer"), plan.orders) == (set(), [], f"#cc {BEN}")
    assert mail_to_her(plan).template == "confirm"
    logged_in = replace(make_envelope(NINA.address), authenticated_as="nina")
    assert len(drafts(plan_of(f"#cc {BEN}\nHello.", blind, verified=None, envelope=logged_in), "customer")) == 2


# --- held


def crossing(**more: Any) -> Facts:
    kims = make_answer(SEEN + 1, "Kim's words, sent before.")
    return knowing(make_ticket(**more), said={1042: (make_said(SEEN), kims)})


def test_an_answer_that_crosses_anothers_is_held_and_she_is_shown_that_one() -> None:
    plan = plan_of("#close\nMy words.", facts=crossing(state="new"))
    assert plan.ticket is not None
    assert (plan.ticket.state, plan.ticket.owner, plan.ticket.last_agent_at) == ("new", None, None)
    assert plan.articles[0].visibility == "internal"
    assert [draft.held for draft in drafts(plan, "customer")] == ["another agent answered meanwhile"]
    telling = mail_to_her(plan).telling
    assert telling.other is not None
    assert (telling.reason, telling.other.text, telling.kept_text) == (
        "answered",
        "Kim's words, sent before.",
        "My words.",
    )
    assert (plan.orders, telling.links) == ("#close", ("send", "as_note", "discard"))
    assert plan.traces == ()  # no rule runs for what did not happen


@pytest.mark.parametrize(("collision", "held", "receipts"), [("hold", True, 1), ("warn", False, 1), ("send", False, 0)])
def test_what_crossing_answers_do_is_the_administrators_choice(collision: Any, held: bool, receipts: int) -> None:
    policy = make_policy(RULES, agents_policy=AgentsPolicy(collision=collision))
    plan = plan_of("My words.", policy, crossing())
    assert bool(drafts(plan, "customer")[0].held) is held
    assert sum(draft.receipt for draft in plan.drafts) == receipts


@pytest.mark.parametrize(("answers", "minutes", "held"), [(15, 3, True), (14, 3, False), (15, 60, False)])
def test_the_answers_of_a_program_stop_by_themselves(answers: int, minutes: int, held: bool) -> None:
    earlier = tuple(
        make_answer(number, agent=NINA, at=NOW - timedelta(minutes=minutes))
        for number in range(SEEN + 1, SEEN + 1 + answers)
    )
    plan = plan_of("I am a robot.", facts=knowing(TICKET, said={1042: earlier}))
    assert bool(drafts(plan, "customer")[0].held) is held
    assert [draft.telling.reason for draft in plan.drafts if draft.receipt] == (["often"] if held else [])


@pytest.mark.parametrize(("leaks", "reason"), [((A_LINE,), "foreign"), ((), "internal")])
def test_what_is_not_for_the_customer_is_held(leaks: tuple[Leak, ...], reason: str) -> None:
    note = make_note(SEEN + 1, "Ana is two months late with her payments.")
    facts = knowing(TICKET, said={1042: (make_said(SEEN), note)})
    plan = plan_of("As Kim says:\n> Ana is two months\n> late with her payments.\nSorry.", facts=facts, leaks=leaks)
    assert mail_to_her(plan).telling.reason == reason
    assert any(isinstance(done.effect, HoldAnswer) for done in plan.effects)
    assert changed(plan) == set()


def test_an_answer_of_which_nobody_knows_where_it_ends_is_held_but_a_note_is_not() -> None:
    unsure = f"> {'When will it come ' * 4}\ntomorrow?\n> Where?\nTo you.\n> And then?"
    plan = plan_of(unsure)
    if agents_mail(unsure).message.body.split != "unsure":
        pytest.fail("the text is meant to be one that cannot be split")
    assert mail_to_her(plan).telling.reason == "unsure"
    assert plan_of(f"#note\n{unsure}").outcome.detail == "note"


def test_what_belongs_to_somebody_else_cannot_be_let_go_by_a_word() -> None:
    plan = plan_of("My words.", leaks=(A_LINE,))
    assert [d.effect.kind for d in plan.effects if isinstance(d.effect, Await)] == ["kept"]
    assert "send" not in mail_to_her(plan).telling.links


@pytest.mark.parametrize(
    ("leak", "said"),
    [
        (A_LINE, 'the line "below this line: for agents only", below which our own part of a mail begins'),
        (Leak("1042.rd.5571.a7kq2mzp4xw3tbq6e"), "your own reply address (ticket 1042)"),
        (
            Leak("1042.rf.5571.a7kq2mzp4xw3tbq6e", "old.eml"),
            "Kim Lee's reply address (ticket 1042), in the attached old.eml",
        ),
        (Leak("1042.rc.5571.a7kq2mzp4xw3tbq6e"), "Ana Silva's reply address (ticket 1042)"),
        (Leak("1043.rc.5571.a7kq2mzp4xw3tbq6e"), "somebody's reply address (ticket 1043)"),
    ],
)
def test_she_is_told_exactly_what_is_not_for_the_customer(leak: Leak, said: str) -> None:
    assert mail_to_her(plan_of("My words.", leaks=(leak,))).telling.found == (said,)


def test_an_agent_is_given_no_ticket_that_she_may_not_see() -> None:
    policy = make_policy(RULES, teams={"first-line": ("nina",), "second-line": ("kim",)})
    members = replace(policy.queues["billing"], members_only=True, team="second-line")
    policy = replace(policy, queues={**policy.queues, "billing": members})
    plan = plan_of("#queue billing\n#assign nina", policy)
    assert (changed(plan), "only the team of Billing" in mail_to_her(plan).telling.results[0].said) == (set(), True)
    assert plan_of("#queue billing\n#assign kim", policy).outcome.detail == "#queue billing; #assign kim"


def test_what_became_a_note_by_its_address_alone_does_not_pass_in_silence() -> None:
    plan = plan_of("Hello Ana.", purpose="n", in_reply_to="<mg.1@example.com>")
    assert "filed as an internal note" in mail_to_her(plan).telling.results[0].said
    assert not any(draft.receipt for draft in plan_of("#note\nHello.", purpose="n", in_reply_to="<mg.1@x>").drafts)


def test_the_customer_wrote_since_and_she_is_told_with_his_words() -> None:
    said = (make_said(SEEN), make_said(SEEN + 1, "Never mind, it came."))
    plan = plan_of("It was sent.", facts=knowing(TICKET, said={1042: said}))
    since = mail_to_her(plan).telling.wrote_since
    assert since is not None
    assert (since.text, since.who) == ("Never mind, it came.", "Ana Silva")
    assert not drafts(plan, "customer")[0].held


def test_his_out_of_office_is_not_his_words() -> None:
    said = (make_said(SEEN), make_said(SEEN + 1, "I am away.", automatic="auto-reply"))
    plan = plan_of("It was sent.", facts=knowing(TICKET, said={1042: said}))
    assert not any(draft.receipt for draft in plan.drafts)


# --- rights


MEMBERS = {"members_only": True, "team": "second-line"}


def test_a_queue_of_members_only_shows_nothing_to_others_and_obeys_them_in_nothing() -> None:
    policy = make_policy(RULES, queue=MEMBERS, teams={"first-line": ("nina",), "second-line": ("kim",)})
    for text in ("It was sent.", "#close", "#show", "#note\nhello", "#send"):
        plan = plan_of(text, policy)
        assert (plan.articles, changed(plan), drafts(plan, "customer")) == ((), set(), [])
        telling = mail_to_her(plan).telling
        assert telling.outsider
        assert (telling.page, telling.earlier, telling.links, telling.other) == ("", (), (), None)
        assert "only the team of Support" in telling.results[0].said


@pytest.mark.parametrize(
    ("require", "verified", "login", "trusted", "proven"),
    [
        ("auto", "pass", None, True, True),
        ("auto", None, None, True, False),
        ("auto", None, None, False, True),
        ("auto", "fail", None, True, False),
        ("auto", None, "nina", False, True),
        ("auto", "pass", "kim", True, False),
        ("pass", None, None, False, False),
        ("pass", "pass", None, True, True),
        ("pass", None, "nina", True, True),
        ("smtp-auth", "pass", None, True, False),
        ("smtp-auth", "pass", "nina", True, True),
    ],
)
def test_what_proves_an_agent_is_the_administrators_choice(
    require: Any, verified: str | None, login: str | None, trusted: bool, proven: bool
) -> None:
    policy = make_policy(RULES, agents_policy=AgentsPolicy(require_auth=require))
    if not trusted:
        policy = replace(policy, doors={"smtp": Door("smtp")})
    word = f"mx.example.com; dmarc={verified} header.from=example.com" if verified else None
    first = agents_mail("It was sent.", policy=policy, verified=word)
    mail = replace(first, envelope=replace(first.envelope, authenticated_as=login))
    plan = decided(mail, policy, knowing(TICKET))
    assert bool(drafts(plan, "customer")) is proven
    assert plan.articles[0].verified is proven


def test_where_no_address_is_signed_authenticity_alone_proves_and_message_ids_show_what_she_saw() -> None:
    from mailgate.tickets.signed import ReplyAddressForm
    from tests.support.desk import our_message_id

    policy = make_policy(RULES, site={"reply_address": ReplyAddressForm("none")})
    more: dict[str, Any] = {"to": "support@example.com", "envelope": make_envelope(NINA.address)}
    more["in_reply_to"] = our_message_id(TICKET)
    assert not drafts(plan_of("It was sent.", policy, **more), "customer")[0].held
    assert drafts(plan_of("It was sent.", policy, crossing(), **more), "customer")[0].held
    assert not drafts(plan_of("It was sent.", policy, verified=None, **more), "customer")


# --- properties

LINES = st.sampled_from(
    [
        *("#close", "#note", "#reply", "#take", "#send", "#discard", "#confirm", "#undo", "#show", "#history", "#help"),
        *("#explain", "#ntoe", "#assign kim", "#assign nobody", "#pending 3d", f"#cc {BEN}", "#tag a -b", "#spam"),
        *("It was sent.", "", "> quoted", "Sent from my iPhone", "Ana is two months late with her payments."),
    ]
)


@settings(deadline=None, max_examples=150)
@given(
    lines=st.lists(LINES, max_size=5),
    purpose=st.sampled_from("rnctb"),
    state=st.sampled_from(["new", "open", "pending", "closed", "spam"]),
    crosses=st.booleans(),
    leaks=st.sampled_from([(), (), (A_LINE,)]),
)
def test_every_mail_of_an_agent_has_one_outcome_and_nothing_internal_leaves(
    lines: list[str], purpose: str, state: Any, crosses: bool, leaks: tuple[Leak, ...]
) -> None:
    ticket = make_ticket(state=state, closed_at=NOW)
    note = make_note(SEEN + 1, "Ana is two months late with her payments.")
    said = (make_said(SEEN), note, *((make_answer(SEEN + 2),) if crosses else ()))
    plan = plan_of(
        "\n".join(lines), ticket=ticket, facts=knowing(ticket, said={1042: said}), purpose=purpose, leaks=leaks
    )
    assert plan.outcome.kind in ("article", "command")
    assert (plan.outcome.kind == "article") == bool(plan.articles and plan.articles[0].spool_id)
    answers = drafts(plan, "customer")
    heard = [draft for draft in plan.drafts if draft.receipt]
    assert len(heard) <= 1
    assert answers or heard or plan.articles  # never silence
    for draft in answers:
        assert draft.answer is not None
        assert draft.held or "two months late" not in draft.answer.text
        assert not any(line.startswith("#") for line in draft.answer.text.split("\n")[:1])
    if any(draft.held for draft in answers) or any(draft.template == "command_error" for draft in heard):
        moves = (ChangeState, ChangeOwner)
        assert not any(isinstance(done.effect, moves) for done in plan.effects)
    remarks = [done.effect for done in plan.effects if isinstance(done.effect, Remark | SendMail)]
    assert remarks or plan.articles


def test_one_participant_who_is_a_watcher_gets_no_answer() -> None:
    people = (*TICKET.participants, Participant(BEN, "", 2, "watcher"), Participant("x@x.example", "", 3, "former"))
    plan = plan_of("It was sent.", facts=knowing(make_ticket(participants=people)))
    assert [draft.recipient.address for draft in drafts(plan, "customer")] == [ANA]


@pytest.mark.parametrize("text", ["It was sent.", "#tag shipped", "#note\nFor us."])
def test_what_she_wrote_to_two_tickets_is_done_on_one_and_she_is_told_of_the_other(text: str) -> None:
    other = make_ticket(1043, nonce=b"other123")
    to = f"{signed_address(TICKET, hers(NINA), 'r')}, {signed_address(other, hers(NINA), 'r')}"
    plan = plan_of(text, facts=knowing(TICKET, other), to=to)
    results = mail_to_her(plan).telling.results
    (said,) = (each.said for each in results if not each.ok)
    assert "nothing was done on ticket 1043" in said
    assert plan.ticket is not None
    assert plan.ticket.id == TICKET.id
