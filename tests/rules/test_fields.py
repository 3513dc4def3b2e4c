"""Which facts conditions see, and where each comes from."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from mailgate.mail.message import Attachment, Automatic, Body, Bounce, Mailbox
from mailgate.rules.situation import AuthFacts, Situation
from tests.rules.desk import NOW, left, matches, on_condition, run, situation


@pytest.mark.parametrize(
    ("condition", "of"),
    [
        ("{from: b@x.example}", situation(authors="a@x.example b@x.example")),
        ("{cc: boss@acme.example}", situation(cc="boss@acme.example")),
        ("{reply_to: other.example}", situation(reply_to="ana@other.example")),
        ("{recipient: help@}", situation(recipients=("x@y.example", "Help@Example.com"))),
        ("{is_auto: true}", situation(automatic=Automatic(is_automatic=True))),
        ("{is_list: true}", situation(automatic=Automatic(is_list=True))),
        ("{is_bounce: true}", situation(bounce=Bounce(None))),
        ("{is_auto: false, is_list: false, is_bounce: false}", situation()),
        ("{body: quoted words}", situation()),
        ("{header.x-spam-flag: 'NO'}", situation()),
        ("{header.Received: from b}", situation()),
        ("{header.X-None: {exists: false}}", situation()),
        ("{reply_to: {exists: false}}", situation()),
        ("{from: {exists: false}}", situation(authors=())),
        ("{from: {exists: false}}", situation(authors=(Mailbox("only a name", ""),))),
    ],
)
def test_a_fact_is_read_from_its_place(condition: str, of: Situation) -> None:
    assert matches(condition, of)


EXE = Attachment("run.exe", "application/x-msdownload", 12_000_000, "0", False, None, "2")
LOGO = Attachment("", "image/png", 3_000, "1", True, "logo", "1.2")
NIGHT = datetime(2026, 3, 7, 23, 30, tzinfo=UTC)  # a Saturday


@pytest.mark.parametrize(
    ("condition", "hit", "miss"),
    [
        ("{smtp.sender: acme.example}", situation(), situation(envelope={"reverse_path": "x@y.example"})),
        ("{smtp.sender: none}", situation(envelope={"reverse_path": None}), situation()),
        (
            "{smtp.peer: 192.0.2.7}",
            situation(envelope={"peer": "192.0.2.7"}),
            situation(envelope={"peer": "192.0.2.8"}),
        ),
        ("{smtp.peer: 192.0.2.0/24}", situation(envelope={"peer": "::ffff:192.0.2.9"}), situation()),
        (
            "{smtp.peer: '2001:db8::/32'}",
            situation(envelope={"peer": "2001:db8::1"}),
            situation(envelope={"peer": "1.2.3.4"}),
        ),
        ("{smtp.auth: nina}", situation(envelope={"authenticated_as": "nina"}), situation()),
        ("{smtp.auth: none}", situation(), situation(envelope={"authenticated_as": "nina"})),
        ("{smtp.size: over 10MB}", situation(size=10_000_001), situation(size=10_000_000)),
        ("{text: invoice}", situation(), situation(subject="x")),
        ("{text: mend it}", situation(), situation(text="x")),
        ("{lang: [de, fr]}", situation(body=Body(language="de")), situation()),
        ("{lang: und}", situation(), situation(body=Body(language="de"))),
        ("{attachment.count: 1}", situation(attachments=(EXE, LOGO)), situation(attachments=(LOGO,))),
        ("{attachment.count: between 1 and 3}", situation(attachments=(EXE,)), situation()),
        ("{attachment.size: over 10MB}", situation(attachments=(LOGO, EXE)), situation(attachments=(LOGO,))),
        ("{attachment.type: 'application/x-ms*'}", situation(attachments=(LOGO, EXE)), situation(attachments=(LOGO,))),
        ("{attachment.name: ['*.scr', '*.EXE']}", situation(attachments=(LOGO, EXE)), situation(attachments=(LOGO,))),
        ("{attachment.name: {exists: false}}", situation(attachments=(LOGO,)), situation(attachments=(EXE,))),
        ("{size: at most 1kB}", situation(size=1000), situation(size=1001)),
        ("{auth.dmarc: [fail, none]}", situation(), situation(facts={"authenticity": AuthFacts(dmarc="pass")})),
        (
            "{auth.spf: pass, auth.dkim: fail}",
            situation(facts={"authenticity": AuthFacts("pass", "fail")}),
            situation(),
        ),
        ("{is_reply: true}", situation(in_reply_to=("<a@b>",)), situation()),
        ("{is_reply: true}", situation(references=("<a@b>",)), situation()),
        ("{is_agent: true}", situation(facts={"actor": "agent:nina"}), situation(facts={"actor": "customer"})),
        (
            "{is_known_customer: true}",
            situation(facts={"known_customer": True}),
            situation(facts={"known_customer": False}),
        ),
        (
            "{is_first_contact: true}",
            situation(facts={"known_customer": False}),
            situation(facts={"known_customer": True}),
        ),
        ("{customer.group: vip}", situation(facts={"group": "vip"}), situation()),
        ("{customer.group: none}", situation(), situation(facts={"group": "vip"})),
        ("{customer.email: acme.example}", situation(), situation(ticket={"participants": ()})),
        ("{owner: none}", situation(), situation(ticket={"owner": "nina"})),
        ("{owner: [nina, none]}", situation(ticket={"owner": "nina"}), situation(ticket={"owner": "kim"})),
        ("{owner: {is: [none, kim]}}", situation(), situation(ticket={"owner": "nina"})),
        ("{not: {owner: [none, kim]}}", situation(ticket={"owner": "nina"}), situation()),
        ("{not: {owner: none}}", situation(ticket={"owner": "nina"}), situation()),
        ("{age: over 2d}", situation(facts={"now": NOW + timedelta(days=2, seconds=1)}), situation()),
        ("{age: between 1h and 2h}", situation(facts={"now": NOW + timedelta(hours=1)}), situation()),
        ("{since_customer: over 4h}", situation(ticket={"last_customer_at": NOW - timedelta(hours=5)}), situation()),
        ("{since_agent: under 1h}", situation(ticket={"last_agent_at": NOW}), situation()),
        ("{since_agent: {exists: false}}", situation(), situation(ticket={"last_agent_at": NOW})),
        ("{messages: over 20}", situation(ticket={"articles": 21}), situation(ticket={"articles": 20})),
        ("{messages: 0}", situation(), situation(ticket={"articles": 1})),
        ("{agent.load: at least 5}", situation(ticket={"owner": "nina"}, facts={"loads": {"nina": 5}}), situation()),
        ("{agent.load: 0}", situation(ticket={"owner": "nina"}), situation()),
        ("{queue.size: over 50}", situation(facts={"queue_sizes": {"support": 51}}), situation()),
        ("{priority: between normal and high}", situation(), situation(ticket={"priority": "low"})),
        ("{field.price: between 200 and 300}", situation(), situation(ticket={"fields": (("price", "301"),)})),
        ("{weekday: [sat, sun]}", situation(facts={"now": NIGHT}), situation()),
        (
            "{weekday: sun}",
            situation(facts={"now": NIGHT, "zone": ZoneInfo("Europe/Berlin")}),
            situation(facts={"now": NIGHT}),
        ),
        ("{now: between 22:00 and 06:00}", situation(facts={"now": NIGHT}), situation()),
        ("{now: between 09:30 and 17:00}", situation(), situation(facts={"now": NOW.replace(hour=17, minute=0)})),
        ("{now: over 10:00}", situation(facts={"zone": ZoneInfo("Europe/Berlin")}), situation()),
    ],
)
def test_a_fact_decides(condition: str, hit: Situation, miss: Situation) -> None:
    assert matches(condition, hit)
    assert not matches(condition, miss)


@pytest.mark.parametrize(
    ("name", "value", "score"),
    [
        ("X-Spam-Score", "7.3", 7.3),
        ("X-Spam-Score", " 5.5 (+++++)", 5.5),
        ("X-Spam-Score", "-0.1", -0.1),
        ("X-Spam-Status", "Yes, score=15.2 required=5.0 tests=A,B autolearn=no", 15.2),
        ("X-Spam-Status", "No, score=-2.6 required=5.0", -2.6),
        ("X-Spamd-Result", "default: False [3.20 / 15.00]; R_SPF_ALLOW(-0.20)[+ip4:1.2.3.4]", 3.2),
        ("X-Spam-Score", "*****", None),
        ("X-Spam-Level", "7", None),
    ],
)
def test_the_score_of_each_filter_is_read(name: str, value: str, score: float | None) -> None:
    of = situation(headers=((name, value),))
    if score is None:
        assert matches("{spam.score: {exists: false}}", of)
    else:
        assert matches(f"{{spam.score: {score}}}", of)
        assert matches(f"{{spam.score: under {score + 0.1:.2f}}}", of)


@pytest.mark.parametrize(
    ("condition", "of"),
    [
        ("{is_first_contact: true}", situation()),
        ("{not: {is_known_customer: true}}", situation()),
        ("{smtp.peer: 192.0.2.0/24}", situation(envelope={"peer": "unix socket"})),
    ],
)
def test_what_cannot_be_known_is_an_error_and_no_miss(condition: str, of: Situation) -> None:
    (step,) = on_condition(condition, of).trace.steps
    assert step.verdict == "error"
    assert step.error


def test_the_trace_says_amounts_as_a_person_does() -> None:
    of = situation(size=10_240_000, ticket={"last_agent_at": NOW - timedelta(days=2, hours=3, minutes=5)})
    evaluation = on_condition("{size: over 1MB, since_agent: over 1d, now: under 20:00, messages: 0}", of)
    assert [step.value for step in evaluation.trace.steps[0].conditions] == ["10.2MB", "2d 3h", "09:30", "0"]


def test_what_the_rules_change_is_seen_by_the_rules_behind() -> None:
    evaluation = run(
        """
        rules:
          - {name: a, when: ticket.created, do: [{assign: nina}, {queue: billing}]}
          - {name: b, when: ticket.created, if: {owner: nina, agent.load: 7, queue.size: 3}, do: [{tag: seen}]}
        """,
        situation(facts={"loads": {"nina": 7}, "queue_sizes": {"billing": 3}}),
    )
    assert "seen" in left(evaluation).tags


def test_new_text_is_what_was_written_now() -> None:
    assert matches("{body.new: mend it}")
    assert not matches("{body.new: quoted words}")


@pytest.mark.parametrize(
    ("recipients", "to", "hit"),
    [
        (("support+sales@example.com",), "support@example.com", True),
        (("fetched@mailbox.example",), "support+Sales@example.org", True),
        (("support@example.com",), "support+sales@elsewhere.example", False),
        (("support@example.com",), "support@example.com", False),
        (("support+1042.rn7.5571.a7kq2mzp4xw3tbq6e@example.com",), "x@y.example", False),
    ],
)
def test_plus_is_the_detail_of_an_address_of_ours(recipients: tuple[str, ...], to: str, hit: bool) -> None:
    of = situation(recipients=recipients, to=to)
    assert matches("{plus: sales}", of) is hit
    assert matches("{plus: {exists: true}}", of) is hit


def test_text_behind_the_cap_is_not_looked_at() -> None:
    long = "word " * 50_000 + "refund"
    assert not matches("{body: refund}", situation(body=Body(text=long)))
    assert matches("{subject: refund}", situation(subject="x" * 900 + " refund"))
    assert not matches("{subject: refund}", situation(subject="x" * 998 + " refund"))
