"""Whom `assign` means: away agents are passed over, and the trace says why it was she."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgate.rules.actions import AssignOwner
from mailgate.rules.assignment import LeastBusy, RoundRobin, assigned
from tests.rules.desk import action_problems, left, run, situation

RULES = "rules:\n  - {{name: r, when: ticket.created, do: [{{assign: {0}}}]}}"
FIRST = "{round_robin: {team: billing}}"
LEAST = "{least_busy: {team: billing}}"
FULL = "{least_busy: {team: billing, max: 4}}"


@pytest.mark.parametrize(
    ("assign", "facts", "agent", "told"),
    [
        ("nina", {}, "nina", "assign nina"),
        ("nina", {"away": frozenset({"nina"})}, "omar", "assign nina -> nobody (away)"),
        ("none", {}, None, "assign none"),
        ("previous", {"previous_owner": "kim"}, "kim", "assign previous -> kim"),
        ("previous", {}, "omar", "assign previous -> nobody (no owner before)"),
        ("previous", {"previous_owner": "zoe"}, "omar", "assign previous -> nobody (zoe is no agent any more)"),
        (
            "previous",
            {"previous_owner": "kim", "away": frozenset({"kim"})},
            "omar",
            "assign previous -> nobody (away: kim)",
        ),
        (FIRST, {}, "nina", "assign round_robin -> nina"),
        (FIRST, {"rotation": {"billing": 4}}, "omar", "assign round_robin -> omar"),
        (
            FIRST,
            {"rotation": {"billing": 1}, "away": frozenset({"omar"})},
            "kim",
            "assign round_robin -> kim (away: omar)",
        ),
        (
            LEAST,
            {"loads": {"nina": 4, "omar": 6}, "away": frozenset({"kim"})},
            "nina",
            "assign least_busy -> nina (4 open; omar 6, away: kim)",
        ),
        (LEAST, {"loads": {"nina": 4, "omar": 6}}, "kim", "assign least_busy -> kim (0 open; nina 4, omar 6)"),
        (
            FULL,
            {"loads": {"nina": 4, "omar": 6}, "away": frozenset({"kim"})},
            "omar",
            "assign least_busy -> nobody (full: nina 4, omar 6; away: kim)",
        ),
        (LEAST, {"teams": {}}, "omar", "assign least_busy -> nobody (the team is empty)"),
        (FIRST, {"teams": {}}, "omar", "assign round_robin -> nobody (the team is empty)"),
    ],
)
def test_one_agent_is_chosen_and_the_trace_says_why(
    assign: str, facts: dict[str, object], agent: str | None, told: str
) -> None:
    evaluation = run(RULES.format(assign), situation(ticket={"owner": "omar"}, facts=facts))
    assert left(evaluation).owner == agent
    assert evaluation.trace.steps[0].actions == (told,)
    assert bool(evaluation.fired) is ("nobody" not in told)


def test_a_turn_is_taken_and_seen_by_the_next_rule() -> None:
    evaluation = run(
        f"""
        rules:
          - {{name: a, when: ticket.created, do: [{{assign: {FIRST}}}]}}
          - {{name: b, when: ticket.created, do: [{{assign: {FIRST}}}]}}
        """
    )
    assert [fired.action for fired in evaluation.fired] == [
        AssignOwner("nina", "round_robin -> nina", "billing"),
        AssignOwner("omar", "round_robin -> omar", "billing"),
    ]


NAMES = [f"agent{number}" for number in range(8)]


@given(
    st.lists(st.sampled_from(NAMES), unique=True),
    st.frozensets(st.sampled_from(NAMES)),
    st.dictionaries(st.sampled_from(NAMES), st.integers(0, 20)),
    st.integers(0, 10**12),
    st.one_of(st.none(), st.integers(1, 10)),
)
def test_nobody_is_chosen_who_is_away_or_full_or_of_another_team(
    team: list[str], away: frozenset[str], loads: dict[str, int], turn: int, most: int | None
) -> None:
    of = situation(facts={"teams": {"t": tuple(team)}, "away": away, "loads": loads})
    here = [name for name in team if name not in away]
    turned, _ = assigned(RoundRobin("t"), of, {"t": turn})
    assert (turned is None) is (not here)
    assert turned is None or turned.agent in here
    least, _ = assigned(LeastBusy("t", most), of, {})
    free = [name for name in here if most is None or loads.get(name, 0) < most]
    assert (least is None) is (not free)
    assert least is None or loads.get(str(least.agent), 0) == min(loads.get(name, 0) for name in free)


@given(st.lists(st.sampled_from(NAMES), unique=True, min_size=1), st.integers(0, 100))
def test_everybody_gets_his_turn(team: list[str], start: int) -> None:
    of = situation(facts={"teams": {"t": tuple(team)}})
    turns = [assigned(RoundRobin("t"), of, {"t": start + step})[0] for step in range(len(team))]
    assert sorted(str(turn.agent) for turn in turns if turn) == sorted(team)


@pytest.mark.parametrize(
    ("action", "code", "said"),
    [
        ("assign: ninna", "MG102", 'did you mean "nina"?'),
        ("assign: billing", "MG102", "least_busy: {team: billing}"),
        ("assign: {round_robin: billing}", "MG007", "round_robin: {team: NAME}"),
        ("assign: {round_robin: {team: biling}}", "MG103", 'did you mean "billing"?'),
        ("assign: {round_robin: {team: billing, max: 3}}", "MG003", "no key"),
        ("assign: {least_busy: {}}", "MG007", "names no team"),
        ("assign: {least_busy: {team: billing, max: none}}", "MG004", "max: 15"),
        ("assign: {least_busy: {team: billing, max: 0}}", "MG004", "max: 15"),
        ("assign: {leest_busy: {team: billing}}", "MG003", 'did you mean "least_busy"?'),
        ("assign: {least_busy: {team: billing}, round_robin: {team: billing}}", "MG007", "exactly one way"),
        ("assign: [nina]", "MG007", "a list"),
    ],
)
def test_a_wrong_assignment_is_one_error_with_its_mend(action: str, code: str, said: str) -> None:
    (problem,) = action_problems(action)
    assert problem.code == code
    assert said in f"{problem.message}; {problem.mend}"
