"""Approval by mail: the questions, the reminders, the decision that comes back, and who hears of it.

The mail that an approver sends to one of his two addresses is his decision, and its text the reason (spec/rules.md
1.10). It counts where From is his own address, the sender authentic, and a person wrote it; once.
"""

from dataclasses import replace

from mailgate.decision.approvers import REQUEST, Approvers
from mailgate.decision.case import Case, Mail
from mailgate.decision.draughtsman import Draughtsman
from mailgate.decision.effects import SendMail
from mailgate.decision.plan import Draft
from mailgate.decision.policy import Policy
from mailgate.decision.process_effects import AskApproval, RemindApproval
from mailgate.decision.process_told import ProcessTold
from mailgate.decision.standing import party_of_participant, same_person
from mailgate.decision.telling import Telling
from mailgate.mail.footer import without_mobile_footer
from mailgate.mail.message import Mailbox
from mailgate.rules.process import Process, Question, Step
from mailgate.tickets.running import Approval, Asked, Vote
from mailgate.tickets.signed import SignedAddress, has_power

REMINDER, RESULT = "approval_reminder", "approval_result"
MAX_REASON = 2_000  # characters
APPROVES = {"y": True, "x": False}  # the purpose of a signed address


def open_approval(process: Process, step: Step, question: Question, actor: str, pen: Draughtsman) -> None:
    """Ask; where nobody can be asked it waits for its end, or for those who may decide instead."""
    approvers = Approvers(process, actor, pen)
    if not approvers.ask(question.by) and question.instead is not None:
        approvers.ask(question.instead)
    asked = tuple(approvers.asked)
    to = tuple(Mailbox("", each.address) for each in asked)
    article = pen.append(replace(pen.own_article(template=REQUEST, to=to), visibility="internal", direction="none"))
    approval = Approval(
        asked=asked,
        article=article.id,
        nonce=article.nonce,
        remind_at=pen.now + question.remind if question.remind is not None else None,
        expires_at=pen.now + question.expires,
    )
    pen.effect(actor, AskApproval(step.name, approval))


def remind(process: Process, step: Step, question: Question, approval: Approval, actor: str, pen: Draughtsman) -> None:
    """Who has not answered hears of it again, and those who may decide instead now too."""
    more: tuple[Asked, ...] = ()
    if question.instead is not None:
        more = Approvers(process, actor, pen).ask(question.instead, approval.asked)
    following = None if question.remind is None else pen.now + question.remind
    if following is not None and following >= approval.expires_at:
        following = None
    pen.effect(actor, RemindApproval(step.name, more, following))


def write_to(
    template: str, people: tuple[Asked, ...], approval: Approval, told: ProcessTold, actor: str, pen: Draughtsman
) -> None:
    """The mail to each of them; only a question has the two links."""
    for each in people:
        draft = _draft(template, each, approval, told, pen)
        if draft is not None:
            pen.drafts.append(draft)
            pen.effect(actor, SendMail(draft.kind, template, each.address))


def _draft(template: str, asked: Asked, approval: Approval, told: ProcessTold, pen: Draughtsman) -> Draft | None:
    policy, agent = pen.policy, pen.policy.agents.get(asked.agent)
    person = next((each for each in pen.ticket.participants if party_of_participant(each) == asked.party), None)
    if agent is None and (asked.agent or person is None):
        return None  # she left
    queue = policy.queue(pen.ticket.queue)
    language = (agent.language if agent else queue.language) or policy.site.language
    return Draft(
        "agent" if agent is not None else "forward",
        template,
        language,
        Mailbox(agent.title, agent.address) if agent is not None else Mailbox("", asked.address),
        approval.article,
        approval.nonce,
        participant=None if agent is not None else person,
        agent=agent,
        telling=Telling(links=("approve", "deny") if template != RESULT else ()),
        words="",
        receipt=True,
        notice=pen.spare_nonce(),
        process=told,
    )


def approval_addressed(case: Case, pen: Draughtsman) -> Approval | None:
    """The open question that a mail to a signed address decides; None where it is none of an approval."""
    signed, running = case.signed, pen.ticket.running
    if signed is None or signed.purpose not in APPROVES or signed.number != pen.ticket.number or running is None:
        return None
    approval = running.approval
    return approval if approval is not None and approval.article == signed.revision else None


def vote_of(mail: Mail, case: Case, pen: Draughtsman) -> Vote | str:
    """The decision that an approver's mail is, or why it is none."""
    signed, message, policy = case.signed, mail.message, pen.policy
    approval = approval_addressed(case, pen)
    if signed is None or approval is None:
        return "the approval that it answers is over"
    if pen.ticket.state in ("closed", "merged", "spam"):
        return "the ticket is closed"
    if not has_power(policy.keys, signed, pen.now.date()):
        return "its address was signed by a key that has no power any more"
    if says_both(mail, signed):
        return "it went to both addresses, yes and no"
    asked = next((each for each in approval.asked if each.party == signed.party), None)
    if asked is None:
        return "its address was signed for nobody who is asked"
    if message.automatic.is_automatic or mail.envelope.reverse_path is None:
        return "automatic mail never approves"
    address = message.author.address
    if message.ambiguous_author or not address or not same_person(address, asked.address, policy):
        return f"the sender is not {asked.address}"
    if reason := _doubtful(case.verdict, policy):
        return reason
    if approval.verdict or pen.now >= approval.expires_at:
        return "the approval is decided or over"
    if approval.has_voted(asked.address):
        return "he has decided already"
    return Vote(asked.address.lower(), APPROVES[signed.purpose], reason_in(message.body.new_text))


def says_both(mail: Mail, signed: SignedAddress) -> bool:
    """Whether a mail went to an address that says yes and to one that says no."""
    others = (each.purpose for each in mail.lookup.signed if each.number == signed.number)
    return signed.purpose in APPROVES and any(each in APPROVES and each != signed.purpose for each in others)


def reason_in(text: str) -> str:
    """His words, without what his device adds."""
    return without_mobile_footer(text).strip()[:MAX_REASON]


def _doubtful(verdict: str, policy: Policy) -> str:
    """Authenticity as for agents: not failed, and passed where it can be known."""
    if verdict == "failed":
        return "authentication of the sender failed"
    known = any(door.trusted_authserv for door in policy.doors.values())
    return "the sender is not proven" if known and verdict != "passed" else ""
