"""No two machines talk to each other through us (spec/safety.md D09, D10, D50); a person is answered all the same."""

import itertools
import re
from collections.abc import Callable, Iterator

import pytest

from tests.support.corners import Corner, Corners, checked, corners, events, is_automatic, mail, plain, reply_address
from tests.support.daemon import LIFTED
from tests.support.sink_process import Delivered

ROUNDS = 4  # one more than the limit of an address
# What an administrator writes who never saw a loop.
EAGER = """
rules:
  - name: eager
    when: customer.replied
    if: {subject: eager}
    do: [{reply: received}]
"""
_ids = itertools.count(1)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Corners]:
    """Only the limit for each address holds: what ends a loop is that we see it."""
    limits = {"automatic": {**LIFTED, "per_address": "3/day"}, "delay": "0s"}
    with corners(tmp_path_factory.mktemp("loops"), 60, sections={"out": limits}, rules=EAGER) as running:
        yield running


def automatic(corner: Corner, robot: str) -> list[Delivered]:
    return [each for each in corner.to(robot) if is_automatic(each)]


# --- D09: a robot that says so --------------------------------------------------------------------------------------

MARKS: dict[str, tuple[list[str], bool]] = {
    "Auto-Submitted": (["Auto-Submitted: auto-replied"], False),
    "Auto-Submitted with parameters": (['Auto-Submitted: (I am away) Auto-Replied; owner-email="x@y.example"'], False),
    "Auto-Submitted twice": (["Auto-Submitted: no", "Auto-Submitted: auto-generated"], False),
    "an unknown value": (["Auto-Submitted: auto-something-new"], False),
    "Precedence": (["Precedence: auto_reply"], False),
    "Exchange": (["X-Auto-Response-Suppress: DR, OOF, AutoReply"], False),
    "Exchange, all": (["X-Auto-Response-Suppress: All"], False),
    "Gmail's vacation": (["Precedence: bulk", "X-Autoreply: yes"], False),
    "another desk": (["X-Autoresponse: yes"], False),
    "the null reverse-path": ([], True),
}


@pytest.mark.parametrize("mark", MARKS)
def test_d09_a_marked_robot_is_never_answered_and_its_mails_are_threaded(desk: Corners, mark: str) -> None:
    corner = desk.corner()
    fields, null = MARKS[mark]
    robot = corner.person("robot")
    first = f"<{next(_ids)}@robot.example>"
    corner.post(
        mail(robot, corner.address, "Nightly run", "All is well.", fields=fields, message_id=first),
        sender="" if null else robot,
    )
    ticket = corner.only_ticket()["number"]
    corner.answer(corner.to(corner.nina)[0], "Dear robot, thank you.")
    (answer,) = corner.to(robot)
    told = len(corner.to(corner.nina))
    for number in range(ROUNDS):
        thread = f"In-Reply-To: {answer.header('Message-ID')}"
        content = mail(robot, reply_address(answer), f"Away: {number}", "I am away.", fields=[*fields, thread])
        corner.hand_in(content, sender="" if null else robot, to=[reply_address(answer)])
    desk.settle()
    assert automatic(corner, robot) == []
    assert len(corner.to(robot)) == 1
    shown = corner.only_ticket()
    assert shown["number"] == ticket
    assert len([each for each in shown["articles"] if each["direction"] == "in"]) == 1 + ROUNDS
    assert len(corner.to(corner.nina)) - told <= ROUNDS, "one notice each at most"


@pytest.mark.parametrize("mark", ["Auto-Submitted", "Exchange", "the null reverse-path", "another desk"])
def test_d09_what_answers_our_acknowledgement_by_machine_ends_there(desk: Corners, mark: str) -> None:
    corner = desk.corner()
    ticket = corner.open()
    ana, (fields, null) = corner.person("ana"), MARKS[mark]
    told = len(corner.to(corner.nina))
    for _ in range(2):
        got = corner.to(ana)[-1]
        content = mail(
            ana,
            reply_address(got),
            f"Away: {got.header('Subject')}",
            "I am away.",
            fields=[*fields, f"In-Reply-To: {got.header('Message-ID')}"],
        )
        corner.post(content, sender="" if null else ana, to=[reply_address(got)])
    assert len(corner.to(ana)) == 1, "the acknowledgement and nothing else"
    shown = corner.only_ticket()
    assert (shown["number"], shown["state"]) == (ticket.number, "new")
    assert len(corner.to(corner.nina)) - told <= 2


