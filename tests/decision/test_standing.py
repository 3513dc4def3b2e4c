"""Who may take part: routing is one thing, permission another (R34 to R37)."""

from datetime import date, timedelta
from typing import Any

import pytest

from mailgate.decision.standing import (
    Writer,
    agent_of,
    is_ours,
    party_of_agent,
    party_of_participant,
    same_person,
    writer,
)
from mailgate.tickets.model import Participant, Ticket
from mailgate.tickets.signed import Key, Keyring, read_address
from tests.support.desk import (
    ANA,
    BEN,
    KEYS,
    KIM,
    MALLORY,
    NINA,
    NOW,
    make_envelope,
    make_mail,
    make_policy,
    make_raw,
    make_ticket,
    signed_address,
)

POLICY = make_policy()
HERS = party_of_agent(NINA)


def who(
    sender: str,
    ticket: Ticket | None = None,
    party: int | None = None,
    authenticity: str = "passed",
    policy: Any = POLICY,
    **fields: Any,
) -> Writer:
    ticket = ticket or make_ticket()
    signed = read_address(signed_address(ticket, party)) if party is not None else None
    message = make_mail(make_raw(sender=sender, **fields), policy).message
    return writer(message, make_envelope(sender), ticket, signed, authenticity, policy, NOW)


def test_the_numbers_of_participants_and_agents_never_meet() -> None:
    assert party_of_participant(Participant(ANA, "", 1, "requester")) == 2
    assert party_of_agent(NINA) == 3


@pytest.mark.parametrize("sender", [ANA, "ANA@ACME.example", "ana+shop@acme.example", f"Somebody Else <{ANA}>"])
def test_a_participant_is_known_by_address(sender: str) -> None:
    assert who(sender).standing == "participant"


def test_plus_addresses_are_one_only_where_the_site_says_so() -> None:
    assert who("ana+shop@acme.example", policy=make_policy(plus_addresses_are_one=False)).standing == "stranger"


@pytest.mark.parametrize("sender", [MALLORY, "ana@evil.example", "xana@acme.example", "ana@acme.example.evil.example"])
def test_anybody_else_is_a_stranger(sender: str) -> None:
    assert who(sender).standing == "stranger"


@pytest.mark.parametrize(
    "sender",
    [
        f"{ANA}, {MALLORY}",
        f'"{ANA}" <{MALLORY}>',
        f"group: {ANA};",
        f'"{NINA.address}" <{MALLORY}>',
        f"{NINA.address}, {ANA}",
    ],
)
@pytest.mark.parametrize("party", [None, 2, HERS])
def test_an_ambiguous_from_is_nobody_whatever_he_holds(sender: str, party: int | None) -> None:
    found = who(sender, party=party)
    assert (found.standing, found.agent) == ("stranger", None)


def test_two_from_fields_are_nobody() -> None:
    raw = make_raw(sender=MALLORY).replace(b"From:", b"From: " + NINA.address.encode() + b"\r\nFrom:", 1)
    message = make_mail(raw, POLICY).message
    signed = read_address(signed_address(make_ticket(), HERS))
    assert writer(message, make_envelope(MALLORY), make_ticket(), signed, "passed", POLICY, NOW).standing == "stranger"


def test_a_participant_whose_sender_failed_is_a_stranger_with_the_reason() -> None:
    found = who(ANA, authenticity="failed")
    assert (found.standing, bool(found.doubt)) == ("stranger", True)


def test_a_participants_own_signed_address_lets_him_write_from_elsewhere_and_says_so() -> None:
    found = who("ana@private.example", party=2)
    assert (found.standing, bool(found.doubt)) == ("participant", True)


@pytest.mark.parametrize("party", [0, 4, 1, HERS, 5])
def test_a_signed_address_of_nobody_on_the_ticket_or_of_an_agent_helps_no_stranger(party: int) -> None:
    assert who(MALLORY, party=party).standing == "stranger"


# --- the three layers of an agent


@pytest.mark.parametrize("address", [NINA.address, NINA.also[0], "Nina@Example.COM"])
def test_an_agent_with_her_signed_address_and_proof_is_one(address: str) -> None:
    found = who(f"Nina <{address}>", party=HERS)
    assert (found.standing, found.agent) == ("agent", NINA)


@pytest.mark.parametrize(
    ("party", "authenticity"),
    [
        (None, "passed"),  # no signed address
        (party_of_agent(KIM), "passed"),  # another agent's
        (2, "passed"),  # the customer's
        (HERS, "unknown"),  # it can be known here and did not pass
        (HERS, "failed"),
    ],
)
def test_an_agent_who_lacks_a_layer_is_a_stranger_with_the_reason(party: int | None, authenticity: str) -> None:
    found = who(NINA.address, party=party, authenticity=authenticity)
    assert (found.standing, found.agent, bool(found.doubt)) == ("stranger", NINA, True)


def test_where_authenticity_cannot_be_known_it_must_only_not_have_failed() -> None:
    blind = make_policy(trusted=())
    assert who(NINA.address, party=HERS, authenticity="unknown", policy=blind).standing == "agent"
    assert who(NINA.address, party=HERS, authenticity="failed", policy=blind).standing == "stranger"


def test_an_agent_is_her_exact_address_never_a_plus_one() -> None:
    assert who("nina+x@example.com", party=HERS).agent is None


def test_an_agent_who_is_a_customer_here_takes_part_as_one() -> None:
    ticket = make_ticket(participants=(Participant(NINA.address, "Nina", 1, "requester"),))
    assert who(NINA.address, ticket).standing == "participant"
    assert who(NINA.address, ticket, authenticity="failed").standing == "stranger"


def test_power_ends_with_the_keys_age_and_routing_does_not() -> None:
    old = Key("o", date(2026, 10, 1), b"o" * 32)
    policy = make_policy(keys=Keyring((old, *KEYS.keys)))
    ticket = make_ticket()
    message = make_mail(make_raw(sender=NINA.address), policy).message
    signed = read_address(signed_address(ticket, HERS, keys=Keyring((old,))))
    assert writer(message, make_envelope(NINA.address), ticket, signed, "passed", policy, NOW).standing == "stranger"
    young = make_policy(keys=Keyring((Key("o", NOW.date() - timedelta(days=30), b"o" * 32), *KEYS.keys)))
    assert writer(message, make_envelope(NINA.address), ticket, signed, "passed", young, NOW).standing == "agent"


def test_power_ends_two_weeks_after_the_ticket_was_closed() -> None:
    for days, standing in ((14, "agent"), (15, "stranger")):
        ticket = make_ticket(state="closed", closed_at=NOW - timedelta(days=days))
        assert who(NINA.address, ticket, party=HERS).standing == standing


def test_without_a_ticket_everybody_is_a_stranger() -> None:
    message = make_mail(make_raw(), POLICY).message
    assert writer(message, make_envelope(), None, None, "passed", POLICY, NOW) == Writer("stranger")


def test_an_agent_is_found_by_from_alone() -> None:
    assert agent_of(make_mail(make_raw(sender=KIM.address), POLICY).message, POLICY) == KIM
    assert agent_of(make_mail(make_raw(sender=BEN, reply_to=KIM.address), POLICY).message, POLICY) is None


def test_an_empty_address_is_nobodys() -> None:
    assert not is_ours("", POLICY)
    assert is_ours("Support+1042.x@example.com", POLICY)
    assert same_person("a@x.example", "A@X.example", POLICY)
