"""Where a mail goes and what it does there: the rows of spec/mail.md 5."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from mailgate.decision.decide import without_rules
from mailgate.decision.effects import ChangeState, LinkTicket, Remark, SendMail, Withhold
from mailgate.decision.facts import Facts, StoredArticle, StoredId
from mailgate.decision.plan import Plan
from mailgate.decision.policy import Policy
from mailgate.tickets.model import State, Ticket
from tests.support.desk import (
    ANA,
    BEN,
    MALLORY,
    NINA,
    NOW,
    agents_mail,
    decided,
    knowing,
    make_envelope,
    make_mail,
    make_policy,
    make_queue,
    make_raw,
    make_ticket,
    our_message_id,
    signed_address,
)

RULES = """
rules:
  - name: acknowledge
    when: ticket.created
    do: [{reply: received}]
  - name: follow
    when: [customer.replied, third_party.replied]
    do: [{priority: high}, {tag: x}, {reply: received}, {notify: {owner: true, template: agent_followup}}]
"""
POLICY = make_policy(RULES)


def reply(policy: Policy = POLICY, facts: Facts | None = None, sender: str = ANA, **fields: Any) -> Plan:
    """What becomes of a follow-up by Message-ID to the ticket 1042."""
    fields = {"message_id": "<2@acme.example>", "in_reply_to": "<first@acme.example>"} | fields
    to = fields.pop("envelope_to", "support@example.com")
    mail = make_mail(make_raw(sender=sender, **fields), policy, make_envelope(sender, to))
    return decided(mail, policy, facts if facts is not None else knowing(make_ticket()))


def states(plan: Plan) -> list[State]:
    return [done.effect.new for done in plan.effects if isinstance(done.effect, ChangeState)]


def sent(plan: Plan) -> list[tuple[str, str]]:
    return [(e.effect.template, e.effect.recipient) for e in plan.effects if isinstance(e.effect, SendMail)]


def withheld(plan: Plan) -> list[str]:
    return [done.effect.reason for done in plan.effects if isinstance(done.effect, Withhold)]


# --- evidence


def evidence_mail(kind: str, ticket: Ticket) -> tuple[dict[str, Any], dict[str, Any]]:
    """A mail with one piece of evidence for `ticket`, and what the store says about it."""
    article = StoredId(ticket.last_article, ticket.id, False)
    match kind:
        case "signed address":
            return {"to": signed_address(ticket, 2)}, {}
        case "our message-id":
            return {"in_reply_to": our_message_id(ticket)}, {}
        case "message-id":
            return {"references": "<unknown@x> <theirs@x> <unknown2@x>"}, {"<theirs@x>": (article,)}
        case "named by article":
            return {"message_id": "<own@x>"}, {"<own@x>": (StoredId(ticket.last_article, ticket.id, True),)}
        case "subject":
            return {"subject": f"Re: AW: (was [Ticket #{ticket.number}]) x"}, {}
        case "ancestor":
            return {"references": "<root@x>"}, {"<root@x>": (StoredId(ticket.last_article, ticket.id, True),)}
    raise AssertionError(kind)


KINDS = ("signed address", "our message-id", "message-id", "named by article", "subject", "ancestor")


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_of_evidence_alone_leads_to_the_ticket(kind: str) -> None:
    ticket = make_ticket()
    fields, ids = evidence_mail(kind, ticket)
    plan = decided(make_mail(make_raw(**fields), POLICY), POLICY, knowing(ticket, ids=ids))
    assert plan.outcome.ticket == 1042
    assert plan.won is not None
    assert plan.won.kind == kind
    assert plan.articles[0].verified


@pytest.mark.parametrize("place", range(len(KINDS) - 1))
def test_stronger_evidence_wins_and_weaker_is_kept_for_the_trace(place: int) -> None:
    strong, weak = make_ticket(1), make_ticket(2)
    first, first_ids = evidence_mail(KINDS[place], strong)
    second, second_ids = evidence_mail(KINDS[place + 1], weak)
    joined = {**second, **first}
    for name in first.keys() & second.keys():
        joined[name] = f"{second[name]} {first[name]}"
    plan = decided(make_mail(make_raw(**joined), POLICY), POLICY, knowing(strong, weak, ids=first_ids | second_ids))
    assert plan.won is not None
    assert (plan.won.kind, plan.outcome.ticket) == (KINDS[place], 1)
    assert [(each.kind, each.ticket) for each in plan.lost] == [(KINDS[place + 1], 2)]


def test_the_newest_reference_wins_among_equals() -> None:
    old, new = make_ticket(1), make_ticket(2)
    ids = {"<old@x>": (StoredId(5_001, 1, False),), "<new@x>": (StoredId(5_002, 2, False),)}
    plan = reply(facts=knowing(old, new, ids=ids), in_reply_to="<none@x>", references="<old@x> <new@x>")
    assert plan.outcome.ticket == 2


def test_every_token_of_the_subject_is_tried() -> None:
    plan = reply(facts=knowing(make_ticket(7)), in_reply_to="<none@x>", subject="[Ticket#999] Fwd: [Ticket#7] x")
    assert plan.outcome.ticket == 7


def test_another_systems_token_leads_nowhere() -> None:
    plan = reply(facts=knowing(make_ticket(7)), in_reply_to="<none@x>", subject="[Case#7] #7 (7) Ticket 7")
    assert plan.before is None


@pytest.mark.parametrize("wrong", ["mac", "ticket nonce", "article nonce", "another ticket's article", "number"])
def test_a_signed_address_that_does_not_prove_is_no_evidence(wrong: str) -> None:
    ticket, other = make_ticket(1), make_ticket(2)
    address = signed_address(ticket, 2)
    if wrong == "mac":
        local, _, domain = address.rpartition("@")
        address = f"{local[:-1]}{'b' if local[-1] != 'b' else 'c'}@{domain}"
    if wrong == "number":
        address = address.replace("+1.", "+2.")
    facts = knowing(ticket, other)
    if wrong == "ticket nonce":
        facts = knowing(make_ticket(1, nonce=b"restored"), other)
    if wrong == "article nonce":
        facts = knowing(ticket, other, articles={ticket.last_article: StoredArticle(1, b"restored")})
    if wrong == "another ticket's article":
        facts = knowing(ticket, other, articles={ticket.last_article: StoredArticle(2, ticket.last_nonce)})
    plan = reply(facts=facts, in_reply_to="<none@x>", to=address, envelope_to=address)
    assert plan.before is None


def test_a_forged_message_id_of_ours_is_no_evidence() -> None:
    ticket = make_ticket()
    real = our_message_id(ticket)
    mac_ends = real.index("@") - 1
    forged = real[:mac_ends] + ("b" if real[mac_ends] == "a" else "a") + real[mac_ends + 1 :]
    facts = knowing(make_ticket(1042, last_nonce=b"restored"), ids={})
    assert reply(facts=facts, in_reply_to=real).before is None
    assert reply(facts=knowing(ticket, ids={}), in_reply_to=forged).before is None


def test_a_merged_ticket_leads_to_its_target() -> None:
    target = make_ticket(2)
    facts = knowing(make_ticket(1, state="merged", merged_into=2), target)
    assert reply(facts=facts).outcome.ticket == 2


def test_tickets_merged_in_a_circle_do_not_hang() -> None:
    facts = knowing(make_ticket(1, state="merged", merged_into=2), make_ticket(2, state="merged", merged_into=1))
    assert reply(facts=facts).outcome.ticket in (1, 2)


# --- strangers


@pytest.mark.parametrize(
    ("setting", "kind", "linked"),
    [
        ("auto", "subject", True),
        ("auto", "message-id", False),
        ("auto", "our message-id", False),
        ("auto", "ancestor", False),
        ("auto", "named by article", False),
        ("unverified", "subject", False),
        ("unverified", "message-id", False),
        ("new-linked", "subject", True),
        ("new-linked", "message-id", True),
    ],
)
def test_a_strangers_mail_is_unverified_or_a_linked_new_ticket(setting: Any, kind: str, linked: bool) -> None:
    policy, ticket = make_policy(RULES, queue={"strangers": setting}), make_ticket(state="closed", closed_at=NOW)
    fields, ids = evidence_mail(kind, ticket)
    mail = make_mail(make_raw(sender=MALLORY, cc="spy@evil.example", **fields), policy, make_envelope(MALLORY))
    plan = decided(mail, policy, knowing(ticket, ids=ids))
    if linked:
        assert plan.before is None
        assert plan.linked_to == 1042
        assert [d.effect.other for d in plan.effects if isinstance(d.effect, LinkTicket)] == ["1042"]
        assert plan.ticket is not None
        assert [p.address for p in plan.ticket.participants] == [MALLORY]
    else:
        assert plan.outcome.ticket == 1042
        assert not plan.articles[0].verified


def test_an_unverified_mail_moves_nothing_adds_nobody_and_is_answered_by_nobody() -> None:
    ticket = make_ticket(state="closed", closed_at=NOW)
    plan = reply(sender=MALLORY, cc="spy@evil.example", facts=knowing(ticket))
    assert plan.ticket is not None
    article = plan.articles[0]
    assert (article.verified, article.visibility, article.sender_type) == (False, "internal", "third-party")
    assert (plan.ticket.state, plan.ticket.priority, plan.ticket.tags) == ("closed", "normal", ())
    assert plan.ticket.participants == ticket.participants
    assert {recipient for _, recipient in sent(plan)} <= {"nina@example.com", "kim@example.com"}
    assert withheld(plan) == ["the writer has no part in the ticket"]


def test_a_participant_whose_authentication_failed_is_a_stranger() -> None:
    plan = reply(verified="mx.example.com; dmarc=fail header.from=acme.example")
    assert not plan.articles[0].verified
    assert any(isinstance(d.effect, Remark) and "authentication" in d.effect.text for d in plan.effects)


# --- the state of the target


@pytest.mark.parametrize(
    ("state", "becomes"), [("new", "new"), ("open", "open"), ("pending", "open"), ("spam", "spam"), ("closed", "open")]
)
def test_a_participants_mail_moves_the_state_by_the_table(state: State, becomes: State) -> None:
    plan = reply(facts=knowing(make_ticket(state=state, closed_at=NOW, pending_until=NOW)))
    assert plan.ticket is not None
    assert plan.ticket.state == becomes


@pytest.mark.parametrize("state", ["new", "open", "pending", "closed", "spam"])
@pytest.mark.parametrize("why", ["out of office", "stranger"])
def test_automatic_and_unverified_mail_moves_no_state(state: State, why: str) -> None:
    more: dict[str, Any] = {"auto_submitted": "auto-replied"} if why == "out of office" else {}
    sender = MALLORY if why == "stranger" else ANA
    plan = reply(sender=sender, facts=knowing(make_ticket(state=state, closed_at=NOW)), **more)
    assert states(plan) == []


@pytest.mark.parametrize(
    ("setting", "days", "becomes"),
    [
        ({"follow_up_to_closed": "reopen"}, 400, "reopened"),
        ({"follow_up_to_closed": "reopen", "reopen_within": timedelta(days=14)}, 14, "reopened"),
        ({"follow_up_to_closed": "reopen", "reopen_within": timedelta(days=14)}, 14.01, "linked"),
        ({"follow_up_to_closed": "new"}, 0, "linked"),
        ({"follow_up_to_closed": "reject"}, 0, "refused"),
    ],
)
def test_a_follow_up_to_a_closed_ticket_does_what_the_queue_says(
    setting: dict[str, Any], days: float, becomes: str
) -> None:
    ticket = make_ticket(state="closed", closed_at=NOW - timedelta(days=days))
    plan = reply(make_policy("", queue=setting), facts=knowing(ticket))
    if becomes == "reopened":
        assert plan.ticket is not None
        assert (plan.outcome.ticket, plan.ticket.state, plan.ticket.closed_at) == (1042, "open", None)
        assert sent(plan) == []
    elif becomes == "linked":
        assert (plan.before, plan.linked_to) == (None, 1042)
    else:
        assert plan.ticket is not None
        assert (plan.outcome.ticket, plan.ticket.state) == (1042, "closed")
        assert sent(plan) == [("not_accepted", ANA)]


def test_a_refusal_keeps_to_the_limits_of_automatic_mail() -> None:
    policy = make_policy("", queue={"follow_up_to_closed": "reject"})
    counts = {f"ticket:{1042}": ((int(NOW.timestamp()), 5),)}
    plan = reply(policy, facts=knowing(make_ticket(state="closed", closed_at=NOW), counts=counts))
    assert sent(plan) == []
    assert withheld(plan) == ["the limit of automatic answers on this ticket is reached"]


@pytest.mark.parametrize(
    ("thanks", "text", "becomes"),
    [
        (True, "Thank you!", "open"),
        (False, "Thank you!", "closed"),
        (False, "Thank you! One more question.", "open"),
        (False, "Thank you!\n-- \nAna Silva", "closed"),
        (False, "Thank you!\n-- \nstill broken", "open"),
        (False, "Help, thanks", "open"),
    ],
)
def test_a_plain_thank_you_reopens_only_where_the_queue_wants_it(thanks: bool, text: str, becomes: State) -> None:
    policy = make_policy(RULES, queue={"thank_you_reopens": thanks})
    plan = reply(policy, facts=knowing(make_ticket(state="closed", closed_at=NOW)), text=text)
    assert plan.ticket is not None
    assert plan.ticket.state == becomes


@pytest.mark.parametrize("disposition", ["attachment", "inline"])  # Apple Mail's documents are inline
def test_thanks_with_a_document_reopens(disposition: str) -> None:
    policy = make_policy(queue={"thank_you_reopens": False})
    parts = (
        "--b\nContent-Type: text/plain\n\nThank you!\n--b\nContent-Type: application/pdf\n"
        f'Content-Disposition: {disposition}; filename="x.pdf"\n\nx\n--b--'
    )
    plan = reply(
        policy,
        facts=knowing(make_ticket(state="closed", closed_at=NOW)),
        text=parts,
        mime_version="1.0",
        content_type="multipart/mixed; boundary=b",
    )
    assert plan.ticket is not None
    assert plan.ticket.state == "open"


def test_a_forward_of_our_mail_to_another_queue_is_a_linked_new_ticket() -> None:
    text = (
        "--b\nContent-Type: text/plain\n\nplease see below\n"
        "--b\nContent-Type: message/rfc822\n\nFrom: support@example.com\nSubject: Invoice\n\nhello\n--b--"
    )
    raw = make_raw(
        to="billing@example.com",
        subject="Fwd: Invoice",
        text=text,
        in_reply_to="<first@acme.example>",
        message_id="<2@acme.example>",
        mime_version="1.0",
        content_type="multipart/mixed; boundary=b",
    )
    mail = make_mail(raw, POLICY, make_envelope(ANA, "billing@example.com"))
    assert mail.message.forward is not None
    plan = decided(mail, POLICY, knowing(make_ticket()))
    assert plan.ticket is not None
    assert (plan.linked_to, plan.ticket.queue) == (1042, "billing")


# --- new tickets


def test_one_mail_to_two_queues_is_one_ticket_in_the_first_that_routes() -> None:
    mail = make_mail(make_raw(), POLICY, make_envelope(ANA, "billing@example.com", "support@example.com"))
    plan = decided(mail, POLICY)
    assert plan.ticket is not None
    assert plan.ticket.queue == "billing"
    assert [d.effect for d in plan.effects if isinstance(d.effect, Remark)] == [Remark("also.addressed", "support")]


def test_the_team_of_the_other_queue_is_told_as_well_and_a_note_says_so() -> None:
    policy = make_policy(
        "rules: [{name: tell, when: ticket.created, do: [{notify: {team: queue, template: agent_new}}]}]"
    )
    queues = {**policy.queues, "billing": replace(policy.queues["billing"], team="money")}
    policy = replace(policy, queues=queues, teams={"first-line": ("nina",), "money": ("kim",)})
    envelope = make_envelope(ANA, "support@example.com", "billing@example.com")
    plan = decided(make_mail(make_raw(), policy, envelope), policy)
    assert [draft.recipient.address for draft in plan.drafts] == ["nina@example.com", "kim@example.com"]
    assert [each.text for each in plan.articles[1:]] == ["Also addressed to: billing"]
    assert plan.articles[1].visibility == "internal"


def test_the_envelope_routes_before_the_header() -> None:
    plan = decided(
        make_mail(make_raw(to="billing@example.com"), POLICY, make_envelope(ANA, "support@example.com")), POLICY
    )
    assert plan.ticket is not None
    assert plan.ticket.queue == "support"


def test_a_new_ticket_is_called_what_the_subject_says_without_prefixes_and_tokens() -> None:
    for subject, called in (("Re: [Ticket#99] AW: Invoice", "Invoice"), ("", "(no subject)"), ("Re:", "(no subject)")):
        plan = decided(make_mail(make_raw(subject=subject), POLICY), POLICY)
        assert plan.ticket is not None
        assert plan.ticket.subject == called


def test_a_mail_without_a_sender_is_a_ticket_without_a_requester() -> None:
    raw = b"Subject: x\r\n\r\nhello\r\n"
    plan = decided(make_mail(raw, POLICY), POLICY)
    assert plan.ticket is not None
    assert plan.ticket.participants == ()
    assert sent(plan) == []


def test_the_same_mail_again_is_a_duplicate_and_nothing_else() -> None:
    mail = make_mail(make_raw(), POLICY)
    plan = decided(mail, POLICY, Facts(seen={mail.message.identity.digest: (5, 7)}))
    assert (plan.outcome.kind, plan.outcome.article, plan.outcome.ticket) == ("duplicate", 5, 7)
    assert (plan.articles, plan.effects, plan.drafts, plan.ticket, plan.binds) == ((), (), (), None, None)


def test_control_headers_from_outside_have_no_effect() -> None:
    plan = decided(make_mail(make_raw(x_mailgate_queue="billing", x_otrs_priority="5 very high"), POLICY), POLICY)
    assert plan.ticket is not None
    assert (plan.ticket.queue, plan.ticket.priority) == ("support", "normal")


def test_a_mail_that_defeats_the_rules_becomes_a_bare_article_in_its_queue() -> None:
    policy = without_rules(POLICY)
    plan = decided(make_mail(make_raw(), policy), policy)
    assert (len(plan.articles), plan.drafts) == (1, ())
    assert plan.outcome.kind == "article"


# --- bounces and machines


BOUNCE = (
    "--b\nContent-Type: text/plain\n\nnot delivered\n"
    "--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.acme.example\n\n"
    "Final-Recipient: rfc822; ana@acme.example\nAction: failed\nStatus: 5.1.1\n"
    "--b\nContent-Type: text/rfc822-headers\n\nMessage-ID: {}\nSubject: x\n--b--"
)


def test_a_bounce_is_shown_on_the_ticket_moves_nothing_and_is_never_answered() -> None:
    ticket = make_ticket(state="pending")
    raw = make_raw(
        sender="MAILER-DAEMON@mx.acme.example",
        subject="Undelivered",
        text=BOUNCE.format(our_message_id(ticket)),
        mime_version="1.0",
        content_type="multipart/report; report-type=delivery-status; boundary=b",
    )
    plan = decided(make_mail(raw, POLICY, make_envelope(None)), POLICY, knowing(ticket))
    assert plan.ticket is not None
    assert (plan.outcome.kind, plan.outcome.ticket) == ("bounce", 1042)
    assert (plan.ticket.state, plan.ticket.priority, plan.ticket.tags) == ("pending", "normal", ())
    assert not any(template == "received" for template, _ in sent(plan))


def test_the_bounce_of_a_notification_tells_nobody_or_it_would_bounce_for_ever() -> None:
    ticket = make_ticket()
    verp = signed_address(ticket, 2 * NINA.number + 1, "b")
    raw = make_raw(
        sender="MAILER-DAEMON@mx.example",
        to=verp,
        text=BOUNCE.format("<unknown@x>"),
        mime_version="1.0",
        content_type="multipart/report; report-type=delivery-status; boundary=b",
    )
    plan = decided(make_mail(raw, POLICY, make_envelope(None, verp)), POLICY, knowing(ticket))
    assert (plan.outcome.kind, plan.outcome.ticket, plan.drafts) == ("bounce", 1042, ())


@pytest.mark.parametrize("evidence", ["subject", "foreign message-id"])
def test_a_report_that_names_no_mail_of_ours_is_no_bounce_of_the_ticket(evidence: str) -> None:
    fields: dict[str, Any] = (
        {"subject": "[Ticket#1042]"} if evidence == "subject" else {"in_reply_to": "<first@acme.example>"}
    )
    raw = make_raw(
        sender="MAILER-DAEMON@mx.example",
        text=BOUNCE.format("<unknown@x>"),
        mime_version="1.0",
        content_type="multipart/report; report-type=delivery-status; boundary=b",
        **fields,
    )
    plan = decided(make_mail(raw, POLICY, make_envelope(None)), POLICY, knowing(make_ticket()))
    assert plan.outcome.kind == "article"
    assert (plan.outcome.ticket == 1042) == (evidence != "subject")


@pytest.mark.parametrize(("path", "mark"), [(None, {}), (MALLORY, {"auto_submitted": "auto-replied"})])
def test_what_a_machine_sends_to_an_agents_signed_address_is_kept_and_tells_nobody(path: Any, mark: Any) -> None:
    ticket = make_ticket()
    address = signed_address(ticket, 2 * NINA.number + 1, "b")
    raw = make_raw(sender=MALLORY, to=address, subject="Your mail", **mark)
    plan = decided(make_mail(raw, POLICY, make_envelope(path, address)), POLICY, knowing(ticket))
    assert (plan.outcome.ticket, plan.articles[0].verified, plan.drafts) == (1042, False, ())


def test_an_unmarked_robot_at_an_agents_address_makes_one_notification_an_hour() -> None:
    ticket = make_ticket()
    address = signed_address(ticket, 2 * NINA.number + 1, "n")
    facts, told = knowing(ticket), []
    for turn in range(5):
        raw = make_raw(sender=MALLORY, to=address, subject=f"Received #{turn}", message_id=f"<{turn}@x>")
        mail = make_mail(raw, POLICY, make_envelope(MALLORY, address))
        assert {"echo:nina", "echo:kim"} <= set(mail.lookup.counters)
        plan = decided(mail, POLICY, facts)
        facts = facts.after(plan)
        told += sent(plan)
    assert sorted(recipient for _, recipient in told) == ["kim@example.com", "nina@example.com"]


@pytest.mark.parametrize(("mark", "times"), [({}, 1), ({"auto_submitted": "auto-replied"}, 0)])
def test_an_agents_robot_that_answers_to_the_queue_makes_no_storm(mark: Any, times: int) -> None:
    policy, facts = (
        make_policy(
            RULES + "  - {name: tell, when: ticket.created, do: [{notify: {to: [nina, kim], template: agent_new}}]}\n"
        ),
        Facts(),
    )
    told = []
    for turn in range(4):  # each opens a ticket: the robot names nothing of ours
        raw = make_raw(sender=NINA.address, subject="Away", message_id=f"<{turn}@x>", **mark)
        plan = decided(make_mail(raw, policy, make_envelope(NINA.address)), policy, facts, ticket=3_000 + turn)
        facts = facts.after(plan)
        told += [recipient for template, recipient in sent(plan) if template == "agent_new"]
    assert (told.count(NINA.address), told.count("kim@example.com")) == (times, 4)


def test_a_customer_who_writes_to_an_agents_signed_address_is_told_of_every_time() -> None:
    ticket = make_ticket()
    address = signed_address(ticket, 2 * NINA.number + 1, "n")
    facts = knowing(ticket)
    for turn in range(3):
        raw = make_raw(to=address, message_id=f"<{turn}@x>")
        plan = decided(make_mail(raw, POLICY, make_envelope(ANA, address)), POLICY, facts)
        facts = facts.after(plan)
        assert ("agent_followup", "nina@example.com") in sent(plan)


def test_who_merely_holds_a_participants_signed_address_gets_no_automatic_answer() -> None:
    address = signed_address(make_ticket(), 2)
    plan = reply(sender=MALLORY, to=address, envelope_to=address, verified="mx.example.com; dmarc=pass")
    assert "the writer has no part in the ticket" in withheld(plan)
    assert "received" not in dict(sent(plan))


def test_a_robot_that_says_so_is_threaded_told_to_agents_and_never_answered() -> None:
    plan = reply(auto_submitted="auto-replied")
    assert plan.outcome.ticket == 1042
    assert {template for template, _ in sent(plan)} == {"agent_followup"}
    assert len(withheld(plan)) == 1


def test_a_robot_without_marks_that_answers_our_acknowledgement_gets_no_other() -> None:
    ticket = make_ticket()
    facts = knowing(ticket, articles={ticket.last_article: StoredArticle(1042, ticket.last_nonce, automatic=True)})
    plan = reply(facts=facts, in_reply_to=our_message_id(ticket), subject="Ticket Received - [#117904] Invoice")
    assert withheld(plan) == ["it answers an automatic mail of ours"]
    assert "received" not in dict(sent(plan))


# --- agents


def test_an_agents_proven_mail_is_an_answer_that_goes_to_the_customer() -> None:
    plan = decided(agents_mail("It was sent on Monday."), POLICY, knowing(make_ticket(state="pending")))
    article = plan.articles[0]
    assert (article.sender_type, article.visibility, article.verified) == ("agent", "public", True)
    assert [(draft.kind, draft.recipient.address) for draft in plan.drafts] == [("customer", ANA)]
    assert states(plan) == ["open"]
    assert plan.effects[0].actor == "agent:nina"


@pytest.mark.parametrize("state", ["new", "open", "pending", "closed", "spam"])
@pytest.mark.parametrize(("path", "mark"), [(None, {}), (NINA.address, {"auto_submitted": "auto-replied"})])
def test_what_an_agents_vacation_program_wrote_is_a_note_that_moves_nothing_and_tells_nobody(
    state: State, path: Any, mark: Any
) -> None:
    ticket = make_ticket(state=state, closed_at=NOW)
    address = signed_address(ticket, 2 * NINA.number + 1)
    mail = agents_mail("#close\nI am away.", ticket, envelope=make_envelope(path, address), **mark)
    plan = decided(mail, POLICY, knowing(ticket))
    assert (plan.articles[0].sender_type, plan.articles[0].visibility) == ("agent", "internal")
    assert (states(plan), plan.drafts) == ([], ())


@pytest.mark.parametrize(("subject", "sent_on"), [("Automatic reply: Invoice", False), ("Re: Invoice", True)])
def test_an_agents_absence_without_a_mark_is_known_by_its_subject_and_her_own_words_are_sent(
    subject: str, sent_on: bool
) -> None:
    mail = agents_mail("I am on vacation until Monday. Kim will help you meanwhile.", subject=subject)
    plan = decided(mail, POLICY, knowing(make_ticket()))
    assert ([draft.recipient.address for draft in plan.drafts if draft.kind == "customer"] == [ANA]) is sent_on


def test_a_program_that_answers_to_an_agents_return_path_never_reaches_the_customer() -> None:
    mail = agents_mail("I am away until Monday, ask Kim.", purpose="b")
    plan = decided(mail, POLICY, knowing(make_ticket()))
    assert (plan.articles[0].visibility, plan.drafts, states(plan)) == ("internal", (), [])


def test_an_agent_who_forwards_to_another_queue_opens_a_ticket_there_and_answers_nobody() -> None:
    text = (
        "--b\nContent-Type: text/plain\n\nplease see below\n"
        "--b\nContent-Type: message/rfc822\n\nFrom: ana@acme.example\nSubject: Invoice\n\nhello\n--b--"
    )
    mail = agents_mail(
        text,
        to="billing@example.com",
        subject="Fwd: Invoice",
        envelope=replace(make_envelope(NINA.address, "billing@example.com"), authenticated_as="nina"),
        in_reply_to="<first@acme.example>",
        mime_version="1.0",
        content_type="multipart/mixed; boundary=b",
    )
    plan = decided(mail, POLICY, knowing(make_ticket()))
    assert plan.ticket is not None
    assert (plan.before, plan.linked_to, plan.ticket.queue) == (None, 1042, "billing")
    assert [draft.kind for draft in plan.drafts] == ["auto-reply"]


def test_an_agents_own_request_is_acknowledged_and_told_to_the_others_alone() -> None:
    rules = """
    rules: [{name: x, when: ticket.created, do: [{reply: received}, {notify: {team: queue, template: agent_new}}]}]
    """
    policy = make_policy(rules)
    envelope = replace(make_envelope(NINA.address), authenticated_as="nina")
    mail = agents_mail(
        "#queue billing\nMy chair squeaks.", to="support@example.com", subject="Chair", envelope=envelope
    )
    plan = decided(mail, policy)
    assert plan.ticket is not None
    assert (plan.outcome.kind, plan.ticket.queue, plan.articles[0].verified) == ("article", "billing", True)
    assert sent(plan) == [
        ("received", NINA.address),
        ("agent_new", "kim@example.com"),
        ("command_result", NINA.address),
    ]


def test_a_proven_agents_robot_at_the_queue_makes_no_storm() -> None:
    rules = "rules: [{name: x, when: ticket.created, do: [{notify: {team: queue, template: agent_new}}]}]"
    policy, told = make_policy(rules), []
    envelope = replace(make_envelope(NINA.address), authenticated_as="nina")
    for turn in range(3):
        more: dict[str, Any] = {"auto_submitted": "auto-replied", "message_id": f"<{turn}@x>"}
        mail = agents_mail("Away", to="support@example.com", subject="Away", envelope=envelope, **more)
        told += [recipient for _, recipient in sent(decided(mail, policy))]
    assert told == ["kim@example.com"] * 3


@pytest.mark.parametrize(("setting", "kind"), [("auto", "subject"), ("new-linked", "message-id")])
def test_an_unproven_agents_mail_is_an_unverified_article_of_its_ticket_however_it_was_found(
    setting: Any, kind: str
) -> None:
    policy, ticket = make_policy(RULES, queue={"strangers": setting}), make_ticket()
    fields, ids = evidence_mail(kind, ticket)
    mail = make_mail(make_raw(sender=NINA.address, **fields), policy, make_envelope(NINA.address))
    plan = decided(mail, policy, knowing(ticket, ids=ids))
    assert (plan.outcome.ticket, plan.articles[0].verified, states(plan)) == (1042, False, [])


def test_an_agents_address_without_proof_is_an_unverified_article_and_a_remark() -> None:
    plan = reply(sender=NINA.address, text="#close")
    assert not plan.articles[0].verified
    assert states(plan) == []
    assert any(isinstance(d.effect, Remark) and d.effect.event == "sender.doubted" for d in plan.effects)


# --- who is told


def test_everybody_is_told_once_however_many_rules_name_her() -> None:
    rules = """
    rules:
      - name: one
        when: ticket.created
        do: [{notify: {team: queue, template: agent_new}}, {notify: {role: lead, template: agent_new}}]
      - name: two
        when: ticket.created
        do: [{notify: {to: [nina, KIM@example.com, outside@acme.example], template: agent_followup}}]
    """
    plan = decided(make_mail(make_raw(), make_policy(rules)), make_policy(rules))
    assert sorted(recipient for _, recipient in sent(plan)) == [
        "kim@example.com",
        "nina@example.com",
        "outside@acme.example",
    ]


def test_nobody_is_told_at_an_address_of_the_desk_itself() -> None:
    rules = "rules: [{name: x, when: ticket.created, do: [{notify: {to: [support@example.com], template: agent_new}}]}]"
    policy = make_policy(rules)
    assert sent(decided(make_mail(make_raw(), policy), policy)) == []


def test_the_owner_is_told_else_the_team() -> None:
    assert [r for _, r in sent(reply(facts=knowing(make_ticket(owner="kim")))) if r != ANA] == ["kim@example.com"]
    assert [r for _, r in sent(reply()) if r != ANA] == ["nina@example.com", "kim@example.com"]
    assert [r for _, r in sent(reply(facts=knowing(make_ticket(owner="gone")))) if r != ANA] == [
        "nina@example.com",
        "kim@example.com",
    ]


def test_a_queue_that_left_the_configuration_falls_back_to_the_default_one() -> None:
    plan = reply(facts=knowing(make_ticket(queue="gone")))
    assert plan.outcome.ticket == 1042


def test_another_participant_is_answered_with_his_own_part_not_the_requesters() -> None:
    from mailgate.tickets.model import Participant

    people = (Participant(ANA, "Ana", 1, "requester"), Participant(BEN, "Ben", 2, "cc"))
    plan = reply(sender=BEN, reply_to="desk@acme.example", facts=knowing(make_ticket(participants=people)))
    (draft,) = (d for d in plan.drafts if d.kind == "auto-reply")
    assert draft.recipient.address == "desk@acme.example"
    assert draft.participant == people[1]


def test_the_desk_has_a_second_queue() -> None:
    assert POLICY.queue("billing") == make_queue("billing")