@pytest.mark.parametrize("mark", ["Auto-Submitted", "Exchange, all", "the null reverse-path", "Precedence"])
def test_d09_an_agents_own_robot_is_not_told_of_itself(desk: Corners, mark: str) -> None:
    """Her absence assistant answers every notification, to her own signed address."""
    corner = desk.corner()
    ticket = corner.open()
    fields, null = MARKS[mark]
    before = corner.ticket(ticket.number)
    for number in range(2):
        got = corner.to(corner.nina)[-1]
        said = [checked("dmarc=pass", corner.nina), *fields, f"In-Reply-To: {got.header('Message-ID')}"]
        content = mail(corner.nina, reply_address(got), f"Away {number}", "#close\nI am away.", fields=said)
        corner.post(content, sender="" if null else corner.nina, to=[reply_address(got)], border=True)
    assert len(corner.to(corner.nina)) == 1, "the notification alone"
    assert len(corner.to(corner.person("ana"))) == 1
    after = corner.ticket(ticket.number)
    assert (after["state"], after["owner"]) == (before["state"], before["owner"])
    assert len(corner.to(corner.kim)) <= 1 + 2


# --- D10: a robot that does not -------------------------------------------------------------------------------------

Reaction = Callable[[Delivered, int], tuple[str, str, list[str]]]
"""What the robot makes of a mail of ours: where it writes to, the subject, and more fields."""


def _growing(got: Delivered, number: int) -> str:
    return f"Ticket Received - {' '.join(got.header('Subject').split())} [#11790{number}]"


ROBOTS: dict[str, Reaction] = {
    "answers in the thread": lambda got, n: (
        reply_address(got),
        _growing(got, n),
        [f"In-Reply-To: {got.header('Message-ID')}"],
    ),
    "names us in References": lambda got, n: (
        reply_address(got),
        _growing(got, n),
        [f"References: <root{n}@robot.example> {got.header('Message-ID')}"],
    ),
    "knows our address alone": lambda got, n: (reply_address(got), _growing(got, n), []),
    "writes to From": lambda got, n: (
        re.search(r"<(.+)>", got.header("From"))[1],  # type: ignore[index]  # it has brackets
        _growing(got, n),
        [f"In-Reply-To: {got.header('Message-ID')}"],
    ),
    "keeps the number alone": lambda got, n: (
        re.search(r"<(.+)>", got.header("From"))[1],  # type: ignore[index]  # it has brackets
        _growing(got, n),
        [],
    ),
}


def _talk(corner: Corner, robot: str, react: Reaction, vouched: bool, subject: str = "New ticket") -> None:
    """The robot answers whatever we send it; no longer than ROUNDS."""
    said = [checked("dmarc=pass", robot)] if vouched else []
    corner.post(mail(robot, corner.address, subject, "Hello.", fields=said), sender=robot, border=vouched)
    read = 0
    for number in range(ROUNDS):
        fresh = corner.to(robot)[read:]
        read += len(fresh)
        for got in fresh:
            to, subject, fields = react(got, number)
            content = mail(robot, to, subject, f"We received your mail as {number}.", fields=[*said, *fields])
            corner.post(content, sender=robot, to=[to], border=vouched)


@pytest.mark.parametrize("vouched", [False, True], ids=["trusted unverified", "authenticated"])
@pytest.mark.parametrize("robot", ROBOTS)
def test_d10_an_unmarked_robot_gets_one_acknowledgement_and_the_loop_ends(
    desk: Corners, robot: str, vouched: bool
) -> None:
    corner = desk.corner()
    address = corner.person("robot")
    _talk(corner, address, ROBOTS[robot], vouched)
    assert len(corner.to(address)) == 1
    assert len(corner.tickets()) == 1
    assert len(corner.only_ticket()["articles"]) == 3, "its mail, our acknowledgement, its answer"


@pytest.mark.parametrize("vouched", [False, True], ids=["trusted unverified", "authenticated"])
@pytest.mark.parametrize("robot", [each for each in ROBOTS if each != "keeps the number alone"])
def test_d10_no_rule_can_make_us_answer_what_answers_our_machine(desk: Corners, robot: str, vouched: bool) -> None:
    corner = desk.corner()
    address = corner.person("robot")
    _talk(corner, address, ROBOTS[robot], vouched, "An eager ticket")
    assert len(corner.to(address)) == 1
    stopped = events(corner.only_ticket(), "mail.withheld")
    assert stopped, "the ticket says that the loop was stopped"
    assert any("answers an automatic mail of ours" in str(each) for each in stopped)


