"""Whom a rule tells, each once, and why she is told."""

from dataclasses import replace

import pytest

from mailgate.decision.addressees import addressees
from mailgate.rules.actions import Notify
from mailgate.tickets.model import Participant
from tests.support.desk import KIM, NINA, make_policy, make_ticket

POLICY = make_policy()
LEADS = replace(POLICY, agents={**POLICY.agents, "kim": replace(KIM, roles=("agent", "lead"))})
TICKET = make_ticket(owner="nina")


@pytest.mark.parametrize(
    ("action", "told"),
    [
        (Notify("x", owner=True), [(NINA.address, "owner")]),
        (Notify("x", team="queue"), [(NINA.address, "team first-line"), (KIM.address, "team first-line")]),
        (Notify("x", team="first-line"), [(NINA.address, "team first-line"), (KIM.address, "team first-line")]),
        (Notify("x", role="lead"), [(KIM.address, "role lead")]),
        (Notify("x", to=("kim", "ext@example.org")), [(KIM.address, "named"), ("ext@example.org", "named")]),
    ],
)
def test_each_hears_why(action: Notify, told: list[tuple[str, str]]) -> None:
    assert [(each.box.address, each.reason) for each in addressees(action, TICKET, LEADS)] == told


def test_a_watcher_hears_that_she_watches() -> None:
    ticket = replace(TICKET, participants=(*TICKET.participants, Participant(KIM.address, "kim", 9, "watcher")))
    assert [each.reason for each in addressees(Notify("x", watchers=True), ticket, POLICY)] == ["watcher"]


def test_without_an_owner_the_team_hears_as_the_team() -> None:
    told = addressees(Notify("x", owner=True), replace(TICKET, owner=None), POLICY)
    assert {each.reason for each in told} == {"team first-line"}


def test_who_is_in_the_teams_of_two_queues_hears_once_of_both() -> None:
    queues = {**POLICY.queues, "billing": replace(POLICY.queues["billing"], team="money")}
    policy = replace(POLICY, queues=queues, teams={**POLICY.teams, "money": ("nina",)})
    told = addressees(Notify("x", team="queue"), TICKET, policy, ("billing",))
    assert [(each.agent and each.agent.name, each.reason) for each in told] == [
        ("nina", "team first-line, team money"),
        ("kim", "team first-line"),
    ]


def test_who_had_the_ticket_before_is_told_of_it_unless_nobody_had() -> None:
    before = Notify("x", old_owner=True)
    told = addressees(before, TICKET, POLICY, old_owner="kim")
    assert [(each.box.address, each.reason) for each in told] == [(KIM.address, "old owner")]
    assert addressees(before, TICKET, POLICY) == ()


@pytest.mark.parametrize(
    ("action", "owner", "away", "told"),
    [
        (Notify("x", team="queue"), None, {"nina"}, [("kim", "")]),
        (Notify("x", owner=True), None, {"kim"}, [("nina", "")]),
        (Notify("x", team="first-line"), None, {"nina", "kim"}, [("nina", "team"), ("kim", "team")]),
        (Notify("x", owner=True), "nina", {"nina"}, [("nina", ""), ("kim", "owner")]),
        (Notify("x", owner=True), "nina", {"nina", "kim"}, [("nina", "")]),
        (Notify("x", owner=True), "nina", {"kim"}, [("nina", "")]),
        (Notify("x", role="lead"), None, {"kim"}, [("kim", "")]),
        (Notify("x", to=("kim",)), None, {"kim"}, [("kim", "")]),
    ],
)
def test_work_goes_to_those_who_are_here_and_no_mail_falls_silent(
    action: Notify, owner: str | None, away: set[str], told: list[tuple[str, str]]
) -> None:
    found = addressees(action, replace(TICKET, owner=owner), LEADS, away=frozenset(away))
    assert [(each.agent.name, each.stands_in) for each in found if each.agent] == told
