"""Third persons whom a customer copied: named, and whether an answer reaches them."""

from mailgate.decision.copied import MOST, gets_answers, third_persons
from mailgate.mail.message import Mailbox
from mailgate.tickets.model import Participant
from tests.support.desk import ANA, BEN, KIM, make_mail, make_policy, make_raw, make_ticket

POLICY = make_policy()
PEOPLE = (Participant(ANA, "Ana Silva", 1, "requester"), Participant(BEN, "Ben", 2, "cc"))
TICKET = make_ticket(participants=PEOPLE)


def copied(cc: str, sender: str = ANA) -> tuple[Mailbox, ...]:
    raw = make_raw(sender=sender, to=f"support@example.com, {ANA}", cc=cc)
    return third_persons(make_mail(raw, POLICY).message, TICKET, POLICY)


def test_neither_the_writer_nor_the_requester_nor_ours_is_a_third_person() -> None:
    cc = f"Ben <{BEN}>, {KIM.address}, Billing <billing@example.com>, carl@other.example, CARL@other.example"
    assert [each.address for each in copied(cc)] == [BEN, "carl@other.example"]
    assert [each.address for each in copied("carl@other.example", sender=BEN)] == ["carl@other.example"]


def test_who_was_copied_gets_answers_only_if_he_takes_part() -> None:
    assert [gets_answers(each, TICKET, POLICY) for each in (BEN.upper(), "carl@other.example", ANA)] == [
        True,
        False,
        True,
    ]


def test_a_crowd_is_not_named_to_the_last() -> None:
    assert len(copied(", ".join(f"p{n}@other.example" for n in range(50)))) == MOST