@pytest.mark.parametrize("vouched", [False, True], ids=["trusted unverified", "authenticated"])
def test_d10_a_robot_that_forgets_everything_is_stopped_by_the_limit_of_its_address(
    desk: Corners, vouched: bool
) -> None:
    """Nothing in its mails says that they answer ours: new tickets, until its three answers a day are used up."""
    corner = desk.corner()
    address = corner.person("robot")
    _talk(corner, address, lambda _, n: (corner.address, f"Received {n}", []), vouched)
    assert len(corner.to(address)) == 3
    withheld = [each for row in corner.tickets() for each in events(corner.ticket(row["number"]), "mail.withheld")]
    assert any("limit" in str(each) for each in withheld)


@pytest.mark.parametrize("vouched", [False, True], ids=["trusted unverified", "authenticated"])
def test_d10_a_robot_that_answers_from_ever_new_addresses_is_not_followed(desk: Corners, vouched: bool) -> None:
    corner = desk.corner()
    domain = corner.person("robot").partition("@")[2]
    corner.write(f"r0@{domain}", "New ticket")
    for number in range(1, ROUNDS):
        got = desk.to_domain(domain)[-1]
        robot = f"r{number}@{domain}"
        fields = [f"In-Reply-To: {got.header('Message-ID')}"]
        fields += [checked("dmarc=pass", robot)] if vouched else []
        content = mail(robot, reply_address(got), _growing(got, number), "Hello.", fields=fields)
        corner.post(content, sender=robot, to=[reply_address(got)], border=vouched)
    assert len(desk.to_domain(domain)) == 1
    assert len(corner.tickets()) == 1


@pytest.mark.parametrize("vouched", [False, True], ids=["trusted unverified", "authenticated"])
def test_d10_two_robots_of_one_ticket_do_not_talk_through_us(desk: Corners, vouched: bool) -> None:
    """A robot in the agent's mailbox and one in the customer's: each answers what it gets."""
    corner = desk.corner()
    ana = corner.person("ana")
    corner.open(ana)
    read = {ana: 0, corner.nina: 0}
    for number in range(ROUNDS):
        for robot in read:
            got = corner.to(robot)[read[robot] :]
            read[robot] += len(got)
            for each in got:
                fields = [f"In-Reply-To: {each.header('Message-ID')}"]
                fields += [checked("dmarc=pass", robot)] if vouched else []
                content = mail(robot, reply_address(each), _growing(each, number), f"Received {number}.", fields=fields)
                corner.post(content, sender=robot, to=[reply_address(each)], border=vouched)
    assert len(automatic(corner, ana)) == 1
    if not vouched:
        assert len(corner.to(ana)) == 1, "nothing of an unproven agent's goes out"
        assert len(corner.to(corner.nina)) <= 4


# --- D50: a person who looks like one -------------------------------------------------------------------------------

HUMAN: dict[str, list[str]] = {
    "no, and a comment": ["Auto-Submitted: No (really)"],
    "capitals": ["Auto-Submitted: NO"],
    "a comment first": ["Auto-Submitted: (typed by hand) no"],
    "parameters": ['Auto-Submitted: no; by="a person"'],
    "folded": ["Auto-Submitted:\r\n no"],
    "twice no": ["Auto-Submitted: no", "Auto-Submitted: No"],
    "nested comments": ["Auto-Submitted: no (I (really) mean (auto-replied))"],
    "Precedence normal": ["Precedence: first-class"],
    "suppresses receipts alone": ["X-Auto-Response-Suppress: DR, RN, NRN"],
    "a loop mark that is not ours": ["X-Mailgate-Loop: auldmuqbn7crquuaa"],
    "another desk's no": ["X-Autoreply: no"],
}


@pytest.mark.parametrize("form", HUMAN)
def test_d50_a_person_is_answered_whatever_her_mail_program_writes(desk: Corners, form: str) -> None:
    corner = desk.corner()
    opened = corner.open(fields=HUMAN[form])
    assert opened.acknowledgement.header("Auto-Submitted").startswith("auto-replied")
    assert opened.acknowledgement.header("In-Reply-To") == opened.message_id
    assert opened.acknowledgement.reverse_path == ""
    assert opened.number in plain(opened.acknowledgement)
